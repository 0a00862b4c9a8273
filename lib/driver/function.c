/* SPDX-License-Identifier: Apache-2.0
 *
 * The one function of PCI that a driver drives. See function.h.
 */
#include "lib/driver/function.h"
#include "abi/stubs.h"
#include "lib/base/text.h"
#include "lib/rt/rt.h"

static struct mmio config_space;

static u32 read_config(u32 function, u32 at)
{
	(void)function;
	return mmio_read32(&config_space, at);
}

const struct pci_config function_config = { .read = read_config };

bool function_open(void)
{
	return mmio_map_to_read(rt_handle(span_text("config")), PCI_FUNCTION_BYTES, &config_space) == STATUS_OK;
}

/* Which of the handles "registers", "registers1", ... a base register is: the keeper names them in order, leaving out those
 * without a place, and ports where there are handles for those. */
static bool handle_of(u32 bar, handle_t *out)
{
	bool ports = !handle_is_none(rt_handle(span_text("ports")));
	u32 before = 0;
	TEXT_BUFFER(name, 24);

	for (u32 i = 0; i < bar; i++) {
		u32 value = read_config(0, PCI_BAR_0 + 4 * i);
		bool wide = (value & 7) == 4;
		u32 high = wide && i + 1 < PCI_BARS_MAX ? read_config(0, PCI_BAR_0 + 4 * (i + 1)) : 0;
		bool placed = (value & 1) != 0 ? (value & ~3u) != 0 && !ports : (value & ~0xfu) != 0 || high != 0;

		before += placed ? 1 : 0;
		i += wide ? 1 : 0;
	}
	text_add(&name, "registers");
	if (before > 0)
		text_add_u64(&name, before);
	*out = rt_handle(text_span(&name));
	return !handle_is_none(*out);
}

bool function_map(u32 bar, u64 *bytes, struct mmio *out)
{
	struct cap_info info = {};
	handle_t handle;

	if (bar >= PCI_BARS_MAX || !handle_of(bar, &handle) || sys_cap_inspect(handle, &info) != STATUS_OK)
		return false;
	*bytes = info.count << PAGE_SHIFT;
	return mmio_map(handle, *bytes, out) == STATUS_OK;
}

/* SPEC: PCI 3.0, 6.8.2.9 */
bool function_set_message(const struct irq_message *message)
{
	enum : u32 { ENTRY_BYTES = 16 };
	u32 at = pci_capability(&function_config, 0, PCI_ID_MSIX, 0);
	struct mmio table;
	u64 bytes = 0;

	if (at == 0 || !pci_is_on(&function_config, 0, true))
		return false;
	u32 place = read_config(0, at + 4);
	u64 offset = place & ~7u;

	if (!function_map(place & 7, &bytes, &table) || offset > bytes || ENTRY_BYTES > bytes - offset)
		return false;
	mmio_write32(&table, offset, (u32)message->address);
	mmio_write32(&table, offset + 4, (u32)(message->address >> 32));
	mmio_write32(&table, offset + 8, message->data);
	mmio_write32(&table, offset + 12, 0);
	return true;
}
