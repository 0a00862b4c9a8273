/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tables of riscv64 as a loader makes them, walked as the processor does.
 * SPEC: RISC-V Privileged Architecture 20211203, 4.3.2 "Virtual Address Translation Process", 4.4 "Sv39", 4.5 "Sv48"
 */
#include "boot/common/arch/riscv64/format.h"
#include "boot/common/tables.h"
#include "lib/elf/tests/report.h"

enum : u64 {
	POOL_PAGES = 64, POOL_PHYS = 0x87000000, GIB = 1ull << 30, MIB = 1ull << 20, ABSENT = U64_MAX,
	DIRECT = 0xffff800000000000ull, DIRECT3 = 0xffffffc000000000ull, KERNEL = 0xffffffff80000000ull,
	LEAF = TABLE_READ_BIT | TABLE_WRITE_BIT | TABLE_EXECUTE_BIT,
};

static u8 pool_bytes[POOL_PAGES * PAGE_BYTES];
static struct memory_map map;
static struct boot_info info;

/* The physical address that `virt' leads to, and the leaf entry's bits. */
static u64 walk(u64 virt, u32 levels, u64 *bits)
{
	u64 table = POOL_PHYS;

	for (u32 level = levels; level > 0; level--) {
		u64 span = PAGE_BYTES << 9 * (level - 1);
		u64 entry = span_u64(SPAN_OF_ARRAY(pool_bytes), table - POOL_PHYS + virt / span % 512 * 8);

		if ((entry & TABLE_VALID) == 0)
			return ABSENT;
		table = (entry >> 10 & 0xfffffffffff) << PAGE_SHIFT;
		*bits = entry & 0x3ff;
		if ((entry & LEAF) != 0)
			return table % span == 0 ? table + virt % span : ABSENT;
	}
	return ABSENT;
}

static bool leads(u64 virt, u32 levels, u64 phys, u64 access)
{
	u64 bits = 0;

	return walk(virt, levels, &bits) == phys && (bits & LEAF) == access && (bits & TABLE_USER) == 0 &&
	       (bits & (TABLE_ACCESSED | TABLE_DIRTY)) == (TABLE_ACCESSED | TABLE_DIRTY);
}

static void what_is_asked_for_is_mapped(struct report *report, u32 levels)
{
	struct tables tables = tables_start(MSPAN_OF_ARRAY(pool_bytes), POOL_PHYS, true, levels);
	u64 half = levels == 3 ? 1ull << 38 : 1ull << 47;
	u64 bits;

	report_case(report, span_text("kernel and identity are mapped"),
		    tables_map(&tables, KERNEL, 0x80a00000, 3 * MIB, TABLE_EXECUTE) &&
			    tables_map(&tables, 0x80200000, 0x80200000, 0x3000, TABLE_EXECUTE));
	report_case(report, span_text("code is readable and executable"),
		    leads(KERNEL + 0x201234, levels, 0x80c01234, TABLE_READ_BIT | TABLE_EXECUTE_BIT) &&
			    leads(0x80202000, levels, 0x80202000, TABLE_READ_BIT | TABLE_EXECUTE_BIT) &&
			    walk(0x80203000, levels, &bits) == ABSENT);
	report_case(report, span_text("what is mapped is not mapped again"),
		    !tables_map(&tables, KERNEL + MIB, 0, PAGE_BYTES, TABLE_READ));
	report_case(report, span_text("ranges that cannot be are refused"),
		    !tables_map(&tables, 0x1001, 0, PAGE_BYTES, TABLE_READ) &&
			    !tables_map(&tables, half, 0, PAGE_BYTES, TABLE_READ) &&
			    !tables_map(&tables, 0 - half - PAGE_BYTES, 0, PAGE_BYTES, TABLE_READ) &&
			    !tables_map(&tables, half - PAGE_BYTES, 0, 2 * PAGE_BYTES, TABLE_READ) &&
			    !tables_map(&tables, 0x1000, 1ull << 56, PAGE_BYTES, TABLE_READ));
}

static void the_direct_map_has_all(struct report *report, u32 levels, u64 direct)
{
	struct tables tables = tables_start(MSPAN_OF_ARRAY(pool_bytes), POOL_PHYS, true, levels);

	map = (struct memory_map){};
	memory_map_set(&map, 2 * GIB, 256 * MIB, BOOT_MEMORY_USABLE);
	info = (struct boot_info){ .direct_base = direct, .direct_bytes = 4 * GIB };
	report_case(report, span_text("the direct map fits its pool"), tables_map_direct(&tables, &info, &map) &&
		    tables.used <= tables_pages_needed(info.direct_bytes, 0, 0, true));
	report_case(report, span_text("memory and devices are writable and not executable"),
		    leads(direct + 2 * GIB + 0x123456, levels, 2 * GIB + 0x123456, TABLE_READ_BIT | TABLE_WRITE_BIT) &&
			    leads(direct + 0x10000000, levels, 0x10000000, TABLE_READ_BIT | TABLE_WRITE_BIT));
}

int main(void)
{
	struct report report = {};

	what_is_asked_for_is_mapped(&report, 4);
	what_is_asked_for_is_mapped(&report, 3);
	the_direct_map_has_all(&report, 4, DIRECT);
	the_direct_map_has_all(&report, 3, DIRECT3);
	return report_end(&report);
}
