/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of resetting a function: one that forgets all when it is reset and is away for a while, and ones that answer
 * anything.
 */
#include "lib/elf/tests/report.h"
#include "lib/pci/pci.h"

enum : u32 {
	WORDS = 64, EXPRESS = 0x40, FEATURES = 0x50, MESSAGE = 0x60, MESSAGES = 0x80, ID = 0x58458086, AWAY = U32_MAX, LATER = 0x0001,
	ABLE = 1u << 28, INITIATE = 1u << 15, PENDING = 1u << 21, AT_ONCE = 1u << 16, ON = 1u << 31, STEPS_MAX = 1300,
};

static u32 word[WORDS];
static bool by_express;
static u32 resets, away, left, away_as; /* how often it is not there after a reset, of which are left, and what it answers then */
static u32 pending;                /* looks until its transactions have come */
static bool forgets_places;

static void forget(void)
{
	u32 status = word[PCI_COMMAND / 4] & ~0xffffu;

	resets++;
	left = away;
	word[PCI_COMMAND / 4] = status;
	for (u32 i = 0; i < PCI_BARS_MAX; i++)
		*ELEM(word, PCI_BAR_0 / 4 + i) = 0;
	word[MESSAGE / 4] &= 0xff80ffff;
	word[MESSAGE / 4 + 1] = word[MESSAGE / 4 + 2] = 0;
	word[MESSAGES / 4] &= ~ON;
}

static u32 read_word(u32 function, u32 at)
{
	(void)function;
	if (at == PCI_ID && left != 0) {
		left -= left == U32_MAX ? 0 : 1;
		return away_as;
	}
	if (at == (by_express ? EXPRESS + 8 : FEATURES + 4) && pending != 0) {
		pending -= pending == U32_MAX ? 0 : 1;
		return *ELEM(word, at / 4) | (by_express ? PENDING : 1u << 8);
	}
	return *ELEM(word, at / 4);
}

static void write_word(u32 function, u32 at, u32 value)
{
	bool place = at >= PCI_BAR_0 && at < PCI_BAR_0 + 4 * PCI_BARS_MAX;

	(void)function;
	if (at == EXPRESS + 8 && (value & INITIATE) != 0 && by_express)
		forget();
	else if (at == FEATURES + 4 && value == 1 && !by_express)
		forget();
	else if (at == PCI_COMMAND)
		word[at / 4] = (word[at / 4] & ~0xffffu) | (value & 0xffff);
	else if (!place || !forgets_places)
		*ELEM(word, at / 4) = value;
}

static const struct pci_config config = { .read = read_word, .write = write_word };
static struct pci_kept kept;
static struct pci_reset reset;
static const struct pci_stop *stop; /* nullptr: it has no register that stops it */

/* On, with registers and a message of each kind; it is reset by PCI Express' capability, or by the other. */
static void make(bool express)
{
	for (u32 i = 0; i < WORDS; i++)
		*ELEM(word, i) = 0;
	resets = away = left = pending = 0;
	forgets_places = false;
	by_express = express;
	word[PCI_ID / 4] = ID;
	word[PCI_COMMAND / 4] = PCI_STATUS_LIST | PCI_COMMAND_MEMORY;
	word[PCI_BAR_0 / 4] = 0xfe000004;
	word[PCI_BAR_0 / 4 + 1] = 0x000000e0;
	word[PCI_CAPABILITIES / 4] = EXPRESS;
	word[EXPRESS / 4] = 0x10 | FEATURES << 8;
	word[EXPRESS / 4 + 1] = express ? ABLE : 0;
	word[FEATURES / 4] = 0x13 | MESSAGE << 8 | 0x03060000;
	word[MESSAGE / 4] = PCI_ID_MSI | MESSAGES << 8 | 1u << 16;
	word[MESSAGE / 4 + 1] = 0xfee01000;
	word[MESSAGE / 4 + 2] = 0x4321;
	word[MESSAGES / 4] = PCI_ID_MSIX;
}

/* Milliseconds that a reset took; U32_MAX: it did not end. */
static u32 run(void)
{
	u32 all = 0;

	reset = (struct pci_reset){};
	for (u32 i = 0; i < STEPS_MAX; i++) {
		u32 ms = pci_reset_step(&config, 0, &kept, stop, &reset);

		if (ms == 0)
			return all;
		all += ms;
	}
	return U32_MAX;
}

