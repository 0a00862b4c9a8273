/* SPDX-License-Identifier: Apache-2.0
 *
 * The bundle's table, right and spoilt; and taking memory out of a map.
 */
#include "boot/common/bundle.h"
#include "boot/common/memory_map.h"
#include "boot/common/tests/tests.h"

enum : u64 { BUNDLE_BYTES = 4 * PAGE_BYTES };

static u8 bytes[BUNDLE_BYTES];
static struct memory_map map;

static struct mspan bundle(void) { return MSPAN_OF_ARRAY(bytes); }

static void put_part(u32 index, struct span name, u64 offset, u64 length)
{
	struct mspan entry = mspan_part(bundle(), BUNDLE_HEAD_BYTES + index * BUNDLE_ENTRY_BYTES, BUNDLE_ENTRY_BYTES);

	span_copy(entry, name);
	mspan_put_le64(entry, BUNDLE_NAME_BYTES, offset);
	mspan_put_le64(entry, BUNDLE_NAME_BYTES + 8, length);
}

static struct span right_bundle(void)
{
	mspan_fill(bundle(), 0);
	mspan_put_le64(bundle(), 0, BUNDLE_MAGIC);
	mspan_put_le32(bundle(), 8, BUNDLE_VERSION);
	mspan_put_le32(bundle(), 12, 2);
	put_part(0, span_text("kernel.elf"), PAGE_BYTES, PAGE_BYTES + 1);
	put_part(1, span_text("system.img"), 3 * PAGE_BYTES, PAGE_BYTES);
	return span_of(bundle());
}

static bool taken_with(usize at, u64 value, usize width)
{
	(void)right_bundle();
	mspan_put_le(bundle(), at, value, width);
	return bundle_check(span_of(bundle()));
}

void bundle_tests(struct report *report)
{
	struct bundle_part part;
	usize first = BUNDLE_HEAD_BYTES + BUNDLE_NAME_BYTES, second = first + BUNDLE_ENTRY_BYTES;

	report_case(report, span_text("a right bundle is taken"), bundle_check(right_bundle()));
	report_case(report, span_text("its parts are found by name"), bundle_find(right_bundle(), span_text("system.img"), &part) &&
		    part.offset == 3 * PAGE_BYTES && part.bytes == PAGE_BYTES);
	report_case(report, span_text("a part that is not there is not found"),
		    !bundle_find(right_bundle(), span_text("system"), &part));
	report_case(report, span_text("a bundle with another magic number is refused"), !taken_with(0, BUNDLE_MAGIC + 1, 8));
	report_case(report, span_text("another version is refused"), !taken_with(8, BUNDLE_VERSION + 1, 4));
	report_case(report, span_text("too many parts are refused"), !taken_with(12, BUNDLE_PARTS_MAX + 1, 4));
	report_case(report, span_text("a part in the table is refused"), !taken_with(first, 0, 8));
	report_case(report, span_text("a part off a page boundary is refused"), !taken_with(first, PAGE_BYTES + 8, 8));
	report_case(report, span_text("parts that overlap are refused"), !taken_with(second, 2 * PAGE_BYTES, 8));
	report_case(report, span_text("a part that is too long is refused"), !taken_with(second + 8, PAGE_BYTES + 1, 8));
	report_case(report, span_text("a length that wraps is refused"), !taken_with(second + 8, U64_MAX, 8));
	report_case(report, span_text("less than a page is refused"), !bundle_check(span_first(right_bundle(), PAGE_BYTES - 1)));
}

void take_tests(struct report *report)
{
	u64 mib = 1ull << 20;

	map = (struct memory_map){};
	memory_map_set(&map, 0x1000, 0x3000, BOOT_MEMORY_USABLE);
	memory_map_set(&map, mib + PAGE_BYTES, 4 * mib, BOOT_MEMORY_USABLE);
	report_case(report, span_text("memory is taken as low as it fits"),
		    memory_map_take(&map, 0x2000, PAGE_BYTES, BOOT_MEMORY_LOADER) == 0x1000 &&
			    memory_map_take(&map, 0x2000, PAGE_BYTES, BOOT_MEMORY_LOADER) == mib + PAGE_BYTES);
	report_case(report, span_text("what was taken is of its kind"), map.range[0].kind == BOOT_MEMORY_LOADER);
	report_case(report, span_text("an alignment is kept"), memory_map_take(&map, mib, 2 * mib, BOOT_MEMORY_KERNEL) == 2 * mib);
	report_case(report, span_text("what is not there is not taken"),
		    memory_map_take(&map, 4 * mib, PAGE_BYTES, BOOT_MEMORY_LOADER) == 0);
}
