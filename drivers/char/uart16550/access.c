/* SPDX-License-Identifier: Apache-2.0
 *
 * The way to the registers, as the device brings them:
 *   ports       eight ports; or
 *   registers   a page of device memory that begins with the registers; or with ports, where those appear in memory.
 */
#include "drivers/char/uart16550/access.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/mmio/mmio.h"
#include "lib/rt/rt.h"

static handle_t ports;
static struct mmio registers;

bool access_start(void)
{
	handle_t memory = rt_handle(span_text("registers"));

	ports = rt_handle(span_text("ports"));
	if (!handle_is_none(ports))
		return true;
	return !handle_is_none(memory) && mmio_map(memory, PAGE_BYTES, &registers) == STATUS_OK;
}

/* A failing access to ports that the manifest grants can only mean that the capability was
 * revoked: all ones then read as "no device". */
u32 access_get(u32 at)
{
	u64 value = 0xff;

	if (handle_is_none(ports))
		return mmio_read8(&registers, at);
	return sys_port_read(ports, at, 1, &value) == STATUS_OK ? (u32)value : 0xff;
}

void access_put(u32 at, u32 value)
{
	if (handle_is_none(ports))
		mmio_write8(&registers, at, (u8)value);
	else if (sys_port_write(ports, at, 1, value) != STATUS_OK)
		rt_exit(1);
}

void access_place(struct text *text)
{
	struct cap_info info = {};

	if (handle_is_none(ports)) {
		text_add(text, "address ");
		text_add_hex(text, mmio_physical(rt_handle(span_text("registers"))));
		return;
	}
	u64 first = sys_cap_inspect(ports, &info) == STATUS_OK ? info.value : 0;

	text_add(text, "ports ");
	text_add_hex(text, first);
	text_add(text, "-");
	text_add_hex(text, first + 7);
}