static bool is_as_before(void)
{
	return (word[PCI_COMMAND / 4] & 0xffff) == (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER) && word[PCI_BAR_0 / 4] == 0xfe000004 &&
	       word[PCI_BAR_0 / 4 + 1] == 0xe0 && word[MESSAGE / 4] == (PCI_ID_MSI | MESSAGES << 8 | 1u << 16) &&
	       word[MESSAGE / 4 + 1] == 0xfee01000 && word[MESSAGE / 4 + 2] == 0x4321 && word[MESSAGES / 4] == (ON | PCI_ID_MSIX);
}

static bool is_off(void) { return (word[PCI_COMMAND / 4] & 0xffff) == 0; }

static void a_function_comes_back_as_it_was(struct report *r, bool express)
{
	make(express);
	report_case(r, span_text("a function that can be reset is known"), pci_keep(&config, 0, true, &kept));
	report_case(r, span_text("it is reset once, and has the time that it may take"), run() == 100 && resets == 1);
	report_case(r, span_text("it is as it was, on, with its messages"), reset.state == PCI_RESET_DONE && is_as_before());
	report_case(r, span_text("and again"), run() == 100 && resets == 2 && reset.state == PCI_RESET_DONE && is_as_before());
	away = 3;
	away_as = LATER;
	report_case(r, span_text("one that asks for time has it"), run() == 130 && reset.state == PCI_RESET_DONE && is_as_before());
	away = 0;
	word[PCI_COMMAND / 4] |= AT_ONCE;
	report_case(r, span_text("one that is ready at once is not waited for"), run() == 0 && resets == 4 && is_as_before());
}

static void transactions_are_waited_for(struct report *r, bool express)
{
	make(express);
	(void)!pci_keep(&config, 0, false, &kept);
	pending = 2;
	reset = (struct pci_reset){};
	report_case(r, span_text("while transactions are under way it is off, not reset"),
		    pci_reset_step(&config, 0, &kept, stop, &reset) != 0 && resets == 0 && is_off());
	report_case(r, span_text("once they have come it is reset"),
		    pci_reset_step(&config, 0, &kept, stop, &reset) == 10 &&
			    pci_reset_step(&config, 0, &kept, stop, &reset) == 100 && resets == 1);
	pending = U32_MAX;
	report_case(r, span_text("those that never come are not waited for without end"), run() == 200 && resets == 2);
}

static void what_does_not_come_back_is_off(struct report *r)
{
	make(true);
	(void)!pci_keep(&config, 0, false, &kept);
	away = U32_MAX;
	away_as = AWAY;
	report_case(r, span_text("one that has vanished is given up"), run() == 1000 && reset.state == PCI_RESET_GONE && is_off());
	resets = 1;
	report_case(r, span_text("one that is not there is not written to"),
		    run() == 0 && resets == 1 && reset.state == PCI_RESET_GONE);
	make(true);
	forgets_places = true;
	report_case(r, span_text("one whose registers are elsewhere stays off"),
		    run() == 100 && reset.state == PCI_RESET_GONE && is_off());
}

static void not_all_can_be_reset(struct report *r)
{
	make(false);
	word[FEATURES / 4] &= 0xffff;
	report_case(r, span_text("a function that cannot be reset says so"), !pci_keep(&config, 0, false, &kept));
	make(true);
	word[EXPRESS / 4] = 0x01 | 0xf8 << 8;
	word[0xf8 / 4] = 0x10;
	word[0xf8 / 4 + 1] = ABLE;
	report_case(r, span_text("nor can one whose capability does not end in its space"), !pci_keep(&config, 0, false, &kept));
}

/* ---- a register that stops it ---- */

enum : u32 { CONTROL = 0x14, STATE = 0x1c, RUNS = 1, ENABLED = 0x00460001 };

static u32 control, busy; /* looks until it has stopped */
static bool may_write;    /* at some time since it was told to stop, it reached memory */

static void watch_memory(void) { may_write = may_write || (word[PCI_COMMAND / 4] & PCI_COMMAND_MASTER) != 0; }

