/* SPDX-License-Identifier: Apache-2.0
 *
 * One function's registers (BARs) and capabilities. See pci.h.
 */
#include "lib/base/addr.h"
#include "lib/pci/pci.h"

enum : u32 { BAR_PORTS = 1, BAR_KIND_MASK = 6, BAR_WIDE = 4, STATUS_MASK = 0xffff };
enum : u64 { BAR_BYTES_MAX = 1ull << 40 };

static bool is_power(u64 n) { return n != 0 && (n & (n - 1)) == 0; }

static u64 round_up(u64 n, u64 to) { return (n + to - 1) & ~(to - 1); }

/* What stays set when all ones are written; the register is as before. */
static u32 probe(const struct pci_config *c, u32 function, u32 at, u32 before)
{
	c->write(function, at, U32_MAX);
	u32 mask = c->read(function, at);

	c->write(function, at, before);
	return mask;
}

static void size_ports(struct pci_bar *bar, u32 before, u32 mask)
{
	u32 bytes = ~(mask & ~3u) + 1;

	if ((mask >> 16) == 0)
		bytes &= 0xffff;
	if (is_power(bytes) && bytes <= 0x10000)
		*bar = (struct pci_bar){ .kind = PCI_BAR_PORTS, .address = before & ~3u, .bytes = bytes };
}

static void size_memory(const struct pci_config *c, u32 function, u32 at, struct pci_bar *bar, u32 before, u32 mask)
{
	u64 address = before & ~0xfu, all = mask & ~0xfull;

	bar->wide = (before & BAR_KIND_MASK) == BAR_WIDE && at < PCI_BAR_0 + 4 * (PCI_BARS_MAX - 1);
	if (bar->wide) {
		u32 high = c->read(function, at + 4);

		all |= (u64)probe(c, function, at + 4, high) << 32;
		address |= (u64)high << 32;
	} else {
		all |= 0xffffffffull << 32;
	}
	u64 bytes = ~all + 1;

	if (is_power(bytes) && bytes <= BAR_BYTES_MAX) {
		bar->kind = PCI_BAR_MEMORY;
		bar->address = address;
		bar->bytes = bytes;
	}
}

/* The next place of a window, of a size that begins at its own multiple; 0 if it is full. */
static u64 take(u64 *next, u64 end, u64 bytes)
{
	u64 step = max_u64(bytes, PAGE_BYTES), at = round_up(*next, step);

	if (at < *next || at > end || step > end - at)
		return 0;
	*next = at + step;
	return at;
}

static void place(const struct pci_config *c, u32 function, u32 at, struct pci_bar *bar, struct pci_room *room)
{
	if (bar->kind == PCI_BAR_PORTS && room->ports != room->ports_end)
		bar->address = take(&room->ports, room->ports_end, bar->bytes);
	else if (bar->kind == PCI_BAR_MEMORY && room->assign)
		bar->address = take(&room->memory, room->memory_end, bar->bytes);
	else
		return;
	c->write(function, at, (u32)bar->address);
	if (bar->wide)
		c->write(function, at + 4, (u32)(bar->address >> 32));
}

void pci_read_bars(const struct pci_config *config, struct pci_function *f, struct pci_room *room)
{
	u32 command = config->read(f->function, PCI_COMMAND) & STATUS_MASK, wanted = 0;

	/* WHY off meanwhile: with all ones written they would answer elsewhere. */
	config->write(f->function, PCI_COMMAND, 0);
	for (u32 i = 0; i < PCI_BARS_MAX; i++) {
		u32 at = PCI_BAR_0 + 4 * i, before = config->read(f->function, at), mask = probe(config, f->function, at, before);
		struct pci_bar *bar = ELEM(f->bar, i);

		if (mask == 0 || mask == U32_MAX)
			continue;
		if ((mask & BAR_PORTS) != 0)
			size_ports(bar, before, mask);
		else
			size_memory(config, f->function, at, bar, before, mask);
		place(config, f->function, at, bar, room);
		if (bar->kind != PCI_BAR_NONE && bar->address != 0)
			wanted |= bar->kind == PCI_BAR_PORTS ? PCI_COMMAND_PORTS : PCI_COMMAND_MEMORY;
		i += bar->wide ? 1 : 0;
	}
	if (!room->assign)
		wanted &= command | (room->ports != room->ports_end ? PCI_COMMAND_PORTS : 0);
	config->write(f->function, PCI_COMMAND, wanted);
}

u32 pci_capability(const struct pci_config *config, u32 function, u32 id, u32 after)
{
	enum : u32 { FIRST = 0x40, STEPS = (256 - FIRST) / 4 };

	if ((config->read(function, PCI_COMMAND) & PCI_STATUS_LIST) == 0)
		return 0;
	u32 at = after != 0 ? config->read(function, after) >> 8 & 0xfc : config->read(function, PCI_CAPABILITIES) & 0xfc;

	for (u32 i = 0; i < STEPS && at >= FIRST; i++) {
		u32 head = config->read(function, at);

		if ((head & 0xff) == id)
			return at;
		at = head >> 8 & 0xfc;
	}
	return 0;
}

/* ---- turning on ---- */

/* SPEC: PCI 3.0, 6.8.2.3 "Message Control for MSI-X" */
enum : u32 { MESSAGES_ON = 1u << 31, MESSAGES_MASKED = 1u << 30, ON = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER };

void pci_turn_on(const struct pci_config *config, u32 function, bool by_message)
{
	u32 at = by_message ? pci_capability(config, function, PCI_ID_MSIX, 0) : 0;

	if (at != 0)
		config->write(function, at, (config->read(function, at) & ~MESSAGES_MASKED) | MESSAGES_ON);
	config->write(function, PCI_COMMAND, (config->read(function, PCI_COMMAND) & STATUS_MASK) | ON);
}

bool pci_is_on(const struct pci_config *config, u32 function, bool by_message)
{
	u32 at = by_message ? pci_capability(config, function, PCI_ID_MSIX, 0) : 0;

	return (config->read(function, PCI_COMMAND) & ON) == ON && (!by_message ||
			(at != 0 && (config->read(function, at) & (MESSAGES_ON | MESSAGES_MASKED)) == MESSAGES_ON));
}

bool pci_physical(const struct pci_window *window, u64 bus, u64 bytes, u64 *physical)
{
	if (bytes == 0 || bus < window->bus || bus - window->bus > window->bytes || bytes > window->bytes - (bus - window->bus))
		return false;
	*physical = window->physical + (bus - window->bus);
	return true;
}
