/* SPDX-License-Identifier: Apache-2.0
 *
 * The way to the registers. Grants of the manifest:
 *   ports       eight ports; or
 *   registers   a page of device memory that begins with the registers;
 *   config      with registers, the configuration space of a PCI function whose ports appear in that page: the
 *               first argument is the number of the page's first port. Nobody else sets the function up.
 *
 * SPEC: PCI Local Bus Specification 3.0, 6.2 "Configuration Space Functions", 6.2.5.1 "Address Maps"
 */
#include "drivers/char/uart16550/access.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/mmio/mmio.h"
#include "lib/rt/rt.h"

enum : u64 { PCI_COMMAND = 0x04, PCI_BASE_0 = 0x10, COMMAND_PORTS = 1, BASE_PORTS = 1 };

static handle_t ports;
static struct mmio registers;

static bool set_up_function(handle_t config)
{
	struct mmio space;
	u64 port = 0;

	if (!span_parse_u64(rt_arg(0), &port) || port > U32_MAX || mmio_map(config, PAGE_BYTES, &space) != STATUS_OK)
		return false;
	/* WHY no change when it is right: a driver that comes back finds it set up, and maybe sending. Firmware may have
	 * put it elsewhere. */
	if ((mmio_read32(&space, PCI_COMMAND) & COMMAND_PORTS) != 0 && mmio_read32(&space, PCI_BASE_0) == (port | BASE_PORTS))
		return true;
	mmio_write32(&space, PCI_BASE_0, (u32)port);
	mmio_write32(&space, PCI_COMMAND, COMMAND_PORTS);
	return true;
}

bool access_start(void)
{
	handle_t memory = rt_handle(span_text("registers")), config = rt_handle(span_text("config"));

	ports = rt_handle(span_text("ports"));
	if (!handle_is_none(ports))
		return true;
	return !handle_is_none(memory) && mmio_map(memory, PAGE_BYTES, &registers) == STATUS_OK &&
	       (handle_is_none(config) || set_up_function(config));
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
