/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any bytes as tables of firmware, as a device tree and as the shared table.
 */
#include "lib/base/fuzz/fuzz.h"
#include "lib/devices/described.h"
#include "lib/devices/dmar.h"
#include "lib/devices/iort.h"
#include "lib/devices/tables.h"
#include "lib/devices/trees.h"

static struct device_table table;
static struct device device;
static struct pci_host host;
static u8 shared[DEVICES_TABLE_BYTES];

static void check(void)
{
	INVARIANT(table.count <= DEVICES_MAX, "DEVICES-COUNT");
	for (u32 i = 0; i < table.count; i++)
		INVARIANT(ELEM(table.device, i)->resource_count <= DEVICE_RESOURCES_MAX &&
				  ELEM(table.device, i)->name_count <= DEVICE_NAMES_MAX, "DEVICES-PARTS");
	devices_mark_shared(&table);
	devices_number(&table);
	table = (struct device_table){};
}

static void as_tree(struct span input)
{
	struct fdt fdt;

	if (!fdt_open(input, &fdt))
		return;
	devices_add_tree(&table, &fdt);
	for (u32 i = 0; i < 4 && tree_pci_host(&fdt, i, &host); i++)
		INVARIANT(host.bus_count <= 256 && host.pin_count <= PCI_PINS_MAX && host.behind.count <= 0x10000 - host.behind.first,
			"DEVICES-HOST");
	check();
}

void fuzz_one(struct span input)
{
	struct acpi_ecam ecam;
	struct dmar_unit unit;
	struct iort_unit smmu;
	TEXT_BUFFER(text, 1024);

	devices_add_aml(&table, input, input);
	devices_add_madt(&table, input);
	devices_add_hpet(&table, input);
	check();
	for (u32 i = 0; i < 4 && acpi_ecam(input, i, &ecam); i++)
		INVARIANT(ecam.last_bus <= 255, "DEVICES-ECAM");
	host = (struct pci_host){};
	if (acpi_describe_host(input, &(struct acpi_ecam){}, &host))
		INVARIANT(host.pin_count <= PCI_PINS_MAX, "DEVICES-ROUTES");
	(void)acpi_dsdt(input);
	if (dmar_unit(input, &unit))
		INVARIANT(unit.base % 4096 == 0 && unit.bytes != 0 && unit.bytes <= 16 * 4096, "DEVICES-DMAR");
	(void)dmar_has(input, 0);
	if (iort_unit(input, &smmu)) {
		struct pci_range range = iort_range(input, &smmu);

		INVARIANT(smmu.base % 4096 == 0 && smmu.lines <= IORT_LINES_MAX && range.count <= 0x10000 - range.first, "DEVICES-IORT");
	}
	as_tree(input);
	span_copy(MSPAN_OF_ARRAY(shared), span_first(input, sizeof(shared)));
	mspan_put_u32(MSPAN_OF_ARRAY(shared), 0, DEVICES_MAGIC);
	mspan_put_u32(MSPAN_OF_ARRAY(shared), 4, DEVICES_VERSION);
	for (u32 i = 0; i < devices_count(SPAN_OF_ARRAY(shared)); i++)
		if (devices_read(SPAN_OF_ARRAY(shared), i, &device))
			device_add_details(&text, &device);
}
