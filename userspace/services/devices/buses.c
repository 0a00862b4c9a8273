/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices that are found by asking: functions of PCI, virtio behind transports in memory. What the hardware
 * answers is as hostile as any table.
 */
#include "userspace/services/devices/parts.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/devices/functions.h"
#include "lib/rt/rt.h"

/* SPEC: virtio 1.2, 4.1.4.3, and of registers in memory 4.2.2 */
enum : u64 { COMMON_BYTES = 56, COMMON_STATUS = 20, MMIO_STATUS = 0x70, MMIO_STATUS_BYTES = 4 };

static struct mmio space;      /* configuration space of the buses being scanned */
static u32 space_first_bus;
static struct pci_found found; /* too large for a stack */

bool buses_open(u64 base, u64 bytes, struct mmio *out)
{
	handle_t pages;
	u64 first = page_floor(base), count = page_ceil(base + bytes) - first;

	if (first >> PAGE_SHIFT > U32_MAX || sys_cap_derive(rt_handle(span_text("memory")), MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE,
		    first >> PAGE_SHIFT, count >> PAGE_SHIFT, &pages) != STATUS_OK)
		return false;
	enum status status = mmio_map(pages, count, out);

	sys_cap_drop(pages);
	return status == STATUS_OK;
}

/* ---- PCI ---- */

static u64 place_of(u32 function, u32 at)
{
	return (function >> 8) * PCI_BUS_BYTES - space_first_bus * PCI_BUS_BYTES + (function & 0xff) * PCI_FUNCTION_BYTES + at;
}

static u32 read_config(u32 function, u32 at) { return mmio_read32(&space, place_of(function, at)); }
static void write_config(u32 function, u32 at, u32 value) { mmio_write32(&space, place_of(function, at), value); }

/* Where the part of a virtio device is that all have; false if there is none. SPEC: virtio 1.2, 4.1.4.3 */
static bool common_part(const struct pci_config *config, const struct pci_host *host, const struct pci_function *f, u64 *out)
{
	enum : u32 { COMMON = 1, STEPS = 16 };
	u32 at = 0;

	for (u32 i = 0; i < STEPS && (at = pci_capability(config, f->function, PCI_ID_VENDOR, at)) != 0; i++) {
		u32 bar = config->read(f->function, at + 4) & 0xff, offset = config->read(f->function, at + 8);

		if (config->read(f->function, at) >> 24 != COMMON || bar >= PCI_BARS_MAX)
			continue;
		const struct pci_bar *b = ELEM(f->bar, bar);

		if (b->kind != PCI_BAR_MEMORY || offset % 4 != 0 || b->bytes < COMMON_BYTES || offset > b->bytes - COMMON_BYTES)
			return false;
		*out = b->address;
		(void)!pci_physical(&host->memory, b->address, b->bytes, out);
		*out += offset;
		return true;
	}
	return false;
}

/* SPEC: virtio 1.2, 2.1 "Device Status Field": it says 0 when it has dropped what it was doing. WHY polled: there is no
 * interrupt for that. */
static bool reset(const struct mmio *registers, u64 common)
{
	enum : u32 { POLLS = 10000 };

	mmio_write8(registers, common + COMMON_STATUS, 0);
	for (u32 i = 0; i < POLLS; i++)
		if (mmio_read8(registers, common + COMMON_STATUS) == 0)
			return true;
	return false;
}

/* SPEC: virtio 1.2, 6 "Reserved Feature Bits": a device that does not offer ACCESS_PLATFORM may reach memory past the IOMMU. */
static bool offers_platform(const struct mmio *registers, u64 common)
{
	enum : u64 { WHICH = 0, OFFERED = 4 };
	enum : u32 { PLATFORM_WORD = 1, PLATFORM = 1 << 1 };

	mmio_write32(registers, common + WHICH, PLATFORM_WORD);
	return (mmio_read32(registers, common + OFFERED) & PLATFORM) != 0;
}

/* WHY it is turned on here, once: who drives it only reads configuration space, in which registers could be moved over others'.
 * Reset, a device asks nothing of memory until it is told of some through its registers, which are its driver's. */
