/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory map on the host: compared page by page with a plain array of kinds, under random
 * painting; and firmware maps that lie.
 */
#include "boot/common/efi_map.h"
#include "boot/common/tests/tests.h"

enum : u32 { MODEL_PAGES = 96, ROUNDS = 3000, PAINTS = 40, ABSENT = 0xff };
enum : u64 { STRIDE = 48, DESCRIPTORS_MAX = 3000 };
enum : u64 { WRITE_BACK = 8 };

static struct memory_map map;
static struct boot_info info;
static u8 model[MODEL_PAGES];
static u8 descriptor_bytes[STRIDE * DESCRIPTORS_MAX];

static u8 kind_at(u64 address)
{
	for (u32 i = 0; i < info.region_count; i++) {
		if (address - info.region[i].base < info.region[i].bytes)
			return (u8)info.region[i].kind;
	}
	return ABSENT;
}

static bool ordered(void)
{
	u64 end = 0;
	for (u32 i = 0; i < info.region_count; i++) {
		const struct boot_region *region = ELEM(info.region, i);
		if (region->bytes == 0 || !page_aligned(region->base | region->bytes) || region->base < end)
			return false;
		end = region->base + region->bytes;
	}
	return true;
}

static void model_paint(u64 base, u64 bytes, u32 kind)
{
	for (u64 page = 0; page < MODEL_PAGES; page++) {
		u64 start = page * PAGE_BYTES;
		bool inside = base <= start && start + PAGE_BYTES <= base + bytes;
		bool touched = base < start + PAGE_BYTES && start < base + bytes;
		if (kind == BOOT_MEMORY_USABLE ? inside : touched)
			model[page] = (u8)kind;
	}
}

static bool paint_round(u64 *random)
{
	map = (struct memory_map){};
	for (u32 i = 0; i < MODEL_PAGES; i++)
		model[i] = ABSENT;
	for (u64 paints = next_random(random) % PAINTS; paints > 0; paints--) {
		u64 base = next_random(random) % (MODEL_PAGES * PAGE_BYTES);
		u64 bytes = next_random(random) % (MODEL_PAGES * PAGE_BYTES - base) + 1;
		if (next_random(random) % 2 == 0) {
			base = page_floor(base);
			bytes = page_ceil(bytes / 8);
		}
		enum boot_memory kind = (enum boot_memory)(next_random(random) % BOOT_MEMORY_KINDS);
		memory_map_set(&map, base, bytes, kind);
		model_paint(base, bytes, kind);
	}
	struct memory_map_loss loss = memory_map_write(&map, &info);
	bool ok = ordered() && loss.ranges == 0 && !map.full;
	for (u64 page = 0; ok && page < MODEL_PAGES; page++)
		ok = kind_at(page * PAGE_BYTES) == model[page];
	return ok;
}

static void painting_equals_the_model(struct report *report)
{
	u64 random = 7;
	bool ok = true;
	for (u32 round = 0; ok && round < ROUNDS; round++)
		ok = paint_round(&random);
	report_case(report, span_text("random painting gives the same kinds as an array of pages"), ok);
}

static void descriptor_put(u64 index, u32 type, u64 base, u64 pages, u64 attribute)
{
	struct mspan to = mspan_part(MSPAN_OF_ARRAY(descriptor_bytes), index * STRIDE, STRIDE);
	mspan_put_le32(to, 0, type);
	mspan_put_le64(to, 8, base);
	mspan_put_le64(to, 24, pages);
	mspan_put_le64(to, 32, attribute);
}

static bool read_descriptors(u64 count)
{
	return efi_map_read(span_first(SPAN_OF_ARRAY(descriptor_bytes), count * STRIDE), STRIDE, &map);
}

static void firmware_kinds_are_translated(struct report *report)
{
	static const u8 expect[] = { BOOT_MEMORY_RESERVED, BOOT_MEMORY_LOADER, BOOT_MEMORY_LOADER, BOOT_MEMORY_USABLE,
		BOOT_MEMORY_USABLE, BOOT_MEMORY_FIRMWARE, BOOT_MEMORY_FIRMWARE, BOOT_MEMORY_USABLE, BOOT_MEMORY_RESERVED,
		BOOT_MEMORY_ACPI, BOOT_MEMORY_ACPI, BOOT_MEMORY_MMIO, BOOT_MEMORY_MMIO, BOOT_MEMORY_RESERVED };
	for (u32 type = 0; type < ARRAY_LEN(expect); type++)
		descriptor_put(type, type, (u64)type * PAGE_BYTES, 1, WRITE_BACK);
	bool ok = read_descriptors(ARRAY_LEN(expect));
	(void)memory_map_write(&map, &info);
	for (u32 type = 0; ok && type < ARRAY_LEN(expect); type++)
		ok = kind_at((u64)type * PAGE_BYTES) == expect[type];
	report_case(report, span_text("firmware's memory types are translated"), ok);
	descriptor_put(0, 7, 0, 1, 0);
	ok = read_descriptors(1);
	(void)memory_map_write(&map, &info);
	report_case(report, span_text("memory that cannot be cached is not usable"), ok && kind_at(0) == BOOT_MEMORY_RESERVED);
}

static void lying_firmware_does_no_harm(struct report *report)
{
	descriptor_put(0, 7, 0x1000, U64_MAX, WRITE_BACK);           /* wraps */
	descriptor_put(1, 7, U64_MAX - 0xfff, 4, WRITE_BACK);        /* above everything */
	descriptor_put(2, 7, 0x100000, 0, WRITE_BACK);               /* empty */
	descriptor_put(3, 5, 0x200000, 16, WRITE_BACK);              /* overlaps the first, later */
	descriptor_put(4, 7, 0x208000, 4, WRITE_BACK);               /* usable over firmware's own */
	bool ok = read_descriptors(5);
	(void)memory_map_write(&map, &info);
	report_case(report, span_text("ranges that wrap, lie too high or are empty leave a proper map"), ok && ordered());
	report_case(report, span_text("usable memory never replaces firmware's own"), kind_at(0x208000) == BOOT_MEMORY_FIRMWARE);
	report_case(report, span_text("an impossible stride is refused"),
		!efi_map_read(span_first(SPAN_OF_ARRAY(descriptor_bytes), 80), 8, &map));
}

static void too_many_ranges_lose_the_smallest(struct report *report)
{
	for (u64 i = 0; i < 300; i++)
		descriptor_put(i, 7, i * 0x100000, i == 17 ? 200 : 1 + i % 7, WRITE_BACK);
	bool ok = read_descriptors(300);
	struct memory_map_loss loss = memory_map_write(&map, &info);
	report_case(report, span_text("more ranges than fit: the smallest usable ones are left out and counted"),
		ok && ordered() && info.region_count == BOOT_REGIONS_MAX && loss.ranges == 44 &&
			kind_at(17 * 0x100000) == BOOT_MEMORY_USABLE);
	for (u64 i = 0; i < DESCRIPTORS_MAX; i++)
		descriptor_put(i, 7, i * 0x100000, 1, WRITE_BACK);
	report_case(report, span_text("a map of thousands of ranges is refused"), !read_descriptors(DESCRIPTORS_MAX));
}

void map_tests(struct report *report)
{
	painting_equals_the_model(report);
	firmware_kinds_are_translated(report);
	lying_firmware_does_no_harm(report);
	too_many_ranges_lose_the_smallest(report);
}
