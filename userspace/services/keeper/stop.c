/* SPDX-License-Identifier: Apache-2.0
 *
 * Stopping devices. See stop.h.
 */
#include "userspace/services/keeper/stop.h"
#include "lib/devices/devices.h"
#include "lib/mmio/mmio.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { FAILURES_OF_A_DEVICE = 2 };

/* How a unit's device is stopped, once that was needed: it stays as it is. */
struct stop {
	struct mmio page; /* with a register among its own */
	u64 at;
	u64 bytes;        /* 1 or 4; 0: it has none, or it is not mapped */
	u32 reset;        /* the place of what is said of resets, counted from 1; 0: its function cannot be reset alone */
	bool looked;
};

static struct stop stops[UNITS_MAX];

static enum status map(struct stop *stop, const struct device_resource *where)
{
	handle_t page = handle_none();
	enum status status = sys_cap_derive(rt_handle(span_text("devices")), MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE,
		where->base >> PAGE_SHIFT, 1, &page);

	if (status != STATUS_OK)
		return status;
	status = mmio_map(page, PAGE_BYTES, &stop->page);
	sys_cap_drop(page);
	stop->at = where->base & PAGE_MASK;
	stop->bytes = status == STATUS_OK ? where->count : 0;
	return status;
}

static void look(struct stop *stop, const struct unit *unit, const struct manifest_record *m)
{
	struct device_resource where = {};
	u32 reset = DEVICES_MAX;

	stop->looked = m->device.class[0] == 0 || found_stop(m, &where, &reset);
	if (where.count != 0 && map(stop, &where) != STATUS_OK)
		unit_log(unit, span_text("its device cannot be stopped: its register cannot be mapped"));
	if (reset != DEVICES_MAX)
		stop->reset = reset + 1;
}

static struct stop *stop_of(const struct unit *unit)
{
	struct stop *stop = ELEM(stops, unit_index(unit));
	const struct manifest_record *m = stop->looked ? nullptr : unit_manifest(unit);

	if (m != nullptr)
		look(stop, unit, m);
	return stop;
}

/* WHY its answer is not waited for: the next instance asks it the same, and waits, before it tells it anything. */
static void by_register(const struct stop *stop)
{
	if (stop->bytes == 1)
		mmio_write8(&stop->page, stop->at, 0);
	else if (stop->bytes == 4)
		mmio_write32(&stop->page, stop->at, 0);
}

/* WHY by its name: what it may do is in its manifest, under that name. */
static const struct unit *maker(void) { return unit_named(span_text("devices")); }

static void ask_reset(const struct stop *stop, enum reset_how how)
{
	resets_ask(found_resets(), stop->reset - 1, how);
	/* One that does not run yet looks when it begins. */
	if (maker() != nullptr && !handle_is_none(maker()->signal))
		(void)sys_signal_raise(maker()->signal, 1ull << RESETS_ASKED_BIT);
}

/* WHY at the second failure in a row: the first may be the driver's alone, and a reset of the function takes long. */
void stop_device(const struct unit *unit)
{
	const struct stop *stop = stop_of(unit);

	by_register(stop);
	if (stop->reset != 0 && unit->failures >= FAILURES_OF_A_DEVICE)
		ask_reset(stop, RESET_WHOLE);
	else if (stop->reset != 0 && stop->bytes == 0)
		ask_reset(stop, RESET_STOP);
}

enum found stop_look(const struct unit *unit, struct text *why)
{
	const struct stop *stop = stop_of(unit);
	enum reset_state state = stop->reset != 0 ? resets_state(found_resets(), stop->reset - 1) : RESET_DONE;

	if (state == RESET_NEVER && stop->bytes == 0)
		ask_reset(stop, RESET_WHOLE);
	else if (state == RESET_NEVER || state == RESET_DONE)
		return FOUND_THERE;
	if (state == RESET_FAILED)
		text_add(why, "its device did not come back from its reset");
	else if (maker() == nullptr || unit_out_of_service(maker()))
		text_add(why, "its device is not reset: the service `devices' was given up");
	else
		return FOUND_NOT_YET;
	return FOUND_ABSENT;
}
