/* SPDX-License-Identifier: Apache-2.0
 *
 * Relocations: RELA tables, and the compact RELR form, in which an even word names an address
 * and each odd word after it is a bitmap of the 63 words that follow.
 */
#include "lib/elf/read.h"

enum : u64 { WORD_BYTES = 8, RELR_BITMAP_WORDS = 63 };

/* SPEC: the machines' psABI supplements, R_*_RELATIVE */
static u64 relative_kind(enum elf_machine machine)
{
	switch (machine) {
	case ELF_MACHINE_X86_64:
		return 8;
	case ELF_MACHINE_AARCH64:
		return 1027;
	case ELF_MACHINE_RISCV:
		return 3;
	}
	return U64_MAX;
}

/* The word the file holds for an image address; 0 in the part that only memory has. */
static u64 word_at(struct span file, const struct elf_image *image, u64 address)
{
	u32 index = elf_segment_of(image, address, WORD_BYTES);
	if (index >= image->segment_count)
		return 0;
	const struct elf_segment *segment = ELEM(image->segment, index);
	u64 from = address - segment->address;
	if (from > segment->file_bytes || segment->file_bytes - from < WORD_BYTES)
		return 0;
	return span_u64(file, segment->offset + from);
}

static struct elf_relocation rela_take(struct span file, const struct elf_image *image, struct elf_cursor *cursor)
{
	u64 at = image->rela.offset + cursor->rela;
	cursor->rela += ELF_RELA_BYTES;
	return (struct elf_relocation){ .address = span_u64(file, at), .addend = span_u64(file, at + 16) };
}

/* The next address of the RELR table. */
static bool relr_take(struct span file, const struct elf_image *image, struct elf_cursor *cursor, u64 *address)
{
	while (cursor->relr_bits == 0) {
		if (cursor->relr >= image->relr.bytes)
			return false;
		u64 entry = span_u64(file, image->relr.offset + cursor->relr);
		cursor->relr += ELF_RELR_BYTES;
		if ((entry & 1) == 0) {
			cursor->relr_where = entry + WORD_BYTES;
			*address = entry;
			return true;
		}
		cursor->relr_bits = entry >> 1;
		cursor->relr_bit_address = cursor->relr_where;
		cursor->relr_where += RELR_BITMAP_WORDS * WORD_BYTES;
	}
	*address = cursor->relr_bit_address + (u64)__builtin_ctzll(cursor->relr_bits) * WORD_BYTES;
	cursor->relr_bits &= cursor->relr_bits - 1;
	return true;
}

bool elf_relocation_next(struct span file, const struct elf_image *image, struct elf_cursor *cursor,
	struct elf_relocation *out)
{
	if (cursor->rela < image->rela.bytes) {
		*out = rela_take(file, image, cursor);
		return true;
	}
	u64 address = 0;
	if (!relr_take(file, image, cursor, &address))
		return false;
	*out = (struct elf_relocation){ .address = address, .addend = word_at(file, image, address) };
	return true;
}

static bool target_fits(const struct elf_image *image, u64 address)
{
	u32 index = elf_segment_of(image, address, WORD_BYTES);
	return index < image->segment_count && (ELEM(image->segment, index)->access & ELF_WRITE) != 0;
}

enum elf_problem elf_relocations_check(struct span file, const struct elf_image *image)
{
	u64 kind = relative_kind(image->machine);
	for (u64 at = 0; at < image->rela.bytes; at += ELF_RELA_BYTES) {
		if (span_u64(file, image->rela.offset + at + 8) != kind) /* symbol 0 in the high half */
			return ELF_BAD_RELOCATION_KIND;
	}
	struct elf_cursor cursor = {};
	struct elf_relocation relocation = {};
	while (elf_relocation_next(file, image, &cursor, &relocation)) {
		if (!target_fits(image, relocation.address))
			return ELF_BAD_RELOCATION_TARGET;
	}
	return ELF_OK;
}
