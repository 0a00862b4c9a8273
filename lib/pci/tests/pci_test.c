/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of lib/pci: a small machine that no firmware has touched, one that firmware has set up, and ones that
 * answer anything.
 */
#include "lib/elf/tests/report.h"
#include "lib/pci/tests/machine.h"

enum : u32 { SERIAL = 4 << 3, BRIDGE = 5 << 3, BELOW = 1 << 8, HOST_BRIDGE = 0, PORTS = 1, MEMORY = 0, WIDE = 4, LINE_0 = 35 };

static struct pci_host host;
static struct pci_found found;

static void make_host(void)
{
	host = (struct pci_host){ .ecam = 0x30000000, .bus_count = 4, .memory = { 0x10000000, 0x10000000, 0x1000000 },
		.ports = { 0, 0x3eff0000, 0x10000 }, .pin_mask = 0x1800, .pin_count = 16 };
	for (u32 i = 0; i < 16; i++)
		host.pin[i] = (struct pci_pin){ .device = i / 4 << 11, .pin = i % 4 + 1, .line = LINE_0 + (i / 4 + i % 4) % 4 };
}

/* A serial line, a bridge with a disk below it, and a host bridge. */
static void make_machine(void)
{
	machine = (struct machine){};
	make_host();
	(void)machine_add(HOST_BRIDGE, 0x00081b36, 0x060000, 0);
	struct machine_function *serial = machine_add(SERIAL, 0x00021b36, 0x070002, 0);

	machine_bar(serial, 0, PORTS, 8);
	serial->word[PCI_PIN / 4] = 1 << 8;
	(void)machine_add(BRIDGE, 0x000c1b36, 0x060400, 1);
	struct machine_function *disk = machine_add(BELOW, 0x10421af4, 0x010000, 0);

	machine_bar(disk, 1, MEMORY, 0x1000);
	machine_bar(disk, 4, WIDE, 0x4000);
	disk->word[PCI_PIN / 4] = 1 << 8;
	disk->word[PCI_COMMAND / 4] = PCI_STATUS_LIST;
	disk->word[PCI_CAPABILITIES / 4] = 0x98;
	disk->word[0x98 / 4] = 0x8411;  /* message interrupts, then a vendor's own */
	disk->word[0x84 / 4] = 0x0009;
}

static const struct pci_function *function_at(u32 function)
{
	static const struct pci_function none = {};

	for (u32 i = 0; i < found.count; i++)
		if (ELEM(found.function, i)->function == function)
			return ELEM(found.function, i);
	return &none;
}

static void what_firmware_left_alone_gets_places(struct report *r)
{
	make_machine();
	pci_scan(&machine_config, &host, &found);
	const struct pci_function *serial = function_at(SERIAL), *disk = function_at(BELOW);

	report_case(r, span_text("functions are found, through a bridge too"), found.count == 4 && found.left_out == 0);
	report_case(r, span_text("ports get a page of their own, not the first"),
		    serial->bar[0].kind == PCI_BAR_PORTS && serial->bar[0].bytes == 8 && serial->bar[0].address == 0x1000 &&
			    machine_word(SERIAL, PCI_BAR_0) == 0x1001);
	report_case(r, span_text("registers get places of their own size"),
		    disk->bar[1].bytes == 0x1000 && disk->bar[1].address == 0x10000000 && disk->bar[4].wide &&
			    disk->bar[4].bytes == 0x4000 && disk->bar[4].address == 0x10004000);
	report_case(r, span_text("what has places answers there, and writes to no memory by itself"),
		    machine_word(SERIAL, PCI_COMMAND) == PCI_COMMAND_PORTS &&
			    (machine_word(BELOW, PCI_COMMAND) & 7) == PCI_COMMAND_MEMORY);
	report_case(r, span_text("a bridge knows its buses and passes on what is below it"),
		    machine_word(BRIDGE, PCI_BUSES) == 0x00010100 && machine_word(BRIDGE, PCI_BRIDGE_MEMORY) == 0x10001000 &&
			    machine_word(BRIDGE, PCI_COMMAND) == 7);
	report_case(r, span_text("interrupts by message are counted"), disk->messages == 1 && serial->messages == 0);
	report_case(r, span_text("what is behind a bridge is found by it"), serial->way == SERIAL && disk->way == BRIDGE);
	report_case(r, span_text("pins are turned by bridges"), serial->line == LINE_0 && disk->line == LINE_0 + 1);
}

