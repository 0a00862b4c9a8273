/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a system image as hostile input: image_check looks at the header and the whole
 * entry table once; after it said IMAGE_OK for the same bytes the other functions rely on
 * IMAGE-ENTRIES (lib/image/format.h). Contents are checked one by one, when they are used.
 * Used by the kernel, init, the loader, the keeper, imgfs, host tools and fuzzers.
 */
#ifndef LIB_IMAGE_IMAGE_H
#define LIB_IMAGE_IMAGE_H

#include "lib/base/span.h"
#include "lib/image/format.h"

enum image_problem : u32 {
	IMAGE_OK,
	IMAGE_TOO_SHORT,
	IMAGE_NOT_AN_IMAGE,
	IMAGE_BAD_VERSION,
	IMAGE_BAD_LENGTH,
	IMAGE_BAD_COUNT,
	IMAGE_BAD_CHECKSUM,
	IMAGE_BAD_NAME,
	IMAGE_DUPLICATE_NAME,
	IMAGE_BAD_KIND,
	IMAGE_BAD_ENTRY,
	IMAGE_BAD_OFFSET,
	IMAGE_NO_SUCH_ENTRY,
	IMAGE_BAD_CONTENT,
	IMAGE_BAD_INIT,
	IMAGE_PROBLEM_COUNT,
};

/* What is wrong, as the end of a sentence: "the system image " text. */
const char *image_problem_text(enum image_problem problem);

/* Checks header and table. `image` may be longer than the image says (page rounding), not shorter. */
[[nodiscard]] enum image_problem image_check(struct span image);

/* Number of entries. */
u32 image_count(struct span image);

/* Copies out entry `index`; false if there is none. */
[[nodiscard]] bool image_entry_at(struct span image, u32 index, struct image_entry *out);

/* Finds an entry by its name. */
[[nodiscard]] bool image_find(struct span image, struct span name, struct image_entry *out);

/* The name of an entry, without padding. */
struct span image_entry_name(const struct image_entry *entry);

/* The content, unchecked: in use for data whose reader checks it. */
struct span image_content(struct span image, const struct image_entry *entry);

/* Compares the content with its checksum. Time: linear. */
[[nodiscard]] bool image_content_intact(struct span image, const struct image_entry *entry);

/* Finds and checks the INIT entry: segments lie inside the image, ascend, share no page, are
 * not writable and executable at once, and the entry lies in an executable one. */
[[nodiscard]] enum image_problem image_init_segments(struct span image, struct image_init *out);

#endif
