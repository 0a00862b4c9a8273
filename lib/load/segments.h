/* SPDX-License-Identifier: Apache-2.0
 *
 * Mapping the segments of a checked program. Inside of lib/load.
 */
#ifndef LIB_LOAD_SEGMENTS_H
#define LIB_LOAD_SEGMENTS_H

#include "lib/elf/elf.h"
#include "lib/load/load.h"

/* A program's file within the image: a view, lives in local variables only. */
struct program {
	struct span file;
	u64 file_offset;  /* in the image; page-aligned */
	struct elf_image elf;
};

/* Maps all segments at a random address; *base is where image address 0 lies. On failure the
 * process may be partly mapped and is of no use. */
[[nodiscard]] enum status segments_map(const struct load_source *source, const struct program *program,
	const struct load_order *order, handle_t process, u64 *base);

#endif
