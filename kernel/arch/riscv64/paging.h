/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the kernel's root, of which every space has the upper half.
 */
#ifndef KERNEL_ARCH_RISCV64_PAGING_H
#define KERNEL_ARCH_RISCV64_PAGING_H

#include "lib/base/addr.h"

/* What satp has where no user space is in use. */
u64 paging_kernel_satp(void);

#endif
