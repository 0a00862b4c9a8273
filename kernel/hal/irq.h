/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: device interrupt lines and I/O ports. Lines are numbered as the platform numbers them
 * (x86: global system interrupts).
 */
#ifndef KERNEL_HAL_IRQ_H
#define KERNEL_HAL_IRQ_H

#include "lib/base/addr.h"

/* ---- lines ----
 * When an enabled line fires, the handler masks it, ends the interrupt at the controller, and calls core_irq(line).
 *
 * Pre: behind hal_boot_platform; any processor, interrupts off, any lock held. Any number may be given: what is no line is
 *     refused, or nothing is done. Of calls for one line at the same time the line is left as one of them says.
 * Order: what a device wrote before its interrupt is seen by who hears of it. What was written to the device before unmask
 *     arrives first only as far as the machine's buses have it. No barrier for memory.
 * Cost: constant: of the order of 10 instructions and two accesses to a device. It may wait for others that are at the same
 *     registers, for as long, and a bounded time for the controller. */

/* Post: lines are numbers below it, of which some may be none or never fire; it does not change.
 * Cost: constant, no access to a device. */
u32 hal_irq_count(void);

/* Pre: as above; the processor runs.
 * Post: true: the line interrupts from now on, on that processor, or on another that runs where the controller cannot name
 *     that one, or, for messages, where the address says. What came while nobody had the line is forgotten as far as the
 *     controller can. False: it is no line, or no processor that can be interrupted; nothing was changed.
 * Cost: two accesses to a device for each processor at most. */
[[nodiscard]] bool hal_irq_enable(u32 line, u32 cpu);

/* Post: the line does not interrupt any more; one that is under way on another processor may still call core_irq. */
void hal_irq_mask(u32 line);

/* Post: the line interrupts again; at once if it is a level that is still there, or an edge that came meanwhile and was kept. */
void hal_irq_unmask(u32 line);

/* Lines that are raised by what a device writes to memory, an edge each.
 * Post: true: where to and what. False for one that is a wire; nothing is written. Which lines are messages does not change.
 * Cost: constant, no access to a device. */
[[nodiscard]] bool hal_irq_message(u32 line, u64 *address, u32 *data);

/* Pre: as above; not two at a time, for whichever lines.
 * Post: true: the line is masked, and interrupts by edges from here on; what rises while it is masked interrupts
 *     afterwards. False, and nothing is changed, where lines are not told what they are.
 * Cost: two accesses to a device more than to mask it. */
[[nodiscard]] bool hal_irq_edge(u32 line);

/* ---- I/O ports ----
 * Pre: any processor, any lock held; the width is 1, 2 or 4, and port + width at most hal_port_count(), which the caller
 *     has looked at.
 * Order: accesses happen in the order of calls. No barrier for memory.
 * Cost: constant: one access to a device. */

/* Pre: none.
 * Post: how many ports there are; 0 where the architecture has none. It does not change.
 * Cost: constant, no access to a device. */
u32 hal_port_count(void);

/* Post: what the port had, in the lowest bits; the others are 0. */
u32 hal_port_read(u32 port, u32 width);

/* Post: the lowest bits of the value were written. */
void hal_port_write(u32 port, u32 width, u32 value);

#endif
