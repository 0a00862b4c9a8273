/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: device interrupt lines and I/O ports. Lines are numbered as the platform numbers them
 * (x86: global system interrupts).
 */
#ifndef KERNEL_HAL_IRQ_H
#define KERNEL_HAL_IRQ_H

#include "lib/base/addr.h"

/* Number of lines; valid lines are [0, count), of which some may never fire. Known after hal_boot_platform. */
u32 hal_irq_count(void);

/* Any processor, any lock held, no waiting; of the order of 10 instructions and two accesses to a device. What a device
 * wrote before its interrupt is seen by who hears of it; what was written to the device before unmask arrives first
 * only as far as the machine's buses have it.
 *
 * Lets a line interrupt, on the processor given; masks it. When it fires, the handler masks the
 * line, ends the interrupt at the controller, and calls core_irq(line). Any processor. */
[[nodiscard]] bool hal_irq_enable(u32 line, u32 cpu);
void hal_irq_mask(u32 line);
void hal_irq_unmask(u32 line);

/* Lines that are raised by what a device writes to memory: where to and what. False for one that is a wire; which lines are
 * messages, and that they are there at all, does not change. An edge each. */
[[nodiscard]] bool hal_irq_message(u32 line, u64 *address, u32 *data);

/* From here on the line, which it masks, interrupts by edges; what rises while it is masked interrupts afterwards. False, and
 * nothing is changed, where lines are not told what they are. Not two at a time. */
[[nodiscard]] bool hal_irq_edge(u32 line);

/* Ports: width 1, 2 or 4. hal_port_count() is 0 where there are none. */
u32 hal_port_count(void);
u32 hal_port_read(u32 port, u32 width);
void hal_port_write(u32 port, u32 width, u32 value);

#endif
