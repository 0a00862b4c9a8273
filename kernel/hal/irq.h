/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: device interrupt lines and I/O ports. Lines are numbered as the platform numbers them
 * (x86: global system interrupts).
 */
#ifndef KERNEL_HAL_IRQ_H
#define KERNEL_HAL_IRQ_H

#include "lib/base/addr.h"

/* Number of lines; valid lines are [0, count). */
u32 hal_irq_count(void);

/* Lets a line interrupt, on the processor given; masks it. When it fires, the handler masks the
 * line, ends the interrupt at the controller, and calls core_irq(line). Any processor. */
[[nodiscard]] bool hal_irq_enable(u32 line, u32 cpu);
void hal_irq_mask(u32 line);
void hal_irq_unmask(u32 line);

/* Ports: width 1, 2 or 4. hal_port_count() is 0 where there are none. */
u32 hal_port_count(void);
u32 hal_port_read(u32 port, u32 width);
void hal_port_write(u32 port, u32 width, u32 value);

#endif
