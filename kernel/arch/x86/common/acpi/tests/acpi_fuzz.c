/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any bytes as each kind of ACPI table. The length and the checksum are put
 * right, since otherwise nearly every input would end there.
 */
#include "kernel/arch/x86/common/acpi/tables.h"
#include "lib/base/fuzz/fuzz.h"

enum : usize { TABLE_MAX = 4096 };

static u8 buffer[TABLE_MAX];

static void set_checksum(struct mspan table)
{
	u32 sum = 0;

	mspan_put_u8(table, 9, 0);
	for (usize i = 0; i < mspan_len(table); i++)
		sum += mspan_u8(table, i);
	mspan_put_u8(table, 9, (u8)(0 - sum));
}

void fuzz_one(struct span input)
{
	struct acpi_facts facts = {};
	struct acpi_root root;
	struct mspan table = mspan_first(MSPAN_OF_ARRAY(buffer), span_len(input));

	(void)acpi_read_root(input, &root);
	span_copy(table, span_first(input, TABLE_MAX));
	if (mspan_len(table) < ACPI_HEADER_BYTES)
		return;
	mspan_put_le32(table, 4, (u32)mspan_len(table));
	set_checksum(table);
	struct span ready = span_of(table);

	INVARIANT(acpi_table_valid(ready), "ACPI-CHECKSUM");
	for (u32 i = 0; i < acpi_root_entries(ready, 8); i++)
		(void)acpi_root_entry(ready, 8, i);
	for (u32 i = 0; i < acpi_root_entries(ready, 4); i++)
		(void)acpi_root_entry(ready, 4, i);
	acpi_read_madt(ready, &facts);
	acpi_read_fadt(ready, &facts);
	acpi_read_hpet(ready, &facts);
	acpi_read_sleep(ready, &facts);
	INVARIANT(facts.cpu_count <= ACPI_CPUS_MAX && facts.ioapic_count <= ACPI_IOAPICS_MAX &&
		  facts.override_count <= ACPI_OVERRIDES_MAX, "ACPI-COUNTS");
	INVARIANT(facts.pm_timer <= 0xffff && facts.pm1a_control <= 0xffff && facts.pm1b_control <= 0xffff, "ACPI-PORTS");
}
