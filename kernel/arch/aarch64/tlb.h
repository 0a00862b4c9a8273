/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the ids by which the TLB tells address spaces apart.
 */
#ifndef KERNEL_ARCH_AARCH64_TLB_H
#define KERNEL_ARCH_AARCH64_TLB_H

#include "lib/base/safe.h"

/* An id that no other space has, with nothing cached under it; 0 if all are taken. Any processor. */
u32 tlb_id_take(void);

/* Gives one back. No processor uses the space any more. */
void tlb_id_give(u32 id);

#endif
