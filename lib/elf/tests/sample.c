/* SPDX-License-Identifier: Apache-2.0
 *
 * Building the sample executable.
 */
#include "lib/elf/tests/sample.h"

void sample_put(struct mspan to, u64 at, u64 value, usize width)
{
	INVARIANT(width == 1 || width == 2 || width == 4 || width == 8, "a number of a file has 1, 2, 4 or 8 bytes");
	for (usize i = 0; i < width; i++)
		mspan_put_u8(to, at + (ORDER_IS_LITTLE ? i : width - 1 - i), (u8)(value >> (8 * i)));
}

static void header(struct mspan to, u32 index, u32 type, u32 flags, u64 offset, u64 file_bytes, u64 mem_bytes)
{
	mspan_put_u32(to, sample_header(index, P_TYPE), type);
	mspan_put_u32(to, sample_header(index, P_FLAGS), flags);
	mspan_put_u64(to, sample_header(index, P_OFFSET), offset);
	mspan_put_u64(to, sample_header(index, P_VADDR), offset);
	mspan_put_u64(to, sample_header(index, P_VADDR) + 8, offset);
	mspan_put_u64(to, sample_header(index, P_FILESZ), file_bytes);
	mspan_put_u64(to, sample_header(index, P_MEMSZ), mem_bytes);
	mspan_put_u64(to, sample_header(index, P_ALIGN), type == 1 ? 0x1000 : 8);
}

static void file_header(struct mspan to)
{
	mspan_put_u32(to, 0, order_le32(0x464c457f));
	mspan_put_u8(to, 4, 2);
	mspan_put_u8(to, 5, ELF_NATIVE_ORDER);
	mspan_put_u8(to, 6, 1);
	sample_put(to, 16, 3, 2);
	sample_put(to, 18, ELF_MACHINE_X86_64, 2);
	mspan_put_u32(to, 20, 1);
	mspan_put_u64(to, 24, SAMPLE_ENTRY);
	mspan_put_u64(to, 32, SAMPLE_HEADERS);
	sample_put(to, 52, 64, 2);
	sample_put(to, 54, 56, 2);
	sample_put(to, 56, SAMPLE_HEADER_COUNT, 2);
}

static u32 dynamic(struct mspan to, u32 index, u64 tag, u64 value)
{
	mspan_put_u64(to, SAMPLE_DYNAMIC + 16 * index, tag);
	mspan_put_u64(to, SAMPLE_DYNAMIC + 16 * index + 8, value);
	return index + 1;
}

void sample_make(struct mspan to)
{
	mspan_fill(to, 0);
	file_header(to);
	header(to, SAMPLE_LOAD_R, 1, ELF_READ, 0, 0xa00, 0xa00);
	header(to, SAMPLE_LOAD_RX, 1, ELF_READ | ELF_EXECUTE, 0x1000, 0x800, 0x800);
	header(to, SAMPLE_LOAD_RELRO, 1, ELF_READ | ELF_WRITE, 0x2000, 0xa00, 0x1000);
	header(to, SAMPLE_LOAD_RW, 1, ELF_READ | ELF_WRITE, 0x3000, 0x100, 0x2800);
	header(to, SAMPLE_PT_DYNAMIC, 2, ELF_READ | ELF_WRITE, SAMPLE_DYNAMIC, 0x80, 0x80);
	header(to, SAMPLE_PT_RELRO, 0x6474e552, ELF_READ, 0x2000, 0xa00, 0x1000);
	header(to, SAMPLE_PT_STACK, 0x6474e551, ELF_READ | ELF_WRITE, 0, 0, 0);
	u32 at = dynamic(to, 0, 7, SAMPLE_RELA);
	at = dynamic(to, at, 8, ELF_RELA_BYTES);
	at = dynamic(to, at, 9, ELF_RELA_BYTES);
	at = dynamic(to, at, 36, SAMPLE_RELR);
	at = dynamic(to, at, 35, 2 * ELF_RELR_BYTES);
	at = dynamic(to, at, 37, ELF_RELR_BYTES);
	(void)dynamic(to, at, 0, 0);
	mspan_put_u64(to, SAMPLE_RELA, SAMPLE_RELA_TARGET);
	mspan_put_u64(to, SAMPLE_RELA + 8, 8);
	mspan_put_u64(to, SAMPLE_RELA + 16, SAMPLE_RELA_ADDEND);
	mspan_put_u64(to, SAMPLE_RELR, SAMPLE_RELR_FIRST);
	mspan_put_u64(to, SAMPLE_RELR + 8, 1ull << 3 | 1); /* bit 3 is the third word after the first */
	mspan_put_u64(to, SAMPLE_RELR_FIRST, SAMPLE_RELR_VALUE);
	mspan_put_u64(to, SAMPLE_RELR_SECOND, SAMPLE_RELR_VALUE);
	mspan_put_u64(to, 0x3000, SAMPLE_DATA_MARK);
}