static void what_firmware_placed_stays(struct report *r)
{
	make_machine();
	machine.function[1].word[PCI_BAR_0 / 4] = 0x6001;
	machine.function[1].word[PCI_COMMAND / 4] = PCI_COMMAND_PORTS | PCI_COMMAND_MASTER;
	machine.function[2].word[PCI_BUSES / 4] = 0x00020200;
	machine.function[3].function = 2 << 8;
	machine.function[3].word[PCI_BAR_0 / 4 + 1] = 0xfe000000;
	machine.function[3].word[PCI_COMMAND / 4] = PCI_STATUS_LIST | PCI_COMMAND_MEMORY;
	host.ports = (struct pci_window){};
	pci_scan(&machine_config, &host, &found);
	report_case(r, span_text("places and buses of firmware stay"),
		    function_at(SERIAL)->bar[0].address == 0x6000 && function_at(2 << 8)->bar[1].address == 0xfe000000 &&
			    machine_word(BRIDGE, PCI_BUSES) == 0x00020200 && machine_word(SERIAL, PCI_BAR_0) == 0x6001);
	report_case(r, span_text("what has no place gets none"), function_at(2 << 8)->bar[4].address == 0);
	report_case(r, span_text("firmware's functions write to no memory any more"),
		    machine_word(SERIAL, PCI_COMMAND) == PCI_COMMAND_PORTS);
}

static void functions_are_turned_on(struct report *r)
{
	enum : u32 { MESSAGES = 0x98, ON = 1u << 31, MASKED = 1u << 30 };

	make_machine();
	pci_scan(&machine_config, &host, &found);
	machine.function[3].word[MESSAGES / 4] |= MASKED;
	machine.function[3].mask[MESSAGES / 4] = ON | MASKED;
	report_case(r, span_text("what was found is off"), !pci_is_on(&machine_config, BELOW, false));
	pci_turn_on(&machine_config, BELOW, false);
	report_case(r, span_text("turned on, a function may reach memory, and does not interrupt by message"),
		    pci_is_on(&machine_config, BELOW, false) && !pci_is_on(&machine_config, BELOW, true) &&
			    (machine_word(BELOW, PCI_COMMAND) & 7) == (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER));
	pci_turn_on(&machine_config, BELOW, true);
	report_case(r, span_text("or does, where that is asked for"), pci_is_on(&machine_config, BELOW, true) &&
			machine_word(BELOW, MESSAGES) == (ON | 0x8411));
	pci_turn_on(&machine_config, SERIAL, true);
	report_case(r, span_text("one that has no messages is on without"), pci_is_on(&machine_config, SERIAL, false) &&
			!pci_is_on(&machine_config, SERIAL, true));
}

/* The serial line gets plain messages, of the form that the control word says; all of it can be written but that. */
static struct machine_function *with_message(u32 at, u32 control)
{
	make_machine();
	struct machine_function *f = &machine.function[1];

	f->word[PCI_COMMAND / 4] = PCI_STATUS_LIST;
	f->word[PCI_CAPABILITIES / 4] = at;
	*ELEM(f->word, at / 4) = 5 | control << 16;
	*ELEM(f->mask, at / 4) = 0x71 << 16;
	for (u32 i = at / 4 + 1; i < MACHINE_WORDS; i++)
		*ELEM(f->mask, i) = U32_MAX;
	return f;
}

static void plain_messages_are_set(struct report *r)
{
	enum : u32 { AT = 0x40, LAST = 0xf0, WIDE_ONE = 0x80, MASKS = 0x100, SIXTEEN = 0x48, ON = 1, DATA = 0x4321 };
	const u64 narrow = 0xfee01000, wide = 0x1fee01000;
	struct machine_function *f = with_message(AT, SIXTEEN | MASKS);

	f->word[AT / 4 + 2] = 0xabcd0000;
	report_case(r, span_text("a message of 32 bits is set: one only, and what is beside its data stays"),
		    pci_set_message(&machine_config, SERIAL, narrow, DATA) && machine_word(SERIAL, AT) >> 16 == (0x08 | MASKS | ON) &&
			    machine_word(SERIAL, AT + 4) == narrow && machine_word(SERIAL, AT + 8) == (0xabcd0000 | DATA));
	report_case(r, span_text("all others are masked"), machine_word(SERIAL, AT + 12) == ~1u);
	(void)with_message(AT, WIDE_ONE | MASKS);
	report_case(r, span_text("one of 64 bits has its data behind them"),
		    pci_set_message(&machine_config, SERIAL, wide, DATA) && machine_word(SERIAL, AT + 4) == (u32)wide &&
			    machine_word(SERIAL, AT + 8) == 1 && machine_word(SERIAL, AT + 12) == DATA &&
			    machine_word(SERIAL, AT + 16) == ~1u);
	f = with_message(AT, 0);
	report_case(r, span_text("without masks nothing is written behind the data"),
		    pci_set_message(&machine_config, SERIAL, narrow, DATA) && f->word[AT / 4 + 3] == 0);
	(void)with_message(AT, 0);
	report_case(r, span_text("an address or data that do not fit are refused"),
		    !pci_set_message(&machine_config, SERIAL, wide, DATA) && !pci_set_message(&machine_config, SERIAL, narrow, 0x10000) &&
			    machine_word(SERIAL, AT) == 5);
	f = with_message(AT, 0);
	f->mask[AT / 4 + 1] = 0xffff;
	report_case(r, span_text("what does not hold its address is off"),
		    !pci_set_message(&machine_config, SERIAL, narrow, DATA) && machine_word(SERIAL, AT) == 5);
	(void)with_message(LAST, WIDE_ONE);
	report_case(r, span_text("one that ends with the space is set"), pci_set_message(&machine_config, SERIAL, narrow, DATA));
	(void)with_message(LAST, WIDE_ONE | MASKS);
	report_case(r, span_text("one that does not end in it is not"), !pci_set_message(&machine_config, SERIAL, narrow, DATA) &&
			machine_word(SERIAL, LAST + 4) == 0);
	report_case(r, span_text("nor one that is not there"), !pci_set_message(&machine_config, HOST_BRIDGE, narrow, DATA) &&
			!pci_set_message(&machine_config, 9 << 3, narrow, DATA));
}

