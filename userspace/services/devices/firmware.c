/* SPDX-License-Identifier: Apache-2.0
 *
 * Firmware's tables: mapped one by one, read as hostile input. The kernel lets only pages be mapped that the
 * memory map calls firmware's, so that a wrong address in a table is refused and nothing worse.
 */
#include "userspace/services/devices/parts.h"
#include "abi/stubs.h"
#include "lib/acpi/acpi.h"
#include "lib/devices/described.h"
#include "lib/devices/dmar.h"
#include "lib/devices/iort.h"
#include "lib/devices/tables.h"
#include "lib/devices/trees.h"
#include "lib/rt/memory.h"
#include "lib/rt/rt.h"

enum : u32 { ROOT_BYTES = 36, TABLES_MAX = 64, HOSTS_MAX = 4, FUNCTIONS = 0x10000 };

static struct machine_stat machine; /* too large for a stack */
static struct pci_host host;
static struct pci_range behind; /* functions of PCI's first segment that an IOMMU knows */

/* A view of physical memory, to be released; empty if it is not firmware's. */
struct view { pages_t pages; u64 offset, bytes; };

static bool view_open(u64 at, u64 bytes, struct view *view)
{
	u64 end;

	if (at == 0 || ckd_add(&end, at, bytes) || end > 1ull << 44)
		return false;
	*view = (struct view){ .offset = at & PAGE_MASK, .bytes = bytes };
	return rt_pages_map(rt_handle(span_text("firmware")), page_floor(at), page_ceil(end) - page_floor(at), MAP_READ,
		&view->pages) == STATUS_OK;
}

static struct span view_span(const struct view *view)
{
	return span_part(rt_pages_span(view->pages), view->offset, view->bytes);
}

/* It may be closed again: no view is left. */
static void view_close(struct view *view)
{
	rt_pages_release(view->pages);
	*view = (struct view){};
}

/* ---- ACPI ---- */

/* A whole table whose length and checksum are right. */
static bool open_table(u64 at, struct view *view)
{
	if (!view_open(at, ACPI_HEADER_BYTES, view))
		return false;
	u64 bytes = span_le32(view_span(view), 4);

	view_close(view);
	if (bytes < ACPI_HEADER_BYTES || bytes > ACPI_TABLE_BYTES_MAX || !view_open(at, bytes, view))
		return false;
	if (acpi_table_valid(view_span(view)))
		return true;
	view_close(view);
	return false;
}

static bool open_root(u64 rsdp, struct acpi_root *root, struct view *list)
{
	struct view view;

	if (!view_open(rsdp, ROOT_BYTES, &view))
		return false;
	bool good = acpi_read_root(view_span(&view), root);

	rt_pages_release(view.pages);
	return good && open_table(root->address, list);
}

/* Table `index' with the signature; none leaves no view. The FADT names the DSDT, which is in no list. */
static bool find_table(u64 rsdp, struct span signature, u32 index, struct view *out)
{
	struct acpi_root root;
	struct view list;
	bool found = false;

	if (!open_root(rsdp, &root, &list))
		return false;
	u32 count = (u32)min_u64(acpi_root_entries(view_span(&list), root.entry_bytes), TABLES_MAX);

	for (u32 i = 0; i < count; i++) {
		if (!open_table(acpi_root_entry(view_span(&list), root.entry_bytes, i), out))
			continue;
		found = acpi_table_is(view_span(out), signature) && index-- == 0;
		if (found)
			break;
		view_close(out);
	}
	rt_pages_release(list.pages);
	return found;
}

static bool find_dsdt(u64 rsdp, struct view *out)
{
	struct view fadt;

	if (!find_table(rsdp, span_text("FACP"), 0, &fadt))
		return false;
	u64 at = acpi_dsdt(view_span(&fadt));

	rt_pages_release(fadt.pages);
	return open_table(at, out);
}

/* Tables of byte code: the DSDT is number 0, and none is without it. */
static bool find_aml(u64 rsdp, u32 index, struct view *out)
{
	return index == 0 ? find_dsdt(rsdp, out) : find_table(rsdp, span_text("SSDT"), index - 1, out);
}

static void add_described(struct device_table *table, u64 rsdp)
{
	struct view madt = {}, aml;
	bool has_madt = find_table(rsdp, span_text("APIC"), 0, &madt);
	struct span lines = has_madt ? view_span(&madt) : span_empty();

	for (u32 i = 0; i < TABLES_MAX && find_aml(rsdp, i, &aml); i++) {
		devices_add_aml(table, view_span(&aml), lines);
		rt_pages_release(aml.pages);
	}
	devices_add_madt(table, lines);
	rt_pages_release(madt.pages);
	if (find_table(rsdp, span_text("HPET"), 0, &aml)) {
		devices_add_hpet(table, view_span(&aml));
		rt_pages_release(aml.pages);
	}
}

