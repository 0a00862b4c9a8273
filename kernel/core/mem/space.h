/* SPDX-License-Identifier: Apache-2.0
 *
 * Address spaces: which pages of which memory objects are where. Regions are the truth; the
 * tables of the architecture are a cache that faults fill.
 * INV-SPACE: regions do not overlap; a table entry lies in a region and allows at most its access.
 */
#ifndef KERNEL_CORE_MEM_SPACE_H
#define KERNEL_CORE_MEM_SPACE_H

#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/types.h"
#include "kernel/hal/mmu.h"
#include "lib/base/list.h"
#include "lib/base/tree.h"
#include "kernel/core/object/pool.h"

enum : u64 { REGION_PAGES_MAX = 1ull << 18 };

struct STABLE region {
	struct pooled pooled;
	struct tree_node node;      /* key: first address */
	u64 pages;
	/* A second line of the cache, not zeroed when a region is taken. */
	struct memory *memory;      /* counted */
	struct lineage *lineage;    /* of the capability it was mapped with; counted */
	u64 first_page;             /* of the memory object */
	u32 prot;                   /* hal_prot; 0: being taken away */
	u64 done;                   /* pages that a change under way has dealt with */
	struct space *space;
	struct list_node mapping;   /* of the memory object, under its lock, until no processor can use it */
};

struct STABLE space {
	struct hal_space hal;
	struct lock lock;
	/* under lock */
	struct tree regions;
	u8 closed;                  /* being taken down: nothing can be mapped, found or changed; a number, as checks of bools cost */
	struct group *group;        /* pays for tables and regions; the process holds the reference */
	u64 tables;                 /* frames of tables, the root included */
	u64 filled;                 /* pages that are in them */
	u64 process;                /* its id */
	u64 window;                 /* where room is looked for first: mappings near each other share tables */
};

[[nodiscard]] enum status space_init(struct space *space, struct group *group, u64 process);

/* Which pages of a memory object are to be where. */
struct mapping {
	u64 at;           /* page-aligned; 0: where there is room, which is told here */
	u64 pages;
	u64 first_page;   /* of the object */
	u64 populate;     /* pages to be brought in at once, as far as they can be; at most `pages` */
	u32 prot;         /* hal_prot */
	bool elsewhere;   /* where there is room, if that place is taken */
};

/* Maps a memory object for the kernel itself, which has no capability. Errors: those of space_map, in map.h. */
[[nodiscard]] enum status space_map_own(struct space *space, struct mapping *mapping, struct memory *memory);

/* space_unmap of map.h and this do at most a step of one region and SPACE_STEP_PAGES, less if an interrupt is pending; *more
 * tells that the call is to be made again for the rest. What was done is flushed on every processor. */
enum : u64 { SPACE_STEP_PAGES = 512 };

/* Takes access away from the region that begins at `at`. Errors: NOT_FOUND, DENIED, DEAD. */
[[nodiscard]] enum status space_protect(struct space *space, u64 at, u64 pages, u32 prot, bool *more);

/* A step of removing a region, if it still is at `at` and still was mapped through a revoked capability. */
void space_undo(struct space *space, const struct region *region, u64 at);

/* Makes the page of the address present with at least `access` (one hal_prot bit) and tells
 * its frame. Not of devices: the kernel itself does not touch their memory.
 * Errors: BAD_ADDRESS (no region, or it forbids the access), OUT_OF_FRAMES, DEAD. */
[[nodiscard]] struct frame_result space_touch(struct space *space, u64 at, u32 access);

/* The same for a fault of user mode, of devices too: mostly the page is absent. */
[[nodiscard]] enum status space_fault(struct space *space, u64 at, u32 access);

/* A word of memory, by what is the same for all who map it. */
struct space_word {
	struct memory *memory;
	u64 offset;       /* in the memory object */
	paddr_t frame;    /* only with `fill` */
};

/* Finds the word at an address that may be accessed so (one hal_prot bit), in memory that is none of a device; with
 * `fill` its page is made present. Errors: BAD_ADDRESS, OUT_OF_FRAMES, DEAD. */
[[nodiscard]] enum status space_word(struct space *space, u64 at, u32 access, bool fill, struct space_word *out);

/* Removes everything in steps, after the last thread is gone. True when done. */
bool space_drain(struct space *space, u32 steps);

/* After the grace period: gives the tables back in steps. True when done. */
bool space_free(struct space *space, u32 steps);

#endif
