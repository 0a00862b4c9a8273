/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any bytes as memory with ACPI tables in it, and as a table of nodes. The views that
 * are asked for lie in memory.
 */
#include "lib/acpi/acpi.h"
#include "lib/acpi/affinity.h"
#include "lib/acpi/nodes.h"
#include "lib/acpi/tests/builder.h"
#include "lib/base/fuzz/fuzz.h"

enum : u64 { MEMORY_BYTES = 2 * PAGE_BYTES, ROOT_AT = 0x40, LIST_AT = 0x100, TABLE_AT = 0x200 };

static u8 memory[MEMORY_BYTES];
static struct boot_info info;

static struct mspan at_address(u64 at, u64 bytes) { return mspan_part(MSPAN_OF_ARRAY(memory), at, bytes); }
static struct span view(u64 at, u64 bytes) { return span_of(at_address(at, bytes)); }

/* Puts a table's length and checksum right where its length can be, since otherwise nearly every
 * input would end there. */
static void mend(u64 at, struct span signature)
{
	struct mspan head = at_address(at, ACPI_HEADER_BYTES);
	u64 bytes = ACPI_HEADER_BYTES + mspan_u8(head, 4) % (MEMORY_BYTES - at - ACPI_HEADER_BYTES);

	span_copy(head, signature);
	mspan_put_le32(head, 4, (u32)bytes);
	builder_checksum(at_address(at, bytes), 9);
}

static void mend_root(void)
{
	struct mspan root = at_address(ROOT_AT, 36);

	span_copy(root, span_text("RSD PTR "));
	mspan_put_le32(root, 16, LIST_AT);
	mspan_put_le32(root, 20, 36);
	mspan_put_le64(root, 24, LIST_AT);
	builder_checksum(mspan_first(root, 20), 8);
	builder_checksum(root, 32);
}

static void read_all(void)
{
	struct acpi_walk walk;
	struct span table;
	u64 at, steps = 0;

	if (acpi_walk_start(&info, view, &walk) == ACPI_GOOD)
		while (acpi_walk_next(&walk, &at))
			if (acpi_table_at(&info, view, at, &table) == ACPI_GOOD)
				INVARIANT(acpi_table_valid(table), "ACPI-TABLE");
	if (acpi_find(&info, view, span_text("SRAT"), &table) != ACPI_GOOD)
		return;
	at = 0;
	for (struct acpi_affinity a = acpi_affinity_next(table, &at); a.kind != ACPI_AFFINITY_END;
	     a = acpi_affinity_next(table, &at)) {
		INVARIANT(a.kind != ACPI_AFFINITY_MEMORY || a.base < a.end, "ACPI-RANGE");
		steps++;
	}
	INVARIANT(steps <= span_len(table) / 2, "ACPI-STEPS");
	INVARIANT(acpi_cpu_node(table, &info, memory[1]) < BOOT_NODES_MAX, "ACPI-NODE");
}

void fuzz_one(struct span input)
{
	mspan_fill(MSPAN_OF_ARRAY(memory), 0);
	span_copy(MSPAN_OF_ARRAY(memory), span_first(input, MEMORY_BYTES));
	info = (struct boot_info){ .rsdp = ROOT_AT, .direct_bytes = MEMORY_BYTES, .region_count = 2 };
	info.region[0] = (struct boot_region){ .base = 0, .bytes = PAGE_BYTES, .kind = BOOT_MEMORY_ACPI };
	info.region[1] = (struct boot_region){ .base = PAGE_BYTES, .bytes = PAGE_BYTES, .kind = memory[0] % BOOT_MEMORY_KINDS,
		.node = BOOT_NODES_MAX - 1 };
	read_all();
	mend(TABLE_AT, span_text("SRAT"));
	mspan_put_le64(at_address(LIST_AT, 64), ACPI_HEADER_BYTES, TABLE_AT);
	mend(LIST_AT, span_text("XSDT"));
	mend_root();
	read_all();
}
