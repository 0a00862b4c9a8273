/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a symbol table as tools/image/symbols.py writes it: from an offset in a program to its
 * function and place in the source. The table is hostile input: whatever it holds, the answers
 * are at worst wrong, never out of bounds.
 */
#ifndef LIB_SYMBOLS_SYMBOLS_H
#define LIB_SYMBOLS_SYMBOLS_H

#include "lib/base/text.h"

struct symbol_place {
	struct span function;  /* empty: none known */
	u64 offset;            /* within the function */
	struct span file;      /* empty: none known */
	u32 line;
};

/* False if `table` is no symbol table or knows nothing of the offset. */
[[nodiscard]] bool symbols_find(struct span table, u64 offset, struct symbol_place *out);

/* Appends "function+0x12 (file:34)" or, if nothing is known, the offset alone. */
void symbols_describe(struct span table, u64 offset, struct text *to);

#endif
