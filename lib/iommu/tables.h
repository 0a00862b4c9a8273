/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tables of all IOMMUs have in common: a root page, whose entries lead to pages of what is said of each function,
 * and from there to a tree of page tables for each domain. All of these follow from the list of domains, in order: who makes
 * them again, after the one before ended, makes the same, and what a device reaches meanwhile does not change. Functions without
 * a domain that are not to be heard any more have pages of their own, in which nothing leads to memory: they move nobody's.
 *
 * They are made in memory of the own process, and then published to pages that the unit reads, so that each entry there
 * is at every moment as it was, or as it is to be, or says that nothing is there. An entry of the root or of a function is taken
 * away first where it leads elsewhere or has another word than the first that changes: pages of tables can have been somebody
 * else's, because a domain that is asked for late has its place before others. What stays leads to pages that stay as they are:
 * a tree follows from where it begins, and from its domain, which never changes.
 *
 * INV: IOMMU-REACH  a function reaches exactly the pieces of its domain, at the addresses that they have; one without
 *                   a domain reaches nothing.
 */
#ifndef LIB_IOMMU_TABLES_H
#define LIB_IOMMU_TABLES_H

#include "lib/base/addr.h"
#include "lib/iommu/domains.h"

enum : u32 { TABLES_PAGES_MAX = 64, TABLES_ROOT = 0, TABLES_NO_PAGE = U32_MAX, TABLES_LEVEL_BITS = 9,
	TABLES_SPARE_MAX = 9 };
/* WHY not the machine's: units say the size of theirs, and all that are driven have this. */
enum : u64 { TABLES_PAGE_SHIFT = 12, TABLES_PAGE_BYTES = 1 << TABLES_PAGE_SHIFT, TABLES_PAGE_MASK = TABLES_PAGE_BYTES - 1 };
enum : u64 { TABLES_BYTES_MAX = TABLES_PAGES_MAX * TABLES_PAGE_BYTES, TABLES_ENTRY_BYTES = 8 };
static_assert(TABLES_PAGES_MAX <= 64);
static_assert(PAGE_BYTES % TABLES_PAGE_BYTES == 0, "a piece of a domain is whole pages of tables");

/* Too large for a stack. */
struct iommu_tables {
	u32 levels;                     /* of a domain's tree */
	u32 bits;                       /* of the addresses that it can say */
	u32 function_bytes;             /* of an entry for a function, which counts if the first word's lowest bit is set */
	u32 pages, used;                /* there are, and are taken, of domains */
	u32 spare, spare_used;          /* of functions without, behind them */
	u64 functions;                  /* the pages that the root leads to, a bit for each */
	u64 address[TABLES_PAGES_MAX];  /* where the unit finds each page */
	u8 bytes[TABLES_BYTES_MAX];
};

/* How a unit writes an address into an entry: shifted to the right, with these bits where it leads to a table, and these where it
 * is the end of a tree. */
struct tables_format { u32 shift; u64 branch, leaf; };

/* Nobody reaches anything. Of `levels', `bits', `function_bytes', `pages', `spare' and `address', which are the caller's. */
void tables_begin(struct iommu_tables *tables);

u64 tables_entry(const struct iommu_tables *tables, u32 page, u64 at);
void tables_put(struct iommu_tables *tables, u32 page, u64 at, u64 value);

/* A new page of a domain, or of who has none; or TABLES_NO_PAGE if there is no room. */
typedef u32 tables_take(struct iommu_tables *tables);
tables_take tables_take_page, tables_take_spare;

/* The page that an entry leads to, which is taken if it leads nowhere; or TABLES_NO_PAGE. */
u32 tables_follow(struct iommu_tables *tables, u32 page, u64 at, const struct tables_format *format, tables_take *take);

/* Has the tree that begins in page `top' lead to the domain's memory. False: there is no room, or pieces that cannot be. */
[[nodiscard]] bool tables_map(struct iommu_tables *tables, u32 top, const struct domain *domain,
	const struct tables_format *format);

/* First of two steps of publishing a page that the unit reads: what the root or a function has there, and will lead elsewhere or
 * be otherwise in more than its first word, does not count any more. True if there was any: the unit is to forget that before
 * the second step, because it reads the words of such an entry in any order, and what it led to may become somebody else's. */
bool tables_withdraw(const struct iommu_tables *tables, u32 page, struct mspan to);

/* The second: changes what differs in the page, from the last to the first. True if anything did. */
bool tables_publish(const struct iommu_tables *tables, u32 page, struct mspan to);

/* What a unit has refused. */
struct iommu_fault {
	u32 requester;
	u32 reason;      /* as the unit numbers them */
	bool has_address;
	bool read;       /* of one with an address */
	u64 address;
};

#endif
