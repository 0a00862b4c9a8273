/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any bytes as each kind of ACPI table. The length and the checksum are put right, since otherwise
 * nearly every input would end there.
 */
#include "kernel/arch/aarch64/acpi/tables.h"
#include "lib/acpi/tests/builder.h"
#include "lib/base/fuzz/fuzz.h"

enum : usize { TABLE_MAX = 4096 };

static u8 buffer[TABLE_MAX];

void fuzz_one(struct span input)
{
	struct arm_facts facts = {};
	struct mspan table = mspan_first(MSPAN_OF_ARRAY(buffer), span_len(input));

	span_copy(table, span_first(input, TABLE_MAX));
	if (mspan_len(table) < ACPI_HEADER_BYTES)
		return;
	mspan_put_le32(table, 4, (u32)mspan_len(table));
	builder_checksum(table, 9);
	struct span ready = span_of(table);

	INVARIANT(acpi_table_valid(ready), "ACPI-CHECKSUM");
	arm_read_madt(ready, &facts);
	arm_read_gtdt(ready, &facts);
	arm_read_fadt(ready, &facts);
	arm_read_spcr(ready, &facts);
	INVARIANT(facts.cpu_count <= ARM_CPUS_MAX && facts.timer_line < 32, "ACPI-COUNTS");
}
