/* SPDX-License-Identifier: Apache-2.0
 *
 * ELF64 executables as hostile input: checks a static position-independent executable and
 * describes it in a plain struct without pointers. Used by the boot loader for the kernel and
 * by the loader service for programs, so what one accepts the other does too.
 *
 * After elf_parse said ELF_OK, for the same bytes:
 *   INV: ELF-SEGMENTS  segments ascend and share no page; file parts lie inside the file and
 *                      sizes do not wrap; no segment is both writable and executable
 *   INV: ELF-RELOCS    every relocation is of the RELATIVE kind and its eight bytes lie inside
 *                      one writable segment
 *   INV: ELF-ENTRY     the entry lies in the file part of an executable segment
 * so that loading needs no further checks of the file. The image is linked at address 0; all
 * addresses here are offsets from wherever it is loaded.
 *
 * SPEC: System V ABI gABI 4.1 chapters 4 and 5; RELR: gABI draft "Relative relocations".
 */
#ifndef LIB_ELF_ELF_H
#define LIB_ELF_ELF_H

#include "lib/base/addr.h"
#include "lib/base/span.h"
#include "lib/base/text.h"

enum : u32 { ELF_SEGMENTS_MAX = 16, ELF_DYNAMIC_MAX = 128 };
enum : u64 { ELF_FILE_MAX = 1ull << 30, ELF_IMAGE_MAX = 1ull << 30, ELF_ALIGN_MAX = 1ull << 21 };
enum : u64 { ELF_RELA_BYTES = 24, ELF_RELR_BYTES = 8 };

/* SPEC: gABI EI_CLASS and EI_DATA: the width of addresses, and the order of bytes, in all of the file. */
enum elf_class : u8 { ELF_CLASS_32 = 1, ELF_CLASS_64 = 2 };
enum elf_order : u8 { ELF_LITTLE_ENDIAN = 1, ELF_BIG_ENDIAN = 2,
	/* WHY no other: a program's own data is as its machine has it, and its machine is this one. */
	ELF_NATIVE_ORDER = ORDER_IS_LITTLE ? ELF_LITTLE_ENDIAN : ELF_BIG_ENDIAN };

/* SPEC: gABI e_machine */
enum elf_machine : u16 { ELF_MACHINE_X86_64 = 62, ELF_MACHINE_AARCH64 = 183, ELF_MACHINE_RISCV = 243 };

enum elf_access : u32 { ELF_EXECUTE = 1, ELF_WRITE = 2, ELF_READ = 4 };

enum elf_problem : u32 {
	ELF_OK,
	ELF_TOO_SHORT,
	ELF_TOO_LONG,
	ELF_NOT_ELF,
	ELF_FOR_32_BITS,
	ELF_BAD_CLASS,
	ELF_OTHER_ORDER,
	ELF_BAD_VERSION,
	ELF_WRONG_MACHINE,
	ELF_NOT_PIE,
	ELF_BAD_HEADER,
	ELF_HEADERS_OUTSIDE,
	ELF_NEEDS_INTERPRETER,
	ELF_NEEDS_LIBRARY,
	ELF_STACK_EXECUTABLE,
	ELF_NO_SEGMENTS,
	ELF_TOO_MANY_SEGMENTS,
	ELF_SEGMENT_OUTSIDE,
	ELF_SEGMENT_SIZES,
	ELF_SEGMENT_ALIGNMENT,
	ELF_SEGMENT_ACCESS,
	ELF_SEGMENT_OVERLAP,
	ELF_SEGMENT_TOO_HIGH,
	ELF_NOT_AT_ZERO,
	ELF_BAD_DYNAMIC,
	ELF_TEXT_RELOCATIONS,
	ELF_BAD_RELOCATION_TABLE,
	ELF_BAD_RELOCATION_KIND,
	ELF_BAD_RELOCATION_TARGET,
	ELF_BAD_RELRO,
	ELF_BAD_TLS,
	ELF_BAD_ENTRY,
	ELF_PROBLEM_COUNT,
};

struct elf_segment {
	u64 offset;     /* of the file part, in the file */
	u64 file_bytes; /* copied from the file */
	u64 address;    /* in the image; same offset within its page as `offset` */
	u64 mem_bytes;  /* at least file_bytes; the rest is zero */
	u32 access;     /* enum elf_access bits */
};

struct elf_area {
	u64 address;
	u64 bytes;
};

/* A table inside the file, already checked to lie inside it. */
struct elf_table {
	u64 offset;
	u64 bytes; /* a multiple of the entry size; 0: no such table */
};

struct elf_image {
	enum elf_machine machine;
	u32 segment_count;
	struct elf_segment segment[ELF_SEGMENTS_MAX];
	u64 entry;
	u64 bytes;             /* the image takes [0, bytes); a multiple of the page size */
	u64 align;             /* the load address must be a multiple; at least the page size */
	struct elf_area relro; /* whole pages to make read-only after relocation; bytes 0: none */
	struct elf_area tls;   /* initial thread-local data, tls_file_bytes of it from the file */
	u64 tls_file_bytes;
	u64 tls_align;
	struct elf_table rela;
	struct elf_table relr;
};

/* Checks the whole file, for the machine this code runs on. `out` is filled in on ELF_OK only as
 * far as it may be used; on any problem its contents mean nothing. Time: linear in the file's
 * headers and relocations. */
[[nodiscard]] enum elf_problem elf_parse(struct span file, struct elf_image *out);

/* The same for a machine of choice. */
[[nodiscard]] enum elf_problem elf_parse_for(enum elf_machine machine, struct span file, struct elf_image *out);

/* The machine this code runs on; each architecture's folder in arch/ knows its own. */
enum elf_machine elf_native_machine(void);

/* Why a file was refused by elf_parse, as the end of a sentence: "kernel.elf: " text. Of a program for another processor,
 * which one. */
void elf_problem_explain(struct text *to, enum elf_problem problem, struct span file);

/* The same without the file, for problems of any machine. */
const char *elf_problem_text(enum elf_problem problem);

/* Walks the relocations: at image address `address`, eight bytes become base + addend. */
struct elf_relocation {
	u64 address;
	u64 addend;
};

/* A place in the walk; starts as {}. */
struct elf_cursor {
	u64 rela;       /* next byte in the rela table */
	u64 relr;       /* next byte in the relr table */
	u64 relr_where; /* image address the next bitmap refers to */
	u64 relr_bits;  /* bits of the current bitmap not yet handed out */
	u64 relr_bit_address;
};

/* The next relocation, false at the end. `file` and `image` as given to and by elf_parse. */
[[nodiscard]] bool elf_relocation_next(struct span file, const struct elf_image *image, struct elf_cursor *cursor,
	struct elf_relocation *out);

/* The segment that holds [address, address + bytes), or segment_count if none does. */
u32 elf_segment_of(const struct elf_image *image, u64 address, u64 bytes);

#endif