static void describe_host(u64 rsdp, const struct acpi_ecam *ecam)
{
	bool described = false;
	struct view aml;

	for (u32 i = 0; i < TABLES_MAX && !described && find_aml(rsdp, i, &aml); i++) {
		described = acpi_describe_host(view_span(&aml), ecam, &host);
		rt_pages_release(aml.pages);
	}
}

static void add_host(struct device_table *table, u64 rsdp, const struct acpi_ecam *ecam)
{
	struct device *device = devices_add(table);
	u32 buses = ecam->last_bus - ecam->first_bus + 1;

	host = (struct pci_host){ .ecam = ecam->base + ecam->first_bus * PCI_BUS_BYTES, .first_bus = ecam->first_bus,
		.bus_count = buses };
	describe_host(rsdp, ecam);
	if (ecam->segment == 0)
		host.behind = behind;
	mspan_set_text(MSPAN_OF_ARRAY(device->place), span_text("acpi"));
	device_add_name(table, device, span_text("acpi,mcfg"));
	device_add_resource(table, device, DEVICE_MEMORY, host.ecam, buses * PCI_BUS_BYTES);
	device_classify(device);
	buses_add_pci(table, &host);
}

static void add_unit(struct device_table *table, struct span dmar)
{
	struct dmar_unit unit;

	if (!dmar_unit(dmar, &unit)) {
		rt_log(span_text("ACPI's table DMAR names no IOMMU at a place that can be; drivers stay trusted"));
		return;
	}
	behind = (struct pci_range){ 0, FUNCTIONS };
	devices_add_dmar(table, &unit);
}

/* WHY: the unit of those, if they have one, is driven by nobody. */
static void leave_out_others(struct device_table *table, struct span dmar)
{
	u32 number = 0;

	for (u32 i = 0; i < table->count; i++)
		if (device_translated(ELEM(table->device, i), &number) && !dmar_has(dmar, number))
			device_drop_requester(ELEM(table->device, i));
}

static void add_hosts(struct device_table *table, u64 rsdp)
{
	struct view mcfg;
	struct acpi_ecam ecam;

	if (!find_table(rsdp, span_text("MCFG"), 0, &mcfg))
		return;
	if (!acpi_ecam(view_span(&mcfg), 0, &ecam))
		rt_log(span_text("ACPI's table MCFG names no host of PCI at a place that can be; there are no devices of PCI"));
	for (u32 i = 0; i < HOSTS_MAX && acpi_ecam(view_span(&mcfg), i, &ecam); i++)
		add_host(table, rsdp, &ecam);
	rt_pages_release(mcfg.pages);
}

/* ---- device tree ---- */

static bool open_tree(u64 at, struct view *view)
{
	if (!view_open(at, FDT_HEADER_BYTES, view))
		return false;
	u64 bytes = fdt_total_bytes(view_span(view));

	rt_pages_release(view->pages);
	return bytes != 0 && view_open(at, bytes, view);
}

static void read_tree(struct device_table *table, u64 at)
{
	struct view view;
	struct fdt fdt;

	if (!open_tree(at, &view))
		return;
	if (fdt_open(view_span(&view), &fdt)) {
		devices_add_tree(table, &fdt);
		for (u32 i = 0; i < HOSTS_MAX && tree_pci_host(&fdt, i, &host); i++)
			buses_add_pci(table, &host);
	}
	rt_pages_release(view.pages);
}

static void add_smmu(struct device_table *table, u64 rsdp)
{
	struct view view;
	struct iort_unit unit;

	if (!find_table(rsdp, span_text("IORT"), 0, &view))
		return;
	if (iort_unit(view_span(&view), &unit)) {
		behind = iort_range(view_span(&view), &unit);
		devices_add_iort(table, &unit);
	}
	rt_pages_release(view.pages);
}

static void add_behind_iommus(struct device_table *table, u64 rsdp)
{
	struct view dmar = {};
	bool there = find_table(rsdp, span_text("DMAR"), 0, &dmar);

	if (there)
		add_unit(table, view_span(&dmar));
	else
		add_smmu(table, rsdp);
	add_hosts(table, rsdp);
	if (there)
		leave_out_others(table, view_span(&dmar));
	rt_pages_release(dmar.pages);
}

void firmware_find(struct device_table *table)
{
	if (sys_machine_stat(rt_handle(span_text("machine")), &machine) != STATUS_OK)
		return;
	if (machine.rsdp != 0) {
		add_described(table, machine.rsdp);
		add_behind_iommus(table, machine.rsdp);
	}
	if (machine.dtb != 0)
		read_tree(table, machine.dtb);
}