static void look_at_virtio(const struct pci_config *config, const struct pci_host *host, struct pci_function *f)
{
	u32 command = config->read(f->function, PCI_COMMAND) & 0xffff;
	struct mmio registers;
	u64 common = 0;

	config->write(f->function, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
	bool there = common_part(config, host, f, &common) && buses_open(common, COMMON_BYTES, &registers);

	f->active = there && reset(&registers, common & PAGE_MASK);
	f->stop = f->active ? common + COMMON_STATUS : 0;
	f->past = !there || !offers_platform(&registers, common & PAGE_MASK);
	if (f->active)
		pci_turn_on(config, f->function, f->line == PCI_NO_LINE);
	else
		config->write(f->function, PCI_COMMAND, command);
}

/* ---- plain MSI ---- */

/* SPEC: QEMU, docs/specs/edu.rst: it copies once for each command, and says by bit 0 that it still does. */
static bool is_edu(const struct pci_function *f) { return f->vendor == 0x1234 && f->device == 0x11e8; }

static bool edu_is_quiet(const struct pci_host *host, const struct pci_function *f)
{
	enum : u64 { BYTES = 0x100, COPY_COMMAND = 0x98 };
	u64 at = f->bar[0].address;
	struct mmio registers;

	if (f->bar[0].kind != PCI_BAR_MEMORY || at == 0 || f->bar[0].bytes < BYTES)
		return false;
	(void)!pci_physical(&host->memory, at, f->bar[0].bytes, &at);
	return buses_open(at, BYTES, &registers) && (mmio_read32(&registers, (at & PAGE_MASK) + COPY_COMMAND) & 1) == 0;
}

/* With a wire it need not be on: what it then interrupts by is no write to memory. */
static void look_at_edu(const struct pci_config *config, const struct pci_host *host, struct pci_function *f)
{
	u32 command = config->read(f->function, PCI_COMMAND) & 0xffff;

	config->write(f->function, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
	f->active = edu_is_quiet(host, f) && messages_give(config, f);
	if (f->active)
		pci_turn_on(config, f->function, false);
}

static void look_at(const struct pci_config *config, const struct pci_host *host, struct pci_function *f)
{
	if (functions_is_virtio(f))
		look_at_virtio(config, host, f);
	else if (is_edu(f))
		look_at_edu(config, host, f);
}

void buses_add_pci(struct device_table *table, const struct pci_host *host)
{
	static const struct pci_config config = { .read = read_config, .write = write_config };

	if (host->bus_count == 0 || !buses_open(host->ecam, host->bus_count * PCI_BUS_BYTES, &space)) {
		rt_log(span_text("the configuration space of a PCI host bridge cannot be used; what is behind it is left out"));
		return;
	}
	space_first_bus = host->first_bus;
	pci_scan(&config, host, &found);
	for (u32 i = 0; i < found.count; i++)
		look_at(&config, host, ELEM(found.function, i));
	devices_add_functions(table, host, &found);
}

/* ---- virtio ---- */

/* SPEC: virtio 1.2, 4.2.2 "MMIO Device Register Layout"; device 0 is no device. */
static u32 virtio_number(u64 base)
{
	enum : u64 { MAGIC_AT = 0, DEVICE_AT = 8 };
	enum : u32 { MAGIC = 0x74726976 };
	struct mmio registers;

	if (base % 4 != 0 || !buses_open(base, 16, &registers) || mmio_read32(&registers, (base & PAGE_MASK) + MAGIC_AT) != MAGIC)
		return 0;
	return mmio_read32(&registers, (base & PAGE_MASK) + DEVICE_AT);
}

/* True if there is something; it then has its name, and the page that its registers are in. WHY all of the page: it is mapped or
 * not. The other transports there are nobody's, with no device behind them; where one has, both find that they share it. */
static bool ask(struct device_table *table, struct device *device)
{
	struct device_resource *first = ELEM(device->resource, 0);
	bool registers = device->resource_count != 0 && first->kind == DEVICE_MEMORY;
	u32 number = registers ? virtio_number(first->base) : 0;

	if (number == 0)
		return false;
	device_add_name(table, device, virtio_name(number));
	device->class[0] = 0;
	device_classify(device);
	device_add_resource(table, device, DEVICE_ACTIVE, 0, 1);
	device_add_resource(table, device, DEVICE_STOP, first->base + MMIO_STATUS, MMIO_STATUS_BYTES);
	first->count = page_ceil(first->base + first->count) - page_floor(first->base);
	first->base = page_floor(first->base);
	return true;
}

void buses_ask_virtio(struct device_table *table)
{
	u32 kept = 0;

	for (u32 i = 0; i < table->count; i++) {
		struct device *device = ELEM(table->device, i);

		bool virtio = device_is(device, span_text("virtio,mmio")) || device_is(device, span_text("LNRO0005"));

		if (virtio && !ask(table, device))
			continue;
		*ELEM(table->device, kept++) = *device;
	}
	table->count = kept;
}
