/* SPDX-License-Identifier: Apache-2.0
 *
 * The common description of devices: what each is, and its registers, ports and interrupt lines, wherever
 * that was found out (ACPI, device tree, PCI). The service `devices' makes it, in a table that it shares
 * with the keeper; the keeper gives drivers what it says, and reads it as hostile input.
 *
 * A device has a class that is the same everywhere ("serial") and a number in its class; and names that say
 * how it is driven, each as its origin has them ("ns16550a", "PNP0501", "pciclass,070002").
 */
#ifndef LIB_DEVICES_DEVICES_H
#define LIB_DEVICES_DEVICES_H

#include "lib/base/addr.h"
#include "lib/base/span.h"
#include "lib/base/text.h"

enum : u32 {
	DEVICES_MAGIC = 0x56454446u /* "FDEV" in memory order */, DEVICES_VERSION = 1,
	DEVICES_MAX = 72,
	DEVICE_LINES_MAX = 256, /* as many as the kernel takes of a machine's */
	DEVICE_CLASS_BYTES = 16, DEVICE_NAME_BYTES = 32, DEVICE_PLACE_BYTES = 40,
	DEVICE_NAMES_MAX = 6, DEVICE_RESOURCES_MAX = 10,
	DEVICE_NUMBER_NONE = U32_MAX,
};

enum device_resource_kind : u32 {
	DEVICE_MEMORY,  /* registers: physical address and bytes */
	DEVICE_PORTS,   /* first port and how many */
	DEVICE_LINE,    /* interrupt line; one */
	DEVICE_CONFIG,  /* configuration space of a PCI function: physical address and bytes */
	DEVICE_MESSAGES, /* interrupts by message (MSI-X): base 1, and how many */
	DEVICE_REQUESTER, /* the number by which an IOMMU knows what it asks of memory; one */
	DEVICE_BEHIND,    /* the number of the bridge by which an IOMMU may know it, as it may all behind that; one */
	DEVICE_ACTIVE,    /* it may reach memory by itself; 1 */
	DEVICE_STOP,      /* the register, among its own, in which zero ends all that it does: physical address, and 1 or 4 bytes */
	DEVICE_RESET,     /* its function of PCI can be reset alone: its place in the table (resets.h); one */
	DEVICE_RESOURCE_KINDS,
};

struct device_resource {
	u32 kind;       /* enum device_resource_kind */
	u32 shared;     /* its pages hold registers of another device, or it is that one's line too: nobody gets it */
	u64 base, count;
};
static_assert(sizeof(struct device_resource) == 24, "layout of a resource");

struct device_name { char text[DEVICE_NAME_BYTES]; };

struct device {
	char class[DEVICE_CLASS_BYTES];
	u32 number;
	u32 name_count, resource_count;
	u32 reserved;
	char place[DEVICE_PLACE_BYTES];  /* where it was found, for people */
	struct device_name name[DEVICE_NAMES_MAX];
	struct device_resource resource[DEVICE_RESOURCES_MAX];
};
static_assert(sizeof(struct device) == 504, "layout of a device");

struct device_table {
	u32 magic;      /* written last: the table is complete */
	u32 version;
	u32 count;
	u32 left_out;   /* devices, names and resources that had no room, and lines that the kernel does not take */
	struct device device[DEVICES_MAX];
};

/* What the two share: whole pages. */
enum : u64 { DEVICES_TABLE_BYTES = 9 * PAGE_BYTES };
static_assert(sizeof(struct device_table) <= DEVICES_TABLE_BYTES, "the table fits its pages");

/* ---- making it ---- */

/* A new device, without a number; a spare one that counts as left out if the table is full. */
struct device *devices_add(struct device_table *table);
void devices_drop_last(struct device_table *table);
void device_add_name(struct device_table *table, struct device *device, struct span name);
void device_add_resource(struct device_table *table, struct device *device, enum device_resource_kind kind, u64 base, u64 count);

/* What the device asks of memory goes past the IOMMU. */
void device_drop_requester(struct device *device);

/* Whether it may reach memory by itself. */
[[nodiscard]] bool device_is_active(const struct device *device);

/* Gives the device a class by its names, if it has none. */
void device_classify(struct device *device);

/* Gives numbers to those that have none, or that of an earlier one of their class: the lowest free, in order. */
void devices_number(struct device_table *table);

/* Marks registers whose pages, and lines that are not one device's alone. */
void devices_mark_shared(struct device_table *table);

/* ---- reading it, as hostile input ---- */

/* How many devices a shared table has; 0 if it is not complete, or no table. */
u32 devices_count(struct span shared);
bool devices_complete(struct span shared);

/* Copies one out; false unless texts end, counts are within bounds and ranges do not wrap. */
[[nodiscard]] bool devices_read(struct span shared, u32 index, struct device *out);
[[nodiscard]] bool devices_find(struct span shared, struct span class, u32 number, struct device *out);

/* The number by which an IOMMU knows the device; false if none does. */
[[nodiscard]] bool device_requester(const struct device *device, u32 *out);

/* What it asks of memory goes by an IOMMU, which knows it by this number, or by this bridge's. */
[[nodiscard]] bool device_translated(const struct device *device, u32 *out);

/* Where zero ends all that it does; false: it has no such register. */
[[nodiscard]] bool device_stop(const struct device *device, struct device_resource *out);

/* It can be reset, and what is said of that has this place (resets.h); false: it cannot. */
[[nodiscard]] bool device_reset(const struct device *device, u32 *place);

/* True if the device has the name. */
bool device_is(const struct device *device, struct span name);

/* True if it is the kernel's own, and nobody else's. */
bool device_is_kernels(const struct device *device);

#define device_text(field) span_until_zero(SPAN_OF_ARRAY(field))

/* ---- for people: print.c ---- */

void device_add_line(struct text *t, const struct device *device);    /* one line */
void device_add_details(struct text *t, const struct device *device); /* all about it */
/* "serial0" */
void device_add_title(struct text *t, const struct device *device);

#endif
