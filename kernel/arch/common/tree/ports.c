/* SPDX-License-Identifier: Apache-2.0
 *
 * What machines with a device tree have not, or is not read from one: ports of kernel/hal/irq.h, nodes of
 * kernel/hal/cpu.h.
 */
#include "kernel/hal/cpu.h"
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

/* WHY always 0: loaders do not read the nodes of a device tree. */
u32 hal_cpu_node(u32 id)
{
	(void)id;
	return 0;
}
