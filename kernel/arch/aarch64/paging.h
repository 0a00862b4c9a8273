/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the roots of page tables that are no user space's.
 */
#ifndef KERNEL_ARCH_AARCH64_PAGING_H
#define KERNEL_ARCH_AARCH64_PAGING_H

#include "lib/base/addr.h"

/* Of the kernel, of no user space at all, and of one where the image lies at its physical address, for
 * processors that start. */
struct paging_roots { paddr_t kernel, nobody, start; };
extern struct paging_roots paging_roots;

#endif
