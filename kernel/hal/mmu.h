/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: address translation. The core owns every policy and every frame; the architecture
 * owns the table format. Tables are allocated by the core, so that they are charged to a
 * group: an operation that needs one says HAL_MMU_NEEDS_TABLE and has changed nothing; the core
 * adds a zeroed frame and asks again.
 *
 * Calls on one space are serialised by the core (its space lock). Each looks at one entry of each table on the way, at
 * most; none waits. An entry that was made or changed is seen by whoever enters user mode behind it, on any processor
 * that the core's locks order behind; what was cached before is seen until it is flushed.
 */
#ifndef KERNEL_HAL_MMU_H
#define KERNEL_HAL_MMU_H

#include "lib/base/addr.h"
#include "hal_arch/mmu.h" /* struct hal_space; enum HAL_USER_TOP etc. */

/* hal_arch/mmu.h also defines:
 *   enum : u64 { HAL_USER_BASE, HAL_USER_TOP }   user addresses are [HAL_USER_BASE, HAL_USER_TOP)
 *   enum : u64 { HAL_LARGE_PAGES }               so many pages, aligned to their size, can be one entry
 *   vaddr_t hal_direct(paddr_t at)               the virtual address of a physical one in the direct map
 */

enum hal_mmu_result : u32 {
	HAL_MMU_OK,
	HAL_MMU_NEEDS_TABLE, /* hal_space_add_table, then again */
	HAL_MMU_PRESENT,     /* a mapping is there already */
	HAL_MMU_ABSENT,      /* no mapping is there */
};

enum hal_prot : u32 {
	HAL_PROT_READ = 1,
	HAL_PROT_WRITE = 2,
	HAL_PROT_EXECUTE = 4,
	HAL_PROT_DEVICE = 8, /* uncached, strictly ordered */
};

/* Makes an empty user space whose root table is the zeroed frame; the kernel half is shared. */
void hal_space_init(struct hal_space *space, paddr_t root);

/* Maps one page. prot has READ; never both WRITE and EXECUTE. */
[[nodiscard]] enum hal_mmu_result hal_space_map(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot);

/* Maps HAL_LARGE_PAGES pages by one entry; address and frame are aligned to that. Not EXECUTE. PRESENT also if there is a
 * table for single pages, empty or not. */
[[nodiscard]] enum hal_mmu_result hal_space_map_large(struct hal_space *space, uaddr_t at, paddr_t frame, u32 prot);

/* Gives the space a zeroed frame as the topmost missing table on the way to `at`. */
void hal_space_add_table(struct hal_space *space, uaddr_t at, paddr_t table);

/* Removes the entry that maps the page and tells how many pages that is: 0 if there is none. Does not flush. */
[[nodiscard]] u64 hal_space_unmap(struct hal_space *space, uaddr_t at);

/* Changes the access of the entry that maps the page. Does not flush. */
[[nodiscard]] enum hal_mmu_result hal_space_protect(struct hal_space *space, uaddr_t at, u32 prot);

/* Looks a page up: its frame and hal_prot bits. About 30 instructions. */
[[nodiscard]] enum hal_mmu_result hal_space_query(const struct hal_space *space, uaddr_t at, paddr_t *frame, u32 *prot);

/* Takes one table frame (leaf tables first, the root last) out of a space that is used
 * nowhere and has no mappings left. False when all are taken. Restartable: one table a call. */
bool hal_space_take_table(struct hal_space *space, paddr_t *table);

/* Makes the space the one that user addresses go through on this processor. Inline, in hal_arch/switch.h:
 *     static void hal_space_activate(struct hal_cpu *cpu, struct hal_space *space);
 * Stores the space where other processors look for whom to ask for a flush, before its tables are used. */

/* User addresses go through no space on this processor. */
void hal_space_leave(void);

/* Forgets cached translations of [at, at + pages) of the space on this processor, behind what was changed in its tables.
 * A machine that can may do the other processors' part at once. */
void hal_tlb_flush(struct hal_space *space, uaddr_t at, u64 pages);

/* The same on every other processor on which the space is active; returns when all have done it. The
 * tables have been changed before; it begins with a full fence. Safe with interrupts off and while
 * several processors do it at once: while it waits, it serves requests of others. The caller holds no
 * lock that an interrupt handler takes. */
void hal_tlb_shootdown(struct hal_space *space, uaddr_t at, u64 pages);

/* Serves requests of other processors for this one; called in every spin loop on a lock. */
void hal_tlb_serve(void);

#endif
