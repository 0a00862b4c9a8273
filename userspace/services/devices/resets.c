/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions of PCI that can be reset alone are, when the keeper asks for it: their driver has ended, or none has begun. What an
 * instance has begun the next one begins again: which it is to make, and what is to be put back, lies in memory of the keeper's.
 * Those of a kind that stops by a register, while its way to memory is closed, are stopped by that if no more is asked.
 */
#include "userspace/services/devices/parts.h"
#include "lib/devices/resets.h"
#include "lib/service/service.h"
#include "abi/stubs.h"

enum : u64 { MS = 1000000 };

struct going {
	struct mmio space;      /* the function's, mapped once it was needed */
	struct mmio registers;  /* as well */
	u64 due_ns;
	u32 number;             /* as it was asked for; 0: none is under way */
	bool by_register;       /* it is stopped by one, not reset */
	struct pci_reset reset;
};

static struct going all[DEVICES_MAX];
static u32 present;     /* whose space is looked at */
static struct device device;
static handle_t timer;

static u32 read_own(u32 function, u32 at)
{
	(void)function;
	return mmio_read32(&ELEM(all, present)->space, at);
}

static void write_own(u32 function, u32 at, u32 value)
{
	(void)function;
	mmio_write32(&ELEM(all, present)->space, at, value);
}

static const struct pci_config own = { .read = read_own, .write = write_own };

static u32 read_register(u32 function, u32 at)
{
	(void)function;
	return mmio_read32(&ELEM(all, present)->registers, at);
}

static void write_register(u32 function, u32 at, u32 value)
{
	(void)function;
	mmio_write32(&ELEM(all, present)->registers, at, value);
}

static const struct pci_config registers = { .read = read_register, .write = write_register };

/* Of a controller of NVMe. SPEC: NVM Express Base Specification 1.4, 3.1.5 "CC", 3.1.6 "CSTS", 7.3.2 "Controller Level Reset" */
static const struct pci_stop of_nvme = { .registers = &registers, .control = 0x14, .state = 0x1c, .bit = 1 };

static const struct device_resource *resource(const struct device *d, u32 kind)
{
	for (u32 i = 0; i < d->resource_count; i++)
		if (ELEM(d->resource, i)->kind == kind)
			return ELEM(d->resource, i);
	return nullptr;
}

static bool open_space(const struct device *d, u32 index)
{
	struct going *g = ELEM(all, index);
	const struct device_resource *config = resource(d, DEVICE_CONFIG);

	present = index;
	return mmio_is_mapped(&g->space) ||
		(config != nullptr && buses_open(config->base, PCI_FUNCTION_BYTES, &g->space));
}

/* Whether it can be stopped without being reset. */
static bool open_registers(const struct device *d, u32 index)
{
	struct mmio *page = &ELEM(all, index)->registers;
	const struct device_resource *first = resource(d, DEVICE_MEMORY);

	if (!device_is(d, span_text("pciclass,010802")) || first == nullptr)
		return false;
	return mmio_is_mapped(page) ||
		(first->base % PAGE_BYTES == 0 && first->count >= PAGE_BYTES && buses_open(first->base, PAGE_BYTES, page));
}

/* ---- finding ---- */

/* WHY it counts as one that reaches memory: turned on by its first reset, it will be. */
static void look_at(struct device_table *table, struct mspan shared, struct device *d, u32 index)
{
	struct pci_kept kept;

	if (resource(d, DEVICE_CONFIG) == nullptr || !open_space(d, index) ||
	    !pci_keep(&own, 0, resource(d, DEVICE_LINE) == nullptr, &kept))
		return;
	resets_keep(shared, index, &kept);
	device_add_resource(table, d, DEVICE_RESET, index, 1);
	if (!device_is_active(d))
		device_add_resource(table, d, DEVICE_ACTIVE, 0, 1);
}

void resets_find(struct device_table *table, struct mspan shared)
{
	for (u32 i = 0; i < table->count; i++)
		look_at(table, shared, ELEM(table->device, i), i);
}

/* ---- making them ---- */

/* Until when; U64_MAX: it has ended, and is told. */
static u64 go_on(struct mspan shared, u32 index, struct going *g)
{
	struct pci_kept kept = resets_kept(shared, index);
	u32 ms = pci_reset_step(&own, 0, &kept, g->by_register ? &of_nvme : nullptr, &g->reset);

	if (ms != 0)
		return rt_deadline_in(ms * MS);
	resets_tell(shared, index, g->number, g->reset.state != PCI_RESET_DONE);
	g->number = 0;
	return U64_MAX;
}

/* False: nothing is asked for. One whose space cannot be mapped has failed. */
static bool begun(struct mspan shared, u32 index, struct going *g)
{
	u32 number = resets_wanted(shared, index), place;

	if (number == 0)
		return false;
	if (g->number != number)
		*g = (struct going){ .space = g->space, .registers = g->registers, .number = number };
	if (devices_read(span_of(shared), index, &device) && device_reset(&device, &place) && open_space(&device, index)) {
		g->by_register = resets_how(shared, index) == RESET_STOP && open_registers(&device, index);
		return true;
	}
	g->reset.state = PCI_RESET_GONE;
	return true;
}

bool resets_look(struct mspan shared)
{
	u64 next = U64_MAX;
	bool ended = false;

	for (u32 i = 0; i < devices_count(span_of(shared)); i++) {
		struct going *g = ELEM(all, i);

		if (!begun(shared, i, g))
			continue;
		if (g->due_ns <= rt_now_ns())
			g->due_ns = go_on(shared, i, g);
		ended = ended || g->number == 0;
		next = min_u64(next, g->due_ns);
	}
	if (next != U64_MAX && sys_timer_set(timer, next, 0) != STATUS_OK)
		rt_exit(1);
	return ended;
}

bool resets_init(void)
{
	return sys_timer_create(rt_group(), service_signal(), 1ull << RESETS_TIMER_BIT, &timer) == STATUS_OK;
}
