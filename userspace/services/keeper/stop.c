/* SPDX-License-Identifier: Apache-2.0
 *
 * Stopping devices. See stop.h.
 */
#include "userspace/services/keeper/stop.h"
#include "userspace/services/keeper/found.h"
#include "lib/devices/devices.h"
#include "lib/mmio/mmio.h"
#include "abi/objects.h"
#include "abi/stubs.h"

/* A register of a unit's device, mapped once it was needed: it stays where it is. */
struct stop {
	struct mmio page;
	u64 at;
	u64 bytes; /* 1 or 4; 0: not mapped */
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

static bool look(struct stop *stop, const struct unit *unit)
{
	const struct manifest_record *m = stop->bytes == 0 ? unit_manifest(unit) : nullptr;
	struct device_resource where;

	if (stop->bytes != 0)
		return true;
	if (m == nullptr || !found_stop(m, &where))
		return false;
	enum status status = map(stop, &where);

	if (status != STATUS_OK)
		unit_log(unit, span_text("its device cannot be stopped: its register cannot be mapped"));
	return status == STATUS_OK;
}

/* WHY its answer is not waited for: the next instance asks it the same, and waits, before it tells it anything. */
void stop_device(const struct unit *unit)
{
	struct stop *stop = ELEM(stops, unit_index(unit));

	if (!look(stop, unit))
		return;
	if (stop->bytes == 1)
		mmio_write8(&stop->page, stop->at, 0);
	else
		mmio_write32(&stop->page, stop->at, 0);
}
