/* SPDX-License-Identifier: Apache-2.0
 *
 * The file header, the program headers and the segments. Everything is checked here once, in an
 * order that needs nothing unchecked: header, segments, then what lies inside the segments.
 */
#include "lib/elf/elf.h"
#include "lib/elf/read.h"

/* SPEC: gABI 4.1 "ELF Header", 5.2 "Program Header" */
enum : u64 { CLASS_AT = 4, ORDER_AT = 5, HEADER_BYTES = 64, PROGRAM_HEADER_BYTES = 56, PROGRAM_HEADERS_MAX = 64 };
enum : u32 { MAGIC = 0x464c457fu, VERSION = 1, OSABI_SYSV = 0, OSABI_GNU = 3, TYPE_DYN = 3 };
enum : u32 {
	PT_LOAD = 1,
	PT_DYNAMIC = 2,
	PT_INTERP = 3,
	PT_TLS = 7,
	PT_GNU_STACK = 0x6474e551,
	PT_GNU_RELRO = 0x6474e552,
};

struct header {
	u64 entry;
	u64 table; /* offset of the program headers */
	u64 count;
};

/* The headers that are looked at once all segments are known. type 0: absent. */
struct special {
	struct elf_program_header dynamic, relro, tls;
};

/* Before anything else of the file is read: its numbers are as wide, and in the order, that this says. */
static enum elf_problem numbers_check(u8 class, u8 order)
{
	if (class != ELF_CLASS_64)
		return class == ELF_CLASS_32 ? ELF_FOR_32_BITS : ELF_BAD_CLASS;
	return order == ELF_NATIVE_ORDER ? ELF_OK : ELF_OTHER_ORDER;
}

static enum elf_problem header_check(enum elf_machine machine, struct span file, struct header *out)
{
	if (span_len(file) < HEADER_BYTES)
		return ELF_TOO_SHORT;
	if (span_len(file) > ELF_FILE_MAX)
		return ELF_TOO_LONG;
	if (span_le32(file, 0) != MAGIC)
		return ELF_NOT_ELF;
	enum elf_problem problem = numbers_check(span_u8(file, CLASS_AT), span_u8(file, ORDER_AT));
	if (problem != ELF_OK)
		return problem;
	u8 osabi = span_u8(file, 7);
	if (span_u8(file, 6) != VERSION || span_u32(file, 20) != VERSION || (osabi != OSABI_SYSV && osabi != OSABI_GNU))
		return ELF_BAD_VERSION;
	if (span_u16(file, ELF_MACHINE_AT) != machine)
		return ELF_WRONG_MACHINE;
	if (span_u16(file, 16) != TYPE_DYN)
		return ELF_NOT_PIE;
	out->entry = span_u64(file, 24);
	out->table = span_u64(file, 32);
	out->count = span_u16(file, 56);
	if (out->count == 0)
		return ELF_NO_SEGMENTS;
	if (span_u16(file, 52) != HEADER_BYTES || span_u16(file, 54) != PROGRAM_HEADER_BYTES ||
	    out->count > PROGRAM_HEADERS_MAX)
		return ELF_BAD_HEADER;
	if (out->table < HEADER_BYTES || !span_has(file, out->table, out->count * PROGRAM_HEADER_BYTES))
		return ELF_HEADERS_OUTSIDE;
	return ELF_OK;
}

static struct elf_program_header program_header(struct span file, u64 at)
{
	return (struct elf_program_header){
		.type = span_u32(file, at),
		.flags = span_u32(file, at + 4),
		.offset = span_u64(file, at + 8),
		.address = span_u64(file, at + 16),
		.file_bytes = span_u64(file, at + 32),
		.mem_bytes = span_u64(file, at + 40),
		.align = span_u64(file, at + 48),
	};
}

static enum elf_problem alignment_check(const struct elf_program_header *header, struct elf_image *image)
{
	u64 align = max_u64(header->align, PAGE_BYTES);
	if (align > ELF_ALIGN_MAX || (align & (align - 1)) != 0)
		return ELF_SEGMENT_ALIGNMENT;
	/* The file part must be mappable: offset and address agree within a page, and within the
	 * segment's own unit if that is larger. */
	u64 unit = header->align > PAGE_BYTES ? align : (u64)PAGE_BYTES;
	if (header->file_bytes != 0 && ((header->offset ^ header->address) & (unit - 1)) != 0)
		return ELF_SEGMENT_ALIGNMENT;
	image->align = max_u64(image->align, align);
	return ELF_OK;
}

static enum elf_problem access_check(u32 flags)
{
	u32 known = ELF_READ | ELF_WRITE | ELF_EXECUTE;
	bool writable_code = (flags & ELF_WRITE) != 0 && (flags & ELF_EXECUTE) != 0;
	if ((flags & ~known) != 0 || (flags & ELF_READ) == 0 || writable_code)
		return ELF_SEGMENT_ACCESS;
	return ELF_OK;
}

