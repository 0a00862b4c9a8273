/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding all functions, bus by bus, through bridges. See pci.h. Every bus is visited once at most, and bridges that are
 * too deep are not followed.
 */
#include "lib/pci/pci.h"

enum : u32 {
	SLOTS = 256, FUNCTION_BITS = 3, HEADER_KIND = 0x7f, HEADER_MANY = 0x80, KIND_BRIDGE = 1, BUSES = 256,
	CLASS_BRIDGE = 6, NOBODY = 0xffff,
};
enum : u64 { BRIDGE_MEMORY_STEP = 1 << 20, BRIDGE_PORTS_STEP = 4096, FIRST_PORT = 0x1000 };

struct level { u32 bus, slot, bridge; };

struct scan {
	const struct pci_config *config;
	const struct pci_host *host;
	struct pci_room room;
	u32 last_bus;                    /* the highest number that was given */
	bool visited[BUSES];
	u32 depth;
	struct level level[PCI_DEPTH_MAX];
};

static u32 read(const struct scan *s, u32 function, u32 at) { return s->config->read(function, at); }

static u32 header_of(const struct scan *s, u32 function) { return read(s, function, PCI_HEADER) >> 16 & 0xff; }

static bool is_there(const struct scan *s, u32 function)
{
	u32 vendor = read(s, function, PCI_ID) & NOBODY;

	return vendor != NOBODY && vendor != 0;
}

static u32 bus_end(const struct pci_host *host) { return (u32)min_u64((u64)host->first_bus + host->bus_count, BUSES); }

/* ---- interrupts ---- */

/* SPEC: PCI-to-PCI Bridge, 9.1 "Interrupt Routing": each bridge turns pins by the number of the device below it. */
static u32 line_of(const struct scan *s, u32 function)
{
	u32 pin = read(s, function, PCI_PIN) >> 8 & 0xff;

	if (pin == 0 || pin > 4)
		return PCI_NO_LINE;
	for (u32 i = s->depth; i > 1; i--) {
		pin = (pin - 1 + (function >> FUNCTION_BITS & 0x1f)) % 4 + 1;
		function = ELEM(s->level, i - 1)->bridge;
	}
	for (u32 i = 0; i < min_u64(s->host->pin_count, PCI_PINS_MAX); i++) {
		const struct pci_pin *p = ELEM(s->host->pin, i);

		if (p->pin == pin && p->device == ((function & 0xff) << 8 & s->host->pin_mask))
			return p->line;
	}
	return PCI_NO_LINE;
}

/* ---- bridges ---- */

static u64 round_up(u64 n, u64 to) { return (n + to - 1) & ~(to - 1); }

/* The window below is open to the end, until it is known what it needs. */
static void open_bridge(struct scan *s, u32 function, u32 bus)
{
	const struct pci_config *c = s->config;

	c->write(function, PCI_BUSES, (function >> 8) | bus << 8 | (bus_end(s->host) - 1) << 16);
	s->room.memory = round_up(s->room.memory, BRIDGE_MEMORY_STEP);
	s->room.ports = min_u64(round_up(s->room.ports, BRIDGE_PORTS_STEP), s->room.ports_end);
	c->write(function, PCI_BRIDGE_MEMORY, (u32)(s->room.memory >> 16 & 0xfff0));
	c->write(function, PCI_BRIDGE_PORTS, (u32)(s->room.ports >> 8 & 0xf0));
}

