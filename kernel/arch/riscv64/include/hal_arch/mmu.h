/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: address spaces, Sv39 or Sv48. See kernel/hal/mmu.h.
 */
#ifndef KERNEL_ARCH_RISCV64_HAL_ARCH_MMU_H
#define KERNEL_ARCH_RISCV64_HAL_ARCH_MMU_H

#include "lib/base/addr.h"

/* WHY user mode ends where Sv39's half does with Sv48 too: programs are laid out alike on both. With Sv39 the kernel begins above
 * HAL_KERNEL_BASE. */
enum : u64 {
	HAL_USER_BASE = 0x10000, HAL_USER_TOP = 0x0000003ffffff000, HAL_LARGE_PAGES = 512,
	HAL_KERNEL_BASE = 0xffff800000000000,
};

struct STABLE hal_space {
	paddr_t root;
	u64 satp;   /* mode, address space id and root, as the register wants them */
	u64 sweep;  /* hal_space_take_table: everything below this user address is taken */
	u64 near;   /* for which large page the table for single pages used last was; U64_MAX: none. Under the space's lock */
	paddr_t near_table; /* that table, which stays until the space is taken down */
	u64 known;  /* bit i: all that processor i has cached is true; it goes over to the space and does nothing else */
	u32 asid;   /* 0: shared with others, and forgotten when it is activated */
};

extern u64 kernel_direct_base; /* set before anything is reached through it, and sealed */

/* Inline, because every look at a page table or a frame goes this way. */
static FORCE_INLINE vaddr_t hal_direct(paddr_t at) { return (vaddr_t){ kernel_direct_base + at.v }; }

#endif
