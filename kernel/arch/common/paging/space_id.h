/* SPDX-License-Identifier: Apache-2.0
 *
 * The ids by which processors tell apart translations of address spaces. Every space has an id of its own as
 * long as there are some. Those that have none share id 0, under which everything is forgotten whenever one of
 * them is activated.
 *
 * INV: TLB-ID  nothing that was cached for one space is used for the next with its id.
 */
#ifndef KERNEL_ARCH_COMMON_PAGING_SPACE_ID_H
#define KERNEL_ARCH_COMMON_PAGING_SPACE_ID_H

#include "kernel/hal/mmu.h"

enum : u32 { SPACE_IDS_MAX = 1u << 16 };

/* An id that no other space has; 0 if all are taken. There are `count', a power of two. Any processor. */
u32 space_id_take(u32 count);

/* Gives the space's back. No processor uses the space any more. */
void space_id_give(const struct hal_space *space);

/* The architecture's: nothing that is cached under the space's id on any processor is used again. */
void space_id_forget(const struct hal_space *space);

#endif
