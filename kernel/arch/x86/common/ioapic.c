/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: I/O interrupt controllers; implements the lines of kernel/hal/irq.h.
 * Line n has the vector VECTOR_LINE_0 + n on every processor. Lines that no controller has are messages: a device writes
 * the vector to the processor's own controller. They are edges, masked here only.
 */
#include "kernel/arch/x86/common/ioapic.h"
#include "kernel/arch/x86/common/apic.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/arch/x86/common/platform.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/atomic.h"
#include "kernel/hal/irq.h"
#include "kernel/hal/mmu.h"

enum : u32 {
	LINES_MAX = VECTOR_LINE_END - VECTOR_LINE_0,
	ISA_LINES = 16,
	SELECT = 0x00, WINDOW = 0x10,    /* memory: register number, register */
	REG_VERSION = 1, REG_ENTRY = 0x10,
	ENTRY_LOW = 1u << 13, ENTRY_LEVEL = 1u << 15, ENTRY_MASKED = 1u << 16,
};

struct controller { vaddr_t at; u32 first, count; };

static struct controller controllers[ACPI_IOAPICS_MAX];
static u32 controller_count;
static u32 line_count;
struct line { bool masked, kept; };
static struct line lines[LINES_MAX];
/* What is in the low half of each line's entry, so that masking need not read the device. */
static u32 entry_low[LINES_MAX];
/* Guards the three above, and the select register of all controllers. Taken for a few instructions, under any lock. */
static u32 busy;

static void lock(void)
{
	while (atomic_exchange(&busy, 1u) != 0) {
		hal_relax();
		hal_tlb_serve();
	}
}

static void unlock(void) { atomic_store_release(&busy, 0u); }

static u32 read(const struct controller *c, u32 reg)
{
	x86_mmio_write32((vaddr_t){ c->at.v + SELECT }, reg);
	return x86_mmio_read32((vaddr_t){ c->at.v + WINDOW });
}

static void write(const struct controller *c, u32 reg, u32 value)
{
	x86_mmio_write32((vaddr_t){ c->at.v + SELECT }, reg);
	x86_mmio_write32((vaddr_t){ c->at.v + WINDOW }, value);
}

static const struct controller *controller_of(u32 line)
{
	for (u32 i = 0; i < controller_count; i++) {
		const struct controller *c = ELEM(controllers, i);

		if (line >= c->first && line - c->first < c->count)
			return c;
	}
	return nullptr;
}

/* SPEC: ACPI 6.5, 5.2.12.5: ISA lines are the global lines of the same number, edge and high,
 * unless an override says otherwise; the others are PCI's, level and low. */
static u32 trigger_of(u32 line)
{
	const struct acpi_facts *acpi = &x86_platform.acpi;

	for (u32 i = 0; i < acpi->override_count; i++) {
		const struct acpi_override *o = ELEM(acpi->override, i);

		if (o->line == line)
			return (o->active_low ? ENTRY_LOW : 0) | (o->level ? ENTRY_LEVEL : 0);
	}
	return line < ISA_LINES ? 0 : ENTRY_LOW | ENTRY_LEVEL;
}

static void add_controller(const struct acpi_ioapic *found)
{
	struct controller *c = ELEM(controllers, controller_count);

	/* Device memory below 4 GiB is in the direct map. */
	if (found->address == 0 || found->first_line >= LINES_MAX)
		return;
	*c = (struct controller){ .at = hal_direct((paddr_t){ found->address }), .first = found->first_line };
	u32 version = read(c, REG_VERSION);

	if (version == U32_MAX)
		return;
	c->count = (u32)min_u64((version >> 16 & 0xff) + 1, LINES_MAX - c->first);
	controller_count++;
	for (u32 i = 0; i < c->count; i++) {
		u32 line = c->first + i;

		entry_low[line] = (VECTOR_LINE_0 + line) | trigger_of(line) | ENTRY_MASKED;
		write(c, REG_ENTRY + 2 * i, entry_low[line]);
		lines[line].masked = true;
	}
	line_count = (u32)max_u64(line_count, c->first + c->count);
}

