/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: simulated address spaces, four levels of a frame's entries in simulated frames.
 */
#ifndef TESTS_HOST_INCLUDE_HAL_ARCH_MMU_H
#define TESTS_HOST_INCLUDE_HAL_ARCH_MMU_H

#include "lib/base/addr.h"

/* WHY the kernel's half begins where it does nowhere else: nothing but this may know. */
enum : u64 {
	HAL_USER_BASE = 0x10000, HAL_USER_TOP = 0x00007ffffffff000, HAL_LARGE_PAGES = PAGE_BYTES / 8,
	HAL_KERNEL_BASE = 0xffff400000000000,
};

struct STABLE hal_space {
	paddr_t root;
};

vaddr_t hal_direct(paddr_t at);

#endif
