/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tables whose entries are made by an architecture's hal_arch/entry.h: what tables.h asks of them. What it makes is
 * what there is: an entry is one that it would make again of the frame and the access that it reads from it.
 */
#ifndef TESTS_PROVE_INCLUDE_TABLES_ENTRIES_H
#define TESTS_PROVE_INCLUDE_TABLES_ENTRIES_H

#define TABLES_SOURCE "kernel/arch/common/paging/space.c"
#include "tests/prove/include/tables.h"

static bool fetchable;  /* what was written can be fetched as instructions */
static u32 ids_given;   /* of address spaces */

void space_id_give(const struct hal_space *at)
{
	PROVE(at == &space && at->root.v == 0, "an id is given back when nothing of the space is left");
	ids_given++;
}

static u64 *leaf_entry(u64 at)
{
	bool large;

	return leaf(&space, at, &large);
}

static u64 table_entry(paddr_t frame) { return entry_table(frame); }
static bool names_table(u64 entry) { return entry_used(entry) && entry_is_table(entry); }
static u64 any_frame(void) { return entry_frame(ANY(u64)).v; }

static bool is_made(u64 entry, bool large)
{
	u64 again;
	u32 prot = entry_prot(entry);
	bool was = fetchable;

	if ((prot & HAL_PROT_WRITE) != 0 && (prot & HAL_PROT_EXECUTE) != 0)
		return false;
	entry_set(&space, &again, entry_frame(entry), prot, large);
	fetchable = was;
	return again == entry;
}

static bool is_leaf(u64 entry) { return entry == 0 || is_made(entry, false); }
static bool is_large_page(u64 entry) { return is_made(entry, true) && (entry_frame(entry).v & LARGE_MASK) == 0; }

/* Of a page that was just mapped, or got this access. */
static bool as_asked(u32 prot, u32 got) { return prot == got && ((prot & HAL_PROT_EXECUTE) == 0 || fetchable); }

#endif
