/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: address spaces, four levels. See kernel/hal/mmu.h.
 */
#ifndef HAL_ARCH_MMU_H
#define HAL_ARCH_MMU_H

#include "lib/base/addr.h"

/* The last page of the lower half is left out: a SYSCALL at its end would return to a
 * non-canonical address (SPEC: Intel SDM 2B, SYSRET). */
enum : u64 {
	HAL_USER_BASE = 0x10000, HAL_USER_TOP = 0x00007ffffffff000, HAL_LARGE_PAGES = 512,
	HAL_KERNEL_BASE = 0xffff800000000000,
};

struct STABLE hal_space {
	paddr_t root;
	u64 sweep;  /* hal_space_take_table: everything below this user address is taken */
	u64 near;   /* for which large page the table for single pages used last was; U64_MAX: none. Under the space's lock */
	paddr_t near_table; /* that table, which stays until the space is taken down */
};

extern u64 x86_direct_base; /* set before anything is reached through it, and sealed */

/* Inline, because every look at a page table or a frame goes this way. */
static FORCE_INLINE vaddr_t hal_direct(paddr_t at) { return (vaddr_t){ x86_direct_base + at.v }; }

#endif
