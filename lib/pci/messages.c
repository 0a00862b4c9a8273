/* SPDX-License-Identifier: Apache-2.0
 *
 * Interrupts by plain MSI, whose address and data are in configuration space. See pci.h.
 *
 * SPEC: PCI Local Bus Specification 3.0, 6.8.1 "MSI Capability Structure"
 */
#include "lib/pci/pci.h"

enum : u32 {
	ENABLE = 1u << 16, COUNT_ENABLED = 7u << 20, WIDE = 1u << 23, MASKABLE = 1u << 24,
	ADDRESS = 4, HIGH = 8, DATA_MASK = 0xffff, SPACE_END = 256, ALL_BUT_FIRST = ~1u,
};

/* From the capability on: where the data are, and the mask behind them; and where it ends. */
static u32 data_at(u32 control) { return (control & WIDE) != 0 ? HIGH + 4 : HIGH; }
static u32 bytes_of(u32 control) { return data_at(control) + ((control & MASKABLE) != 0 ? 12 : 4); }

static void write_message(const struct pci_config *c, u32 function, u32 at, u32 control, u64 address, u32 data)
{
	u32 place = at + data_at(control);

	c->write(function, at + ADDRESS, (u32)address);
	if ((control & WIDE) != 0)
		c->write(function, at + HIGH, (u32)(address >> 32));
	c->write(function, place, (c->read(function, place) & ~DATA_MASK) | data);
	if ((control & MASKABLE) != 0)
		c->write(function, place + 4, ALL_BUT_FIRST);
}

static bool holds(const struct pci_config *c, u32 function, u32 at, u32 control, u64 address, u32 data)
{
	return (c->read(function, at) & (ENABLE | COUNT_ENABLED)) == ENABLE && c->read(function, at + ADDRESS) == (u32)address &&
		((control & WIDE) == 0 || c->read(function, at + HIGH) == (u32)(address >> 32)) &&
		(c->read(function, at + data_at(control)) & DATA_MASK) == data;
}

bool pci_set_message(const struct pci_config *config, u32 function, u64 address, u32 data)
{
	u32 at = pci_capability(config, function, PCI_ID_MSI, 0), control = at != 0 ? config->read(function, at) : 0;

	if (at == 0 || bytes_of(control) > SPACE_END - at || data > DATA_MASK || ((control & WIDE) == 0 && address > U32_MAX))
		return false;
	u32 off = control & ~(ENABLE | COUNT_ENABLED);

	/* WHY off meanwhile: half an address is another one. */
	config->write(function, at, off);
	write_message(config, function, at, control, address, data);
	config->write(function, at, off | ENABLE);
	if (holds(config, function, at, control, address, data))
		return true;
	config->write(function, at, off);
	return false;
}
