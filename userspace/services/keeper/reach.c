/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether devices reach memory. See reach.h.
 */
#include "userspace/services/keeper/reach.h"
#include "userspace/services/keeper/found.h"
#include "lib/mmio/mmio.h"
#include "lib/pci/pci.h"
#include "abi/objects.h"
#include "abi/stubs.h"

/* Configuration space of units' devices, once it was needed. */
static struct mmio config[UNITS_MAX];

static u32 read_config(u32 unit, u32 at) { return mmio_read32(ELEM(config, unit), at); }
static void write_config(u32 unit, u32 at, u32 value) { mmio_write32(ELEM(config, unit), at, value); }

static const struct pci_config by_unit = { .read = read_config, .write = write_config };

static enum status map(struct mmio *out, u64 base)
{
	handle_t pages = handle_none();
	enum status status = sys_cap_derive(rt_handle(span_text("devices")), MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE,
		base >> PAGE_SHIFT, 1, &pages);

	if (status != STATUS_OK)
		return status;
	status = mmio_map(pages, PAGE_BYTES, out);
	sys_cap_drop(pages);
	return status;
}

/* NOT_FOUND: its device is no function of PCI, or reaches no memory. */
static enum status look(const struct unit *unit)
{
	struct mmio *mine = ELEM(config, unit_index(unit));
	const struct manifest_record *m = mmio_is_mapped(mine) ? nullptr : unit_manifest(unit);
	u64 base = 0;

	if (mmio_is_mapped(mine))
		return STATUS_OK;
	return m != nullptr && found_config(m, &base) ? map(mine, base) : STATUS_NOT_FOUND;
}

enum status reach_begin(const struct unit *unit)
{
	enum status status = unit->state == UNIT_RUNNING ? look(unit) : STATUS_DENIED;

	if (status == STATUS_OK)
		pci_let_reach(&by_unit, unit_index(unit), true);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

void reach_end(const struct unit *unit)
{
	if (look(unit) == STATUS_OK)
		pci_let_reach(&by_unit, unit_index(unit), false);
}
