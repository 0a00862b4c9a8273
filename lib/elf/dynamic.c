/* SPDX-License-Identifier: Apache-2.0
 *
 * What the program headers point to inside the segments: the dynamic table with the names of
 * the relocation tables, the RELRO area and the thread-local data.
 */
#include "lib/elf/read.h"

/* SPEC: gABI 5.3 "Dynamic Section" */
enum : u64 {
	DT_NULL = 0,
	DT_NEEDED = 1,
	DT_PLTRELSZ = 2,
	DT_RELA = 7,
	DT_RELASZ = 8,
	DT_RELAENT = 9,
	DT_RELSZ = 18,
	DT_TEXTREL = 22,
	DT_FLAGS = 30,
	DT_RELRSZ = 35,
	DT_RELR = 36,
	DT_RELRENT = 37,
};
enum : u64 { DYNAMIC_ENTRY_BYTES = 16, DF_TEXTREL = 4 };

struct dynamic {
	struct elf_area rela, relr;
	u64 rela_entry, relr_entry; /* sizes the file claims; 0: says nothing */
};

static enum elf_problem entry_take(u64 tag, u64 value, struct dynamic *dynamic)
{
	switch (tag) {
	case DT_NEEDED:
		return ELF_NEEDS_LIBRARY;
	case DT_TEXTREL:
		return ELF_TEXT_RELOCATIONS;
	case DT_FLAGS:
		return (value & DF_TEXTREL) != 0 ? ELF_TEXT_RELOCATIONS : ELF_OK;
	case DT_PLTRELSZ: /* lazy binding and REL tables have no place in a static image */
	case DT_RELSZ:
		return value != 0 ? ELF_BAD_RELOCATION_KIND : ELF_OK;
	case DT_RELA:
		dynamic->rela.address = value;
		return ELF_OK;
	case DT_RELASZ:
		dynamic->rela.bytes = value;
		return ELF_OK;
	case DT_RELAENT:
		dynamic->rela_entry = value;
		return ELF_OK;
	case DT_RELR:
		dynamic->relr.address = value;
		return ELF_OK;
	case DT_RELRSZ:
		dynamic->relr.bytes = value;
		return ELF_OK;
	case DT_RELRENT:
		dynamic->relr_entry = value;
		return ELF_OK;
	default:
		return ELF_OK;
	}
}

/* From image addresses to a place in the file, inside one segment's file part. */
static enum elf_problem table_find(const struct elf_image *image, struct elf_area area, u64 entry_bytes, u64 claimed,
	struct elf_table *out)
{
	if (area.bytes == 0)
		return ELF_OK;
	if (claimed != entry_bytes || area.bytes % entry_bytes != 0)
		return ELF_BAD_RELOCATION_TABLE;
	u32 index = elf_segment_of(image, area.address, area.bytes);
	if (index >= image->segment_count)
		return ELF_BAD_RELOCATION_TABLE;
	const struct elf_segment *segment = ELEM(image->segment, index);
	u64 from = area.address - segment->address;
	if (from > segment->file_bytes || area.bytes > segment->file_bytes - from)
		return ELF_BAD_RELOCATION_TABLE;
	*out = (struct elf_table){ .offset = segment->offset + from, .bytes = area.bytes };
	return ELF_OK;
}

enum elf_problem elf_dynamic_check(struct span file, const struct elf_program_header *header, struct elf_image *image)
{
	u64 count = header->file_bytes / DYNAMIC_ENTRY_BYTES;
	if (!span_has(file, header->offset, header->file_bytes) || count > ELF_DYNAMIC_MAX)
		return ELF_BAD_DYNAMIC;
	struct dynamic dynamic = {};
	for (u64 i = 0; i < count; i++) {
		u64 at = header->offset + i * DYNAMIC_ENTRY_BYTES;
		u64 tag = span_u64(file, at);
		if (tag == DT_NULL)
			break;
		enum elf_problem problem = entry_take(tag, span_u64(file, at + 8), &dynamic);
		if (problem != ELF_OK)
			return problem;
	}
	enum elf_problem problem = table_find(image, dynamic.rela, ELF_RELA_BYTES, dynamic.rela_entry, &image->rela);
	if (problem == ELF_OK)
		problem = table_find(image, dynamic.relr, ELF_RELR_BYTES, dynamic.relr_entry, &image->relr);
	if (problem == ELF_OK)
		problem = elf_relocations_check(file, image);
	return problem;
}

/* Only whole pages can be protected. Linkers start the area at the start of a segment, whose first
 * page is the segment's own, and pad its end; a page shared with data that stays writable is left out. */
enum elf_problem elf_relro_check(const struct elf_program_header *relro, struct elf_image *image)
{
	u32 index = elf_segment_of(image, relro->address, 1);
	if (index >= image->segment_count)
		return ELF_BAD_RELRO;
	const struct elf_segment *segment = ELEM(image->segment, index);
	u64 segment_end = segment->address + segment->mem_bytes;
	if ((segment->access & ELF_WRITE) == 0 || relro->mem_bytes > page_ceil(segment_end) - relro->address)
		return ELF_BAD_RELRO;
	u64 relro_end = relro->address + relro->mem_bytes;
	u64 start = relro->address == segment->address ? page_floor(relro->address) : page_ceil(relro->address);
	u64 end = relro_end >= segment_end ? page_ceil(relro_end) : page_floor(relro_end);
	if (start < end)
		image->relro = (struct elf_area){ .address = start, .bytes = end - start };
	return ELF_OK;
}

enum elf_problem elf_tls_check(const struct elf_program_header *tls, struct elf_image *image)
{
	u64 align = max_u64(tls->align, 1);
	if (align > PAGE_BYTES || (align & (align - 1)) != 0 || tls->mem_bytes > ELF_IMAGE_MAX ||
	    tls->file_bytes > tls->mem_bytes)
		return ELF_BAD_TLS;
	if (tls->file_bytes != 0 && elf_segment_of(image, tls->address, tls->file_bytes) >= image->segment_count)
		return ELF_BAD_TLS;
	image->tls = (struct elf_area){ .address = tls->address, .bytes = tls->mem_bytes };
	image->tls_file_bytes = tls->file_bytes;
	image->tls_align = align;
	return ELF_OK;
}
