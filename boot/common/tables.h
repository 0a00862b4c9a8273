/* SPDX-License-Identifier: Apache-2.0
 *
 * The page tables a loader hands the kernel. The format is the architecture's (table_format.h). Tables come
 * from one contiguous pool whose size is known beforehand, so that building them needs no firmware.
 */
#ifndef BOOT_COMMON_TABLES_H
#define BOOT_COMMON_TABLES_H

#include "boot/common/memory_map.h"
#include "lib/base/span.h"

/* DEVICE: not cached, where tables say so; other architectures have other means. */
enum table_access : u32 { TABLE_READ = 0, TABLE_WRITE = 1, TABLE_EXECUTE = 2, TABLE_DEVICE = 4 };

/* Lives on the stack: it holds a view of the pool. */
struct tables {
	struct mspan pool; /* zeroed; a multiple of the page size */
	u64 pool_phys;     /* physical address of its first byte */
	u64 used;          /* pages; the root is the first */
	bool giant;        /* 1 GiB pages may be used */
	u32 levels;        /* 3 or 4 */
};

/* Pages that tables for a direct map, a kernel and a small identity map can take at most. */
u64 tables_pages_needed(u64 direct_bytes, u64 kernel_bytes, u64 identity_bytes, bool giant);

/* Empty tables of so many levels. The pool has at least one page. */
struct tables tables_start(struct mspan pool, u64 pool_phys, bool giant, u32 levels);

/* Physical address of the root table; what belongs to it follows it. */
u64 tables_root(const struct tables *tables);

/* Maps [virt, virt + bytes) to [phys, ...), all page-aligned, with the largest pages that fit.
 * False if the pool is used up, something is mapped there already, or the range is malformed. */
[[nodiscard]] bool tables_map(struct tables *tables, u64 virt, u64 phys, u64 bytes, u32 access);

/* The direct map of the info: all memory of the list, with write access; false as above. The format tells
 * whether what is no memory is mapped. */
[[nodiscard]] bool tables_map_direct(struct tables *tables, const struct boot_info *info, const struct memory_map *list);

#endif
