/* SPDX-License-Identifier: Apache-2.0
 *
 * Segments: those that are never written are mapped straight from the system image, one copy for
 * all processes; the writable ones are built in fresh memory, relocated there, and then mapped,
 * the RELRO part read-only. INV: ELF-SEGMENTS, ELF-RELOCS (lib/elf/elf.h).
 */
#include "lib/load/segments.h"
#include "lib/rt/place.h"
#include "abi/stubs.h"
#include "abi/structs.h"

static u32 protection_of(const struct elf_segment *segment)
{
	return ((segment->access & ELF_READ) != 0 ? MAP_READ : 0) | ((segment->access & ELF_WRITE) != 0 ? MAP_WRITE : 0) |
	       ((segment->access & ELF_EXECUTE) != 0 ? MAP_EXECUTE : 0);
}

static enum status map_fixed(handle_t process, handle_t memory, u64 address, u64 offset, u64 bytes, u32 protection)
{
	u64 mapped;

	if (bytes == 0)
		return STATUS_OK;
	return sys_map(process, memory, address, offset, bytes, protection | MAP_FIXED, &mapped);
}

static u64 first_page(const struct elf_segment *segment)
{
	return page_floor(segment->address);
}

static u64 page_bytes(const struct elf_segment *segment)
{
	return page_ceil(segment->address + segment->mem_bytes) - first_page(segment);
}

/* Pages of the image as they are. */
static enum status map_shared(const struct load_source *source, const struct program *program,
	const struct elf_segment *segment, handle_t process, u64 base)
{
	u64 offset = program->file_offset + page_floor(segment->offset);
	u64 bytes = page_ceil(segment->address + segment->file_bytes) - first_page(segment);
	bool code = (segment->access & ELF_EXECUTE) != 0;

	return map_fixed(process, code ? source->executable : source->memory, base + first_page(segment), offset, bytes,
		protection_of(segment));
}

/* In place of what was kept before. */
static void keep(handle_t *kept, handle_t memory)
{
	if (!handle_is_none(*kept))
		sys_cap_drop(*kept);
	*kept = memory;
}

/* Text in memory of the process' own, so that it can be changed for this process alone. */
static enum status map_open(const struct program *program, const struct elf_segment *segment, const struct load_order *order,
	handle_t process, u64 base)
{
	u64 bytes = page_bytes(segment);
	handle_t memory, executable = {};
	pages_t copy = {};
	enum status status = sys_memory_create(order->group, bytes, &memory);

	if (status != STATUS_OK)
		return status;
	status = rt_pages_map(memory, 0, bytes, MAP_READ | MAP_WRITE | MAP_POPULATE, &copy);
	if (status == STATUS_OK)
		span_copy(mspan_from(rt_pages_mspan(copy), segment->address & PAGE_MASK),
			span_part(program->file, segment->offset, segment->file_bytes));
	rt_pages_release(copy);
	if (status == STATUS_OK)
		status = sys_code_seal(order->open->code, memory, &executable);
	if (status == STATUS_OK)
		status = map_fixed(process, executable, base + first_page(segment), 0, bytes, protection_of(segment));
	if (!handle_is_none(executable))
		sys_cap_drop(executable);
	keep(&order->open->text, memory);
	order->open->text_at = base + first_page(segment);
	return status;
}

/* Applies the relocations that lie in the segment to its copy. False if one lies in the part that
 * the file does not fill: no linker makes that. */
[[nodiscard]] static bool relocate(const struct program *program, const struct elf_segment *segment, struct mspan copy, u64 base)
{
	struct elf_cursor cursor = {};
	struct elf_relocation relocation;

	while (elf_relocation_next(program->file, &program->elf, &cursor, &relocation)) {
		if (relocation.address < segment->address || relocation.address - segment->address >= segment->mem_bytes)
			continue;
		u64 at = relocation.address - first_page(segment);

		if (!mspan_has(copy, at, 8))
			return false;
		mspan_put_u64(copy, at, base + relocation.addend);
	}
	return true;
}

/* Maps a built segment: its RELRO part read-only, what lies around it as the segment says. */
static enum status map_parts(const struct program *program, const struct elf_segment *segment, handle_t memory,
	handle_t process, u64 base)
{
	u64 first = first_page(segment);
	u64 end = first + page_bytes(segment);
	u64 from = max_u64(program->elf.relro.address, first);
	u64 to = min_u64(program->elf.relro.address + program->elf.relro.bytes, end);

	if (program->elf.relro.bytes == 0 || from >= to)
		return map_fixed(process, memory, base + first, 0, end - first, protection_of(segment));
	enum status status = map_fixed(process, memory, base + first, 0, from - first, protection_of(segment));

	if (status == STATUS_OK)
		status = map_fixed(process, memory, base + from, from - first, to - from, MAP_READ);
	if (status == STATUS_OK)
		status = map_fixed(process, memory, base + to, to - first, end - to, protection_of(segment));
	return status;
}

static enum status map_private(const struct program *program, const struct elf_segment *segment, const struct load_order *order,
	handle_t process, u64 base)
{
	handle_t memory;
	pages_t copy = {};
	u64 used = page_ceil(segment->address + segment->file_bytes) - first_page(segment);
	enum status status = sys_memory_create(order->group, page_bytes(segment), &memory);

	if (status != STATUS_OK)
		return status;
	/* WHY populate: running out of frames is then a status and not a fault of the loader. */
	if (segment->file_bytes > 0)
		status = rt_pages_map(memory, 0, used, MAP_READ | MAP_WRITE | MAP_POPULATE, &copy);
	if (status == STATUS_OK && segment->file_bytes > 0) {
		span_copy(mspan_from(rt_pages_mspan(copy), segment->address & PAGE_MASK),
			span_part(program->file, segment->offset, segment->file_bytes));
		if (!relocate(program, segment, rt_pages_mspan(copy), base))
			status = STATUS_BAD_FORMAT;
	}
	rt_pages_release(copy);
	if (status == STATUS_OK)
		status = map_parts(program, segment, memory, process, base);
	if (order->open != nullptr)
		keep(&order->open->data, memory);
	else
		sys_cap_drop(memory);
	return status;
}

static enum status map_one(const struct load_source *source, const struct program *program,
	const struct elf_segment *segment, const struct load_order *order, handle_t process, u64 base)
{
	bool written = (segment->access & ELF_WRITE) != 0 || segment->mem_bytes != segment->file_bytes;

	if (written && (segment->access & ELF_EXECUTE) != 0)
		return STATUS_BAD_FORMAT;
	if (written)
		return map_private(program, segment, order, process, base);
	if (order->open != nullptr && (segment->access & ELF_EXECUTE) != 0)
		return map_open(program, segment, order, process, base);
	return map_shared(source, program, segment, process, base);
}

enum status segments_map(const struct load_source *source, const struct program *program,
	const struct load_order *order, handle_t process, u64 *base)
{
	enum status status = rt_place_image(program->elf.bytes, program->elf.align, base);

	/* The process is empty, so that any place in the zone is free. */
	for (u32 i = 0; i < program->elf.segment_count && status == STATUS_OK; i++)
		status = map_one(source, program, ELEM(program->elf.segment, i), order, process, *base);
	return status;
}
