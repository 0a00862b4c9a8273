/* SPDX-License-Identifier: Apache-2.0
 *
 * The system image: one file that holds everything the system starts from. The boot loader
 * hands it to the kernel as it is; the kernel reads only the INIT entry; init, the loader,
 * the keeper and imgfs read the rest. tools/image/build.py writes it.
 *
 * All numbers are in the order of bytes of the machine that it is for. The file is:
 *
 *	offset 0                   struct image_header, 64 bytes
 *	offset 64                  entry_count x struct image_entry, 80 bytes each
 *	page-aligned offsets       the contents of the entries, in the order of the table, each
 *	                           followed by zeros up to the next page
 *
 * Contents begin on page boundaries so that pages of the image are mapped without copying.
 * INV: IMAGE-ENTRIES  entries ascend, do not overlap, lie in [table's end, total_bytes);
 *                     names are unique, zero-padded, of printable characters without blanks.
 *
 * Names: "init" (PROGRAM) and "init.segments" (INIT) for the first process; "bin/NAME" for
 * programs; "sym/NAME" for their symbol tables (SYMBOLS, the format of tools/image/symbols.py);
 * "manifest/NAME" for compiled manifests (MANIFEST, lib/image/manifest.h); others are FILEs
 * with any relative path, shown by imgfs under the same path.
 *
 * Programs are ELF files linked with -z max-page-size=4096 -z separate-code, stripped.
 */
#ifndef LIB_IMAGE_FORMAT_H
#define LIB_IMAGE_FORMAT_H

#include "lib/base/addr.h"

enum : u64 { IMAGE_MAGIC = 0x31474d4952524546ull /* "FERRIMG1" in the memory of a little-endian machine */ };
enum : u32 {
	IMAGE_VERSION = 1,
	IMAGE_NAME_BYTES = 48,
	IMAGE_ENTRIES_MAX = 512,
	IMAGE_HEADER_BYTES = 64,
	IMAGE_ENTRY_BYTES = 80,
	IMAGE_SEGMENTS_MAX = 8,
};
enum : u64 { IMAGE_BYTES_MAX = 1ull << 30 };

enum image_kind : u32 {
	IMAGE_NONE = 0,
	IMAGE_INIT,      /* struct image_init: how the kernel maps the first process */
	IMAGE_PROGRAM,   /* an ELF file */
	IMAGE_MANIFEST,  /* struct manifest_record */
	IMAGE_FILE,      /* anything */
	IMAGE_SYMBOLS,   /* symbol table of a program */
	IMAGE_KIND_COUNT,
};

/* 64 bytes */
struct image_header {
	u64 magic;         /* IMAGE_MAGIC */
	u32 version;       /* IMAGE_VERSION */
	u32 entry_bytes;   /* IMAGE_ENTRY_BYTES */
	u64 total_bytes;   /* of the whole file, a multiple of the page size */
	u32 entry_count;   /* 1 to IMAGE_ENTRIES_MAX */
	u32 checksum;      /* CRC-32C of header and entry table, with this field 0 */
	u64 reserved[4];   /* 0 */
};

/* 80 bytes */
struct image_entry {
	char name[IMAGE_NAME_BYTES]; /* zero-padded; at least one zero at the end */
	u32 kind;                    /* enum image_kind */
	u32 flags;                   /* 0 */
	u64 offset;                  /* page-aligned */
	u64 bytes;                   /* exact length of the content; not 0 */
	u32 checksum;                /* CRC-32C of the content */
	u32 reserved;                /* 0 */
};

/* The content of the INIT entry. One segment per PT_LOAD of init's ELF file, in its order.
 * The kernel chooses a base at random and maps for each segment, at base + page_floor(
 * memory_offset): the pages of the image that hold it if it is not writable (then bytes ==
 * memory_bytes), else a copy, the rest zero. It does not relocate: init relocates itself, so
 * that its writable segments hold the file's contents at start. */
struct image_segment {
	u64 file_offset;   /* in the image; same offset within its page as memory_offset */
	u64 memory_offset; /* from the base */
	u64 bytes;         /* from the file */
	u64 memory_bytes;  /* at least bytes */
	u32 protection;    /* MAP_READ, MAP_WRITE, MAP_EXECUTE of the abi; never both of the last */
	u32 reserved;      /* 0 */
};

struct image_init {
	u64 entry;          /* offset of the first instruction from the base */
	u64 memory_bytes;   /* the process' image takes [base, base + memory_bytes); pages */
	u64 stack_bytes;    /* what the kernel maps as its stack; a multiple of the page size */
	u32 segment_count;  /* 1 to IMAGE_SEGMENTS_MAX */
	u32 reserved;       /* 0 */
	struct image_segment segment[IMAGE_SEGMENTS_MAX];
};

static_assert(sizeof(struct image_header) == IMAGE_HEADER_BYTES, "layout of the image header");
static_assert(sizeof(struct image_entry) == IMAGE_ENTRY_BYTES, "layout of an image entry");
static_assert(sizeof(struct image_segment) == 40, "layout of an init segment");
static_assert(sizeof(struct image_init) == 32 + 40 * IMAGE_SEGMENTS_MAX, "layout of the init entry");

#endif
