/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding ACPI tables in memory, for loaders and kernels. Addresses in tables are not trusted:
 * only ranges that the memory map calls RAM are looked at, so that no device register is touched
 * by a wrong one. The readers are pure functions over bytes that may say anything: they check
 * lengths and checksums and never read outside their span. SPEC: ACPI 6.5.
 */
#ifndef LIB_ACPI_ACPI_H
#define LIB_ACPI_ACPI_H

#include "boot/boot_info.h"
#include "lib/base/span.h"

enum : u32 { ACPI_HEADER_BYTES = 36, ACPI_TABLE_BYTES_MAX = 4u << 20 };

/* A view of physical memory that acpi_readable said yes to. */
typedef struct span acpi_view(u64 at, u64 bytes);

enum acpi_found : u32 {
	ACPI_ABSENT,   /* not there, or not where memory is */
	ACPI_DAMAGED,  /* there, but its length or its checksum is wrong */
	ACPI_GOOD,
};

/* True if the range lies in regions of RAM, inside the direct map. */
bool acpi_readable(const struct boot_info *info, u64 at, u64 bytes);

/* The table at an address; only a good one is given out. */
[[nodiscard]] enum acpi_found acpi_table_at(const struct boot_info *info, acpi_view *view, u64 at, struct span *out);

/* All tables that the root names. Of info: the root's address, the regions, the size of the direct map. */
struct acpi_walk {
	struct span list;  /* the root table */
	u32 entry_bytes, next, count;
};
[[nodiscard]] enum acpi_found acpi_walk_start(const struct boot_info *info, acpi_view *view, struct acpi_walk *walk);
[[nodiscard]] bool acpi_walk_next(struct acpi_walk *walk, u64 *at);

/* The first table with the signature of four characters. Damaged: it is, or what leads to it. */
[[nodiscard]] enum acpi_found acpi_find(const struct boot_info *info, acpi_view *view, struct span signature, struct span *out);

/* ---- the parts, for tests ---- */

struct acpi_root { u64 address; u32 entry_bytes; };

/* The root pointer: up to 36 bytes. */
[[nodiscard]] bool acpi_read_root(struct span bytes, struct acpi_root *out);

/* True if the span is exactly one table: its length field and checksum are right. */
[[nodiscard]] bool acpi_table_valid(struct span table);
bool acpi_table_is(struct span table, struct span signature);

/* Entries of the root table: count, and the address of one. */
u32 acpi_root_entries(struct span table, u32 entry_bytes);
u64 acpi_root_entry(struct span table, u32 entry_bytes, u32 index);

#endif