static u32 read_register(u32 function, u32 at)
{
	(void)function;
	watch_memory();
	if (at != STATE || (word[PCI_COMMAND / 4] & PCI_COMMAND_MEMORY) == 0)
		return U32_MAX;
	if (busy != 0)
		busy -= busy == U32_MAX ? 0 : 1;
	return busy != 0 || control != 0 ? RUNS : 0;
}

static void write_register(u32 function, u32 at, u32 value)
{
	(void)function;
	watch_memory();
	if (at == CONTROL && (word[PCI_COMMAND / 4] & PCI_COMMAND_MEMORY) != 0)
		control = value;
}

static const struct pci_config registers = { .read = read_register, .write = write_register };
static const struct pci_stop by_register = { .registers = &registers, .control = CONTROL, .state = STATE, .bit = RUNS };

static void make_running(u32 looks)
{
	make(true);
	(void)!pci_keep(&config, 0, true, &kept);
	word[PCI_COMMAND / 4] |= PCI_COMMAND_MASTER;
	control = ENABLED;
	busy = looks;
	may_write = false;
	stop = &by_register;
}

static void a_register_stops_it(struct report *r)
{
	make_running(0);
	report_case(r, span_text("what stops at once is not waited for, nor reset"),
		    run() == 0 && reset.state == PCI_RESET_DONE && control == 0 && resets == 0);
	report_case(r, span_text("meanwhile it reaches no memory, and afterwards it does"), !may_write && is_as_before());
	make_running(8);
	report_case(r, span_text("what takes some milliseconds has them"), run() == 7 && resets == 0 && !may_write && is_as_before());
	make_running(0);
	pending = 3;
	reset = (struct pci_reset){};
	report_case(r, span_text("it is not told before its transactions have come"),
		    pci_reset_step(&config, 0, &kept, stop, &reset) == 10 && control == ENABLED && !may_write && run() == 20 &&
			    control == 0);
	make_running(U32_MAX);
	report_case(r, span_text("what never stops is reset"), run() == 1100 && resets == 1 && !may_write && is_as_before());
	make_running(0);
	word[PCI_COMMAND / 4] &= ~PCI_COMMAND_MEMORY;
	report_case(r, span_text("one whose registers do not answer is not turned on for that, but reset"),
		    run() == 1100 && resets == 1 && control == ENABLED && is_as_before());
	stop = nullptr;
}

/* ---- answers without sense ---- */

static u64 state;
static bool behind;

static u32 random_read(u32 function, u32 at)
{
	(void)function;
	behind = behind || at >= 256 || at % 4 != 0;
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(state >> 32);
}

static void random_write(u32 function, u32 at, u32 value)
{
	(void)function;
	(void)value;
	behind = behind || at >= 256 || at % 4 != 0;
}

static void senseless_answers_do_no_harm(struct report *r)
{
	static const struct pci_config random = { random_read, random_write };
	static const struct pci_stop by_chance = { .registers = &random, .control = 0x14, .state = 0x1c, .bit = 1 };
	bool ends = true;

	behind = false;
	for (u64 seed = 1; seed <= 2000; seed++) {
		u32 ms = 1, steps = 0;

		state = seed;
		if (!pci_keep(&random, 0, true, &kept))
			continue;
		reset = (struct pci_reset){};
		for (; ms != 0 && steps < STEPS_MAX; steps++)
			ms = pci_reset_step(&random, 0, &kept, seed % 2 != 0 ? &by_chance : nullptr, &reset);
		ends = ends && ms == 0;
	}
	report_case(r, span_text("random answers end a reset"), ends);
	report_case(r, span_text("nothing is asked outside of the function's space"), !behind);
}

int main(void)
{
	struct report report = {};

	a_function_comes_back_as_it_was(&report, true);
	a_function_comes_back_as_it_was(&report, false);
	transactions_are_waited_for(&report, true);
	transactions_are_waited_for(&report, false);
	what_does_not_come_back_is_off(&report);
	not_all_can_be_reset(&report);
	a_register_stops_it(&report);
	senseless_answers_do_no_harm(&report);
	return report_end(&report);
}