/* SPEC: PCI-to-PCI Bridge, 3.2.5.6, 3.2.5.8: a limit below its base closes a window. */
static void close_bridge(struct scan *s, const struct level *level)
{
	const struct pci_config *c = s->config;
	u32 function = level->bridge;

	s->room.memory = round_up(s->room.memory, BRIDGE_MEMORY_STEP);
	u32 memory = c->read(function, PCI_BRIDGE_MEMORY) & 0xfff0, ports = c->read(function, PCI_BRIDGE_PORTS) & 0xf0;
	u64 memory_last = s->room.memory - 1, ports_last = round_up(s->room.ports, BRIDGE_PORTS_STEP) - 1;

	c->write(function, PCI_BUSES, (function >> 8) | level->bus << 8 | s->last_bus << 16);
	c->write(function, PCI_BRIDGE_MEMORY, memory | (u32)(memory_last >> 16 & 0xfff0) << 16);
	c->write(function, PCI_BRIDGE_PORTS, ports | (u32)(ports_last >> 8 & 0xf0) << 8);
	c->write(function, PCI_BRIDGE_PORTS_HIGH, 0);
	c->write(function, PCI_BRIDGE_PREFETCHABLE, 0x0000fff0);
	c->write(function, PCI_COMMAND, PCI_COMMAND_PORTS | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
}

static void enter(struct scan *s, u32 bus, u32 bridge)
{
	*ELEM(s->visited, bus) = true;
	*ELEM(s->level, s->depth++) = (struct level){ .bus = bus, .bridge = bridge };
}

/* Goes down, if the bus below is one that nobody has been on. */
static void follow(struct scan *s, u32 function)
{
	u32 below = read(s, function, PCI_BUSES) >> 8 & 0xff;

	if (s->depth == PCI_DEPTH_MAX)
		return;
	if (s->room.assign)
		below = s->last_bus + 1;
	if (below <= s->host->first_bus || below >= bus_end(s->host) || *ELEM(s->visited, below))
		return;
	s->last_bus = (u32)max_u64(s->last_bus, below);
	if (s->room.assign)
		open_bridge(s, function, below);
	enter(s, below, function);
}

/* ---- functions ---- */

/* SPEC: PCI Local Bus Specification 3.0, 6.8.2 "MSI-X Capability" */
static u32 messages_of(const struct scan *s, u32 function)
{
	u32 at = pci_capability(s->config, function, PCI_ID_MSIX, 0);

	return at == 0 ? 0 : (read(s, function, at) >> 16 & 0x7ff) + 1;
}

static void add(struct scan *s, u32 function, bool bridge, struct pci_found *out)
{
	struct pci_function f = { .function = function, .way = function, .bridge = bridge };
	u32 id = read(s, function, PCI_ID);

	f.vendor = id & 0xffff;
	f.device = id >> 16;
	f.class_code = read(s, function, PCI_CLASS) >> 8;
	f.subsystem = bridge ? 0 : read(s, function, PCI_SUBSYSTEM);
	if (s->depth > 1)
		f.way = ELEM(s->level, 1)->bridge;
	f.line = line_of(s, function);
	f.messages = messages_of(s, function);
	/* WHY not bridges': what is behind them must not lose its way meanwhile, and nobody drives them. */
	if (!bridge && f.class_code >> 16 != CLASS_BRIDGE)
		pci_read_bars(s->config, &f, &s->room);
	if (out->count < PCI_FUNCTIONS_MAX)
		*ELEM(out->function, out->count++) = f;
	else
		out->left_out++;
}

/* One slot of the bus that the walk is on; leaves the bus behind the last one. */
static void step(struct scan *s, struct pci_found *out)
{
	struct level *level = ELEM(s->level, s->depth - 1);
	u32 slot = level->slot, function = level->bus << 8 | slot;

	if (slot == SLOTS) {
		s->depth--;
		if (s->depth > 0 && s->room.assign)
			close_bridge(s, level);
		return;
	}
	level->slot++;
	bool first = slot % (1 << FUNCTION_BITS) == 0;
	bool there = is_there(s, function);

	/* WHY all eight are left out: functions of a device that has one only may answer like the first. */
	if (first && (!there || (header_of(s, function) & HEADER_MANY) == 0))
		level->slot = slot + (1 << FUNCTION_BITS);
	if (!there)
		return;
	bool bridge = (header_of(s, function) & HEADER_KIND) == KIND_BRIDGE;

	add(s, function, bridge, out);
	if (bridge)
		follow(s, function);
}

/* Firmware that gives places turns functions on. */
static bool firmware_gave_places(const struct scan *s)
{
	for (u32 slot = 0; slot < SLOTS; slot += 1 << FUNCTION_BITS) {
		u32 function = s->host->first_bus << 8 | slot;

		if (is_there(s, function) && (read(s, function, PCI_COMMAND) & (PCI_COMMAND_PORTS | PCI_COMMAND_MEMORY)) != 0)
			return true;
	}
	return false;
}

void pci_scan(const struct pci_config *config, const struct pci_host *host, struct pci_found *out)
{
	struct scan s = { .config = config, .host = host, .last_bus = host->first_bus };

	*out = (struct pci_found){};
	if (host->bus_count == 0 || host->first_bus >= BUSES)
		return;
	s.room = (struct pci_room){ .assign = !firmware_gave_places(&s),
		.memory = max_u64(host->memory.bus, BRIDGE_MEMORY_STEP), .memory_end = host->memory.bus + host->memory.bytes,
		.ports = host->ports.bytes > FIRST_PORT ? host->ports.bus + FIRST_PORT : 0 };
	/* WHY not the first: a register at 0 counts as one without a place. */
	s.room.ports_end = s.room.ports != 0 ? host->ports.bus + host->ports.bytes : 0;
	enter(&s, host->first_bus, 0);
	while (s.depth > 0)
		step(&s, out);
}
