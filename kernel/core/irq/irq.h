/* SPDX-License-Identifier: Apache-2.0
 *
 * Device interrupts: a line raises bits of the signal it is bound to and stays masked until it is
 * acknowledged.
 */
#ifndef KERNEL_CORE_IRQ_IRQ_H
#define KERNEL_CORE_IRQ_IRQ_H

#include "lib/base/safe.h"

enum : u32 { IRQ_LINES_MAX = 256 };

void irq_init(void);

/* The line fired and is masked. */
void irq_fired(u32 line);

/* Unbinds and masks the lines that were bound through capabilities revoked since: a look at each line. */
void irq_undo(void);

#endif