static enum elf_problem segment_add(struct span file, const struct elf_program_header *header, struct elf_image *image)
{
	if (header->mem_bytes == 0 && header->file_bytes == 0)
		return ELF_OK;
	if (image->segment_count == ELF_SEGMENTS_MAX)
		return ELF_TOO_MANY_SEGMENTS;
	if (header->file_bytes > header->mem_bytes)
		return ELF_SEGMENT_SIZES;
	if (!span_has(file, header->offset, header->file_bytes))
		return ELF_SEGMENT_OUTSIDE;
	if (header->address > ELF_IMAGE_MAX || header->mem_bytes > ELF_IMAGE_MAX - header->address)
		return ELF_SEGMENT_TOO_HIGH;
	enum elf_problem problem = alignment_check(header, image);
	if (problem == ELF_OK)
		problem = access_check(header->flags);
	if (problem != ELF_OK)
		return problem;
	/* image->bytes is the end of the last page used so far: this refuses descending order,
	 * overlap and shared pages in one comparison. */
	if (page_floor(header->address) < image->bytes)
		return ELF_SEGMENT_OVERLAP;
	if (image->segment_count == 0 && page_floor(header->address) != 0)
		return ELF_NOT_AT_ZERO;
	image->segment[image->segment_count] = (struct elf_segment){
		.offset = header->offset,
		.file_bytes = header->file_bytes,
		.address = header->address,
		.mem_bytes = header->mem_bytes,
		.access = header->flags,
	};
	image->segment_count++;
	image->bytes = page_ceil(header->address + header->mem_bytes);
	return ELF_OK;
}

static enum elf_problem header_take(struct span file, const struct elf_program_header *header, struct elf_image *image,
	struct special *special)
{
	switch (header->type) {
	case PT_LOAD:
		return segment_add(file, header, image);
	case PT_INTERP:
		return ELF_NEEDS_INTERPRETER;
	case PT_DYNAMIC:
		if (special->dynamic.type != 0)
			return ELF_BAD_DYNAMIC;
		special->dynamic = *header;
		return ELF_OK;
	case PT_GNU_RELRO:
		if (special->relro.type != 0)
			return ELF_BAD_RELRO;
		special->relro = *header;
		return ELF_OK;
	case PT_TLS:
		if (special->tls.type != 0)
			return ELF_BAD_TLS;
		special->tls = *header;
		return ELF_OK;
	case PT_GNU_STACK:
		return (header->flags & ELF_EXECUTE) != 0 ? ELF_STACK_EXECUTABLE : ELF_OK;
	default:
		return ELF_OK; /* notes, unwind tables and the like are nobody's business here */
	}
}

static bool entry_fits(const struct elf_image *image)
{
	u32 index = elf_segment_of(image, image->entry, 1);
	if (index >= image->segment_count)
		return false;
	const struct elf_segment *segment = ELEM(image->segment, index);
	return (segment->access & ELF_EXECUTE) != 0 && image->entry - segment->address < segment->file_bytes;
}

static enum elf_problem special_check(struct span file, const struct special *special, struct elf_image *image)
{
	enum elf_problem problem = ELF_OK;
	if (special->relro.type != 0)
		problem = elf_relro_check(&special->relro, image);
	if (problem == ELF_OK && special->tls.type != 0)
		problem = elf_tls_check(&special->tls, image);
	if (problem == ELF_OK && special->dynamic.type != 0)
		problem = elf_dynamic_check(file, &special->dynamic, image);
	return problem;
}

enum elf_problem elf_parse_for(enum elf_machine machine, struct span file, struct elf_image *out)
{
	struct header header = {};
	enum elf_problem problem = header_check(machine, file, &header);
	if (problem != ELF_OK)
		return problem;
	*out = (struct elf_image){ .machine = machine, .entry = header.entry, .align = PAGE_BYTES };
	struct special special = {};
	for (u64 i = 0; i < header.count; i++) {
		struct elf_program_header entry = program_header(file, header.table + i * PROGRAM_HEADER_BYTES);
		problem = header_take(file, &entry, out, &special);
		if (problem != ELF_OK)
			return problem;
	}
	if (out->segment_count == 0)
		return ELF_NO_SEGMENTS;
	if (!entry_fits(out))
		return ELF_BAD_ENTRY;
	return special_check(file, &special, out);
}

u32 elf_segment_of(const struct elf_image *image, u64 address, u64 bytes)
{
	for (u32 i = 0; i < image->segment_count; i++) {
		const struct elf_segment *segment = ELEM(image->segment, i);
		u64 from = address - segment->address; /* wraps to a large value below the segment */
		if (from < segment->mem_bytes && bytes <= segment->mem_bytes - from)
			return i;
	}
	return image->segment_count;
}