void ioapic_find(void)
{
	const struct acpi_facts *acpi = &x86_platform.acpi;

	for (u32 i = 0; i < acpi->ioapic_count; i++)
		add_controller(ELEM(acpi->ioapic, i));
}

/* WHY edges are not masked in the controller: it forgets an edge that comes while the entry is
 * masked, and the device waits for ever. A masked line's first edge is kept here instead, and
 * only the second masks the entry, so that a wild device cannot hold the processor up. */
static void write_entry(u32 line, bool masked)
{
	const struct controller *c = controller_of(line);
	u32 *low = ELEM(entry_low, line);

	*low = masked ? *low | ENTRY_MASKED : *low & ~ENTRY_MASKED;
	write(c, REG_ENTRY + 2 * (line - c->first), *low);
}

static bool is_edge(u32 line) { return (entry_low[line] & ENTRY_LEVEL) == 0; }

/* Behind all wires, so that what counts lines sees them in a row. */
static bool is_message(u32 line) { return line >= line_count && line < LINES_MAX; }
static bool is_line(u32 line) { return is_message(line) || controller_of(line) != nullptr; }

bool ioapic_arrived(u32 line)
{
	bool tell = true;

	if (!is_line(line))
		return false;
	lock();
	struct line *l = ELEM(lines, line);

	if (l->masked) {
		l->kept = true;
		tell = false;
	}
	if (!is_message(line) && (l->masked || !is_edge(line)))
		write_entry(line, true);
	l->masked = true;
	unlock();
	return tell;
}

void hal_irq_mask(u32 line)
{
	if (!is_line(line))
		return;
	lock();
	ELEM(lines, line)->masked = true;
	if (!is_message(line) && !is_edge(line))
		write_entry(line, true);
	unlock();
}

void hal_irq_unmask(u32 line)
{
	bool again;

	if (!is_line(line))
		return;
	lock();
	struct line *l = ELEM(lines, line);

	/* A level that is still asserted interrupts again by itself. */
	again = l->kept && is_edge(line);
	l->kept = false;
	l->masked = false;
	if (!is_message(line) && (entry_low[line] & ENTRY_MASKED) != 0)
		write_entry(line, false);
	unlock();
	if (again)
		apic_send(hal_this_cpu()->arch.apic_id, VECTOR_LINE_0 + line);
}

u32 hal_irq_count(void) { return LINES_MAX; }

/* SPEC: Intel SDM 3A, 11.11 "Message Signalled Interrupts": fixed delivery to one processor, by edge. */
bool hal_irq_message(u32 line, u64 *address, u32 *data)
{
	enum : u32 { MESSAGE_BASE = 0xfee00000, MESSAGE_TO_SHIFT = 12 };

	if (!is_message(line) || x86_platform.apic_id[0] > 0xff)
		return false;
	*address = MESSAGE_BASE | x86_platform.apic_id[0] << MESSAGE_TO_SHIFT;
	*data = VECTOR_LINE_0 + line;
	return true;
}

/* WHY not: firmware's table says what each line is, and messages are edges. */
bool hal_irq_edge(u32 line)
{
	(void)line;
	return false;
}

/* Of a message the address tells which processor. */
static void enable_message(u32 line)
{
	lock();
	ELEM(lines, line)->kept = false;
	unlock();
	hal_irq_unmask(line);
}

bool hal_irq_enable(u32 line, u32 cpu)
{
	const struct controller *c = controller_of(line);

	if (is_message(line)) {
		enable_message(line);
		return true;
	}
	if (c == nullptr || cpu >= x86_platform.cpu_count)
		return false;
	/* An entry names its processor with 8 bits. */
	u32 to = x86_platform.apic_id[cpu] <= 0xff ? x86_platform.apic_id[cpu] : x86_platform.apic_id[0];

	lock();
	write(c, REG_ENTRY + 2 * (line - c->first) + 1, to << 24);
	ELEM(lines, line)->kept = false; /* that was for an earlier owner */
	unlock();
	hal_irq_unmask(line);
	return true;
}