static void capabilities_are_walked_within_bounds(struct report *r)
{
	make_machine();
	report_case(r, span_text("capabilities are found"),
		    pci_capability(&machine_config, BELOW, 0x11, 0) == 0x98 && pci_capability(&machine_config, BELOW, 9, 0) == 0x84);
	report_case(r, span_text("there is no other"), pci_capability(&machine_config, BELOW, 9, 0x84) == 0 &&
			pci_capability(&machine_config, SERIAL, 9, 0) == 0);
	machine.function[3].word[0x84 / 4] = 0x9809; /* back to the first */
	machine.reads = 0;
	report_case(r, span_text("a circle ends"), pci_capability(&machine_config, BELOW, 5, 0) == 0 && machine.reads <= 52);
}

static void a_bridge_that_leads_back_is_not_followed(struct report *r)
{
	make_machine();
	machine.function[1].word[PCI_COMMAND / 4] = PCI_COMMAND_PORTS;
	machine.function[2].word[PCI_BUSES / 4] = 0;
	pci_scan(&machine_config, &host, &found);
	report_case(r, span_text("a bridge to its own bus leads nowhere"), found.count == 3);
	machine.function[2].word[PCI_BUSES / 4] = 0x00f0f000;
	pci_scan(&machine_config, &host, &found);
	report_case(r, span_text("nor one to a bus that the host bridge has not"), found.count == 3);
}

static void windows_are_kept_to(struct report *r)
{
	u64 at = 0;

	make_machine();
	host.memory.bytes = 0x4000;
	pci_scan(&machine_config, &host, &found);
	report_case(r, span_text("what does not fit the window has no place"),
		    function_at(BELOW)->bar[1].address != 0 && function_at(BELOW)->bar[4].address == 0);
	report_case(r, span_text("a place on the bus has its physical one"),
		    pci_physical(&host.ports, 0x1000, 8, &at) && at == 0x3eff1000 && !pci_physical(&host.ports, 0xfff9, 8, &at) &&
			    !pci_physical(&host.ports, U64_MAX, 8, &at) && !pci_physical(&host.memory, 0, 1, &at));
}

/* ---- answers without sense ---- */

static u64 state;
static u64 reads;

static u32 random_read(u32 function, u32 at)
{
	(void)function;
	(void)at;
	reads++;
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(state >> 32);
}

static void ignore_write(u32 function, u32 at, u32 value)
{
	(void)function;
	(void)at;
	(void)value;
}

/* The same for each place: every function is a bridge to bus 1, say. */
static u32 same_read(u32 function, u32 at)
{
	reads++;
		switch (at) {
	case PCI_HEADER: return 0x00810000;
	case PCI_BUSES: return ((function >> 8) + 1) << 8;
	default: return 0x06040604;
	}
}

static bool bounded_scan(const struct pci_config *config)
{
	reads = 0;
	pci_scan(config, &host, &found);
	for (u32 i = 0; i < found.count; i++)
		for (u32 b = 0; b < PCI_BARS_MAX; b++) {
			const struct pci_bar *bar = ELEM(ELEM(found.function, i)->bar, b);

			if (bar->kind != PCI_BAR_NONE && (bar->bytes == 0 || (bar->bytes & (bar->bytes - 1)) != 0))
				return false;
		}
	return reads <= 256ull * 256 * 64;
}

static void senseless_answers_do_no_harm(struct report *r)
{
	static const struct pci_config random = { random_read, ignore_write }, same = { same_read, ignore_write };
	bool good = true;

	make_host();
	host.bus_count = 256;
	for (u64 seed = 1; seed <= 50; seed++) {
		state = seed;
		good = good && bounded_scan(&random);
	}
	report_case(r, span_text("random answers end the walk in bounded time"), good);
	report_case(r, span_text("a machine of nothing but bridges does too"), bounded_scan(&same) && found.left_out > 0);
	host.bus_count = 0;
	pci_scan(&random, &host, &found);
	report_case(r, span_text("a host bridge without buses is not asked"), found.count == 0);
}

int main(void)
{
	struct report report = {};

	what_firmware_left_alone_gets_places(&report);
	what_firmware_placed_stays(&report);
	functions_are_turned_on(&report);
	plain_messages_are_set(&report);
	capabilities_are_walked_within_bounds(&report);
	a_bridge_that_leads_back_is_not_followed(&report);
	windows_are_kept_to(&report);
	senseless_answers_do_no_harm(&report);
	return report_end(&report);
}
