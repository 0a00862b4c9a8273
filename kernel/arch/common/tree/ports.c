/* SPDX-License-Identifier: Apache-2.0
 *
 * What machines with a device tree have not: ports of kernel/hal/irq.h.
 */
#include "kernel/hal/irq.h"

u32 hal_port_count(void) { return 0; }

u32 hal_port_read(u32 port, u32 width)
{
	(void)port;
	(void)width;
	return U32_MAX;
}

void hal_port_write(u32 port, u32 width, u32 value)
{
	(void)port;
	(void)width;
	(void)value;
}
