/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any bytes as each kind of ACPI table. The length and the checksum are put
 * right, since otherwise nearly every input would end there.
 */
#include "kernel/arch/x86/common/acpi/tables.h"
#include "lib/acpi/tests/builder.h"
#include "lib/base/fuzz/fuzz.h"

enum : usize { TABLE_MAX = 4096 };

static u8 buffer[TABLE_MAX];
void fuzz_one(struct span input)
{
	struct acpi_facts facts = {};
	struct mspan table = mspan_first(MSPAN_OF_ARRAY(buffer), span_len(input));

	span_copy(table, span_first(input, TABLE_MAX));
	if (mspan_len(table) < ACPI_HEADER_BYTES)
		return;
	mspan_put_le32(table, 4, (u32)mspan_len(table));
	builder_checksum(table, 9);
	struct span ready = span_of(table);

	INVARIANT(acpi_table_valid(ready), "ACPI-CHECKSUM");
	acpi_read_madt(ready, &facts);
	acpi_read_fadt(ready, &facts);
	acpi_read_hpet(ready, &facts);
	acpi_read_sleep(ready, &facts);
	INVARIANT(facts.cpu_count <= ACPI_CPUS_MAX && facts.ioapic_count <= ACPI_IOAPICS_MAX &&
		  facts.override_count <= ACPI_OVERRIDES_MAX, "ACPI-COUNTS");
	INVARIANT(facts.pm_timer <= 0xffff && facts.pm1a_control <= 0xffff && facts.pm1b_control <= 0xffff, "ACPI-PORTS");
}
