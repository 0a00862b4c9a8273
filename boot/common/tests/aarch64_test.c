/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tables of aarch64 as a loader makes them, walked as the processor does.
 */
#include "boot/common/arch/aarch64/format.h"
#include "boot/common/tables.h"
#include "lib/elf/tests/report.h"

enum : u64 {
	POOL_PAGES = 64, POOL_PHYS = 0x7000000, GIB = 1ull << 30, MIB = 1ull << 20, ABSENT = U64_MAX,
	DIRECT = 0xffff800000000000ull, KERNEL = 0xffffffff80000000ull,
	NO_EXECUTE = 1ull << 53, USER_NO_EXECUTE = 1ull << 54, ADDRESS = 0x0000fffffffff000ull,
};

static u8 pool_bytes[POOL_PAGES * PAGE_BYTES];
static struct memory_map map;
static struct boot_info info;

/* The leaf entry, with the physical address that `virt' leads to in place of its own. */
static u64 walk(u64 virt)
{
	struct span pool = SPAN_OF_ARRAY(pool_bytes);
	u64 table = POOL_PHYS + (virt >> 63 != 0 ? 0 : PAGE_BYTES);

	for (u32 level = 4; level > 0; level--) {
		u64 span = PAGE_BYTES << 9 * (level - 1);
		u64 entry = span_u64(pool, table - POOL_PHYS + virt / span % 512 * 8);

		if ((entry & TABLE_VALID) == 0)
			return ABSENT;
		if (level == 1 || (entry & TABLE_NOT_BLOCK) == 0)
			return (entry & ~ADDRESS) | ((entry & ADDRESS) + (virt & (span - 1) & ~PAGE_MASK));
		table = entry & ADDRESS;
	}
	return ABSENT;
}

static bool leads(u64 virt, u64 phys) { return walk(virt) != ABSENT && (walk(virt) & ADDRESS) == phys; }
static u64 kind(u64 virt) { return walk(virt) >> TABLE_KIND_SHIFT & 7; }

static struct tables fresh(void) { return tables_start(MSPAN_OF_ARRAY(pool_bytes), POOL_PHYS, true, 4); }

static void both_halves_are_mapped(struct report *report)
{
	struct tables tables = fresh();

	report_case(report, span_text("kernel and identity are mapped"),
		    tables_map(&tables, KERNEL, 0x40200000, 3 * MIB, TABLE_EXECUTE) &&
			    tables_map(&tables, 0x40080000, 0x40080000, 0x3000, TABLE_EXECUTE));
	report_case(report, span_text("each half has a root of its own"),
		    leads(KERNEL + 0x201000, 0x40401000) && leads(0x40082000, 0x40082000) && walk(0x40083000) == ABSENT);
	report_case(report, span_text("text is read-only and the kernel's"),
		    (walk(KERNEL) & (TABLE_AP_READ_ONLY | NO_EXECUTE | USER_NO_EXECUTE)) == (TABLE_AP_READ_ONLY | USER_NO_EXECUTE));
	report_case(report, span_text("what is mapped is not mapped again"),
		    !tables_map(&tables, KERNEL + MIB, 0, PAGE_BYTES, TABLE_READ));
	report_case(report, span_text("ranges that cannot be are refused"),
		    !tables_map(&tables, 0x1001, 0, PAGE_BYTES, TABLE_READ) &&
			    !tables_map(&tables, 0x0000fffffffff000ull, 0, 2 * PAGE_BYTES, TABLE_READ) &&
			    !tables_map(&tables, 0x0001000000000000ull, 0, PAGE_BYTES, TABLE_READ) &&
			    !tables_map(&tables, 0x1000, 1ull << 48, PAGE_BYTES, TABLE_READ));
}

static void memory_is_cached_and_devices_are_not(struct report *report)
{
	struct tables tables = fresh();

	map = (struct memory_map){};
	memory_map_set(&map, GIB, 256 * MIB, BOOT_MEMORY_USABLE);
	memory_map_set(&map, GIB + 3 * MIB, 0x5000, BOOT_MEMORY_RESERVED);
	memory_map_set(&map, 5 * GIB, GIB, BOOT_MEMORY_USABLE);
	info = (struct boot_info){ .direct_base = DIRECT, .direct_bytes = 6 * GIB };
	report_case(report, span_text("the direct map fits its pool"), tables_map_direct(&tables, &info, &map) &&
		    tables.used <= tables_pages_needed(info.direct_bytes, 0, 0, true));
	report_case(report, span_text("memory is cached and not executable"),
		    leads(DIRECT + GIB, GIB) && kind(DIRECT + GIB) == MEMORY_NORMAL && (walk(DIRECT + GIB) & NO_EXECUTE) != 0 &&
			    kind(DIRECT + 5 * GIB) == MEMORY_NORMAL);
	report_case(report, span_text("below 4 GiB the rest is device memory"),
		    leads(DIRECT + 0x9000000, 0x9000000) && kind(DIRECT + 0x9000000) == MEMORY_DEVICE &&
			    kind(DIRECT + GIB + 256 * MIB) == MEMORY_DEVICE);
	report_case(report, span_text("above, what is no memory is not mapped"), walk(DIRECT + 4 * GIB) == ABSENT);
}

int main(void)
{
	struct report report = {};

	both_halves_are_mapped(&report);
	memory_is_cached_and_devices_are_not(&report);
	return report_end(&report);
}
