/* SPDX-License-Identifier: Apache-2.0
 *
 * A small valid executable, built in memory, that tests spoil in one place at a time.
 *
 * Image: 0x0000 headers and relocation tables, R; 0x1000 code, RX; 0x2000 RELRO data, RW;
 * 0x3000 data and bss, RW. One RELA and two RELR relocations.
 */
#ifndef LIB_ELF_TESTS_SAMPLE_H
#define LIB_ELF_TESTS_SAMPLE_H

#include "lib/elf/elf.h"

enum : u64 {
	SAMPLE_BYTES = 0x4000,
	SAMPLE_ENTRY = 0x1010,
	SAMPLE_IMAGE_BYTES = 0x6000,
	SAMPLE_RELA_TARGET = 0x2000,
	SAMPLE_RELA_ADDEND = 0x1234,
	SAMPLE_RELR_FIRST = 0x2100,
	SAMPLE_RELR_SECOND = 0x2118, /* by a bitmap: three words on */
	SAMPLE_RELR_VALUE = 0x1500,  /* the word that the file holds there */
	SAMPLE_DATA_MARK = 0x1122334455667788ull, /* at 0x3000 */
};

/* Where things stand in the file. */
enum : u64 {
	SAMPLE_HEADERS = 64, /* program header i at 64 + 56 * i */
	SAMPLE_RELA = 0x800,
	SAMPLE_RELR = 0x880,
	SAMPLE_DYNAMIC = 0x2800,
};
enum : u32 { SAMPLE_LOAD_R, SAMPLE_LOAD_RX, SAMPLE_LOAD_RELRO, SAMPLE_LOAD_RW, SAMPLE_PT_DYNAMIC, SAMPLE_PT_RELRO,
	SAMPLE_PT_STACK, SAMPLE_HEADER_COUNT };

/* Offsets inside a program header. SPEC: gABI 5.2 */
enum : u64 { P_TYPE = 0, P_FLAGS = 4, P_OFFSET = 8, P_VADDR = 16, P_FILESZ = 32, P_MEMSZ = 40, P_ALIGN = 48 };

static inline u64 sample_header(u32 index, u64 field)
{
	return SAMPLE_HEADERS + 56 * index + field;
}

/* Writes the sample; the view has SAMPLE_BYTES. */
void sample_make(struct mspan to);

/* A number of 1, 2, 4 or 8 bytes, in the machine's order as all of them. */
void sample_put(struct mspan to, u64 at, u64 value, usize width);

#endif
