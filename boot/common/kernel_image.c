/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading: relies on ELF-SEGMENTS and ELF-RELOCS of lib/elf; every write is bounds-checked anyway.
 */
#include "boot/common/kernel_image.h"

void kernel_image_place(struct span file, const struct elf_image *image, struct mspan memory, u64 virt)
{
	struct mspan whole = mspan_part(memory, 0, image->bytes);
	mspan_fill(whole, 0);
	for (u32 i = 0; i < image->segment_count; i++) {
		const struct elf_segment *segment = ELEM(image->segment, i);
		span_copy(mspan_part(whole, segment->address, segment->file_bytes),
			span_part(file, segment->offset, segment->file_bytes));
	}
	struct elf_cursor cursor = {};
	struct elf_relocation relocation = {};
	while (elf_relocation_next(file, image, &cursor, &relocation))
		mspan_put_u64(whole, relocation.address, virt + relocation.addend);
}

bool kernel_image_map(struct tables *tables, const struct elf_image *image, u64 virt, u64 phys)
{
	for (u32 i = 0; i < image->segment_count; i++) {
		const struct elf_segment *segment = ELEM(image->segment, i);
		u64 start = page_floor(segment->address);
		u64 bytes = page_ceil(segment->address + segment->mem_bytes) - start;
		u32 access = TABLE_READ;
		if ((segment->access & ELF_WRITE) != 0)
			access |= TABLE_WRITE;
		if ((segment->access & ELF_EXECUTE) != 0)
			access |= TABLE_EXECUTE;
		if (!tables_map(tables, virt + start, phys + start, bytes, access))
			return false;
	}
	return true;
}
