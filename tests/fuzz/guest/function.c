/* SPDX-License-Identifier: Apache-2.0
 *
 * A serial line that is a PCI function, whose ports appear in memory. Nobody else has given it a place.
 */
#include "tests/fuzz/guest/registers.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/base/addr.h"
#include "lib/first/first.h"
#include "lib/mmio/mmio.h"

enum : u64 { FUNCTION = 4 << 15 /* device 4 of the first bus */, COMMAND = 4, FIRST_BAR = 16, PLACE = PAGE_BYTES };
enum : u16 { USE_PORTS = 1 };

static struct mmio registers;

static bool map_page(u64 at, struct mmio *out)
{
	handle_t page;

	if (sys_cap_derive(first_handle(INIT_HANDLE_DEVICES), MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE, at >> PAGE_SHIFT, 1, &page) !=
	    STATUS_OK)
		return false;
	enum status status = mmio_map(page, PAGE_BYTES, out);

	sys_cap_drop(page);
	return status == STATUS_OK;
}

bool function_open(u64 configuration, u64 ports)
{
	struct mmio function;

	if (!map_page(configuration + FUNCTION, &function))
		return false;
	mmio_write32(&function, FIRST_BAR, PLACE);
	mmio_write16(&function, COMMAND, USE_PORTS);
	return map_page(ports + PLACE, &registers);
}

u8 function_read(u32 at) { return mmio_read8(&registers, at); }
void function_write(u32 at, u8 value) { mmio_write8(&registers, at, value); }
