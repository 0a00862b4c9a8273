/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine of the proofs: address spaces with the user half of x86_64.
 */
#ifndef TESTS_PROVE_INCLUDE_HAL_ARCH_MMU_H
#define TESTS_PROVE_INCLUDE_HAL_ARCH_MMU_H

#include "lib/base/addr.h"

enum : u64 {
	HAL_USER_BASE = 0x10000, HAL_USER_TOP = 0x00007ffffffff000, HAL_LARGE_PAGES = 512,
	HAL_KERNEL_BASE = 0xffff800000000000,
};

struct STABLE hal_space {
	paddr_t root;
	u64 sweep;
};

/* Each harness that reaches frames says where they are. */
vaddr_t hal_direct(paddr_t at);

#endif
