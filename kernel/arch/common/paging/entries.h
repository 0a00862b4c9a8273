/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tables of three or four levels with 512 entries. What an entry looks like is the architecture's: it defines, in
 * hal_arch/entry.h,
 *
 *   enum : u64 { USER_ENTRIES }                      entries of a root that are user mode's: all, or the lower half
 *   u32 root_level(void)                             how many levels there are
 *   bool entry_used(u64 entry)                       it names a table or a frame
 *   bool entry_is_table(u64 entry)                   ... a table; for entries in use
 *   paddr_t entry_frame(u64 entry)                   which
 *   u64 entry_table(paddr_t table)                   an entry that names a table
 *   u64 entry_kernel(paddr_t, kind, bool large)      ... memory of the kernel: enum kernel_access
 *   u32 entry_prot(u64 entry)                        the hal_prot of an entry for user mode
 *   void entry_set(struct hal_space *space, u64 *entry, paddr_t frame, u32 prot, bool large)
 *                                                    makes one of the space, so that user mode's next access sees it, and
 *                                                    what was written to the frame can be fetched, if it can be executed
 *   void entry_publish(void)                         what was stored before is seen by walks before what is stored next
 */
#ifndef KERNEL_ARCH_COMMON_PAGING_ENTRIES_H
#define KERNEL_ARCH_COMMON_PAGING_ENTRIES_H

#include "lib/base/addr.h"

enum : u64 { TABLE_ENTRIES = 512 };
enum : u32 { LEVEL_MOST = 4, LEVEL_GIB = 3, LEVEL_LARGE = 2, LEVEL_PAGE = 1 };

enum kernel_access : u32 { KERNEL_READ_WRITE, KERNEL_READ_ONLY, KERNEL_TEXT, KERNEL_DEVICE };

/* Index of an address in its table of that level: 1 is the leaf table. */
static FORCE_INLINE u64 table_index(u64 address, u32 level)
{
	return address >> (PAGE_SHIFT + 9 * (level - 1)) & (TABLE_ENTRIES - 1);
}

#endif
