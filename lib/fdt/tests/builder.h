/* SPDX-License-Identifier: Apache-2.0
 *
 * Device trees under construction, token by token, for tests.
 */
#ifndef LIB_FDT_TESTS_BUILDER_H
#define LIB_FDT_TESTS_BUILDER_H

#include "lib/base/span.h"

enum : usize { TREE_BYTES = 4096, TREE_STRUCTURE_AT = 64, TREE_STRINGS_AT = 3072 };

struct tree_builder {
	u8 bytes[TREE_BYTES];
	usize used;     /* end of the structure block */
	usize strings;  /* end of the strings block */
};

void tree_begin(struct tree_builder *b);
void tree_node(struct tree_builder *b, struct span name);
void tree_end_node(struct tree_builder *b);
void tree_property(struct tree_builder *b, struct span name, struct span value);
void tree_text(struct tree_builder *b, struct span name, struct span text); /* adds the terminator */
void tree_cells(struct tree_builder *b, struct span name, u32 count, u32 first, u32 second, u32 third, u32 fourth);

/* Writes the header; the whole tree. */
struct mspan tree_finish(struct tree_builder *b);

/* A big-endian number of 32 bits at an offset of the tree. */
void tree_put32(struct mspan tree, usize at, u32 value);

#endif
