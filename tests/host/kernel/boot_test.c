/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel makes of the loader's words: boot information, the first process, symbols, the log.
 */
#include "kernel/core/boot/boot_info.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/debug/symbols.h"
#include "tests/host/kernel/tests.h"

static struct boot_info info;

/* ---- boot information ---- */

static enum boot_problem check(void) { return boot_info_check(&info); }

static void good_boot_information_is_accepted_and_sorted(void)
{
	fake_boot_info(&info);
	struct boot_region first = info.region[0];

	info.region[0] = info.region[4];
	info.region[4] = first;
	EXPECT_EQ(check(), BOOT_GOOD);
	for (u32 i = 1; i < info.region_count; i++)
		EXPECT(ELEM(info.region, i - 1)->base < ELEM(info.region, i)->base);
}

/* Reserved below 1 MiB, the kernel above it; then tables in the two pages between. */
static void what_is_memory_and_what_are_tables_is_known(void)
{
	enum : u64 { TABLES_AT = (1 << 20) - 2 * PAGE_BYTES, MEMORY_AT = 1 << 20 };

	fake_boot_info(&info);
	EXPECT_EQ(check(), BOOT_GOOD);
	EXPECT(!boot_info_has_ram(&info, TABLES_AT, 2 * PAGE_BYTES) && !boot_info_is_firmware(&info, TABLES_AT, PAGE_BYTES));
	EXPECT(boot_info_has_ram(&info, TABLES_AT, 3 * PAGE_BYTES) && boot_info_has_ram(&info, MEMORY_AT, 1));
	EXPECT(!boot_info_has_ram(&info, info.direct_bytes, 1ull << 40));
	info.region[0].bytes -= 2 * PAGE_BYTES;
	info.region[info.region_count++] = (struct boot_region){ .base = TABLES_AT, .bytes = PAGE_BYTES, .kind = BOOT_MEMORY_ACPI };
	info.region[info.region_count++] =
		(struct boot_region){ .base = TABLES_AT + PAGE_BYTES, .bytes = PAGE_BYTES, .kind = BOOT_MEMORY_ACPI };
	EXPECT_EQ(check(), BOOT_GOOD);
	EXPECT(boot_info_is_firmware(&info, TABLES_AT, 2 * PAGE_BYTES) && boot_info_has_ram(&info, TABLES_AT, 1));
	EXPECT(!boot_info_is_firmware(&info, TABLES_AT, 3 * PAGE_BYTES));
	EXPECT(!boot_info_is_firmware(&info, TABLES_AT - PAGE_BYTES, 2 * PAGE_BYTES));
}

#define REFUSED(change, problem) \
	do { \
		fake_boot_info(&info); \
		change; \
		EXPECT_EQ(check(), problem); \
		EXPECT(span_len(span_of_cstr(boot_problem_text(problem))) > 10); \
	} while (0)

static void spoiled_boot_information_is_refused_for_its_own_reason(void)
{
	REFUSED(info.magic++, BOOT_BAD_MAGIC);
	REFUSED(info.version++, BOOT_BAD_VERSION);
	REFUSED(info.bytes--, BOOT_BAD_VERSION);
	REFUSED(info.region_count = 0, BOOT_BAD_COUNT);
	REFUSED(info.region_count = BOOT_REGIONS_MAX + 1, BOOT_BAD_COUNT);
	REFUSED(info.region[1].bytes = 0, BOOT_REGION_EMPTY);
	REFUSED(info.region[1].bytes = 4095, BOOT_REGION_UNALIGNED);
	REFUSED(info.region[1].base |= 8, BOOT_REGION_UNALIGNED);
	REFUSED(info.region[5].base = U64_MAX - 4095, BOOT_REGION_WRAPS);
	REFUSED(info.region[5].bytes = page_floor(U64_MAX), BOOT_REGION_WRAPS);
	REFUSED(info.region[2].kind = BOOT_MEMORY_KINDS, BOOT_REGION_KIND);
	REFUSED(info.region[3].base -= PAGE_BYTES, BOOT_REGIONS_OVERLAP);
	REFUSED(info.region[1] = info.region[2], BOOT_REGIONS_OVERLAP);
	REFUSED(info.region[4].node = BOOT_NODES_MAX, BOOT_REGION_NODE);
	REFUSED((info.region[4].kind = BOOT_MEMORY_RESERVED, info.region[6].kind = BOOT_MEMORY_RESERVED), BOOT_NO_USABLE);
	REFUSED(info.direct_bytes -= PAGE_BYTES, BOOT_OUTSIDE_DIRECT_MAP);
	REFUSED(info.direct_base = 0x1000, BOOT_BAD_DIRECT_MAP);
	REFUSED(info.direct_base = page_floor(U64_MAX), BOOT_BAD_DIRECT_MAP);
	REFUSED(info.kernel_virt = 0x100000, BOOT_BAD_KERNEL);
	REFUSED(info.kernel_virt = info.direct_base + PAGE_BYTES, BOOT_BAD_KERNEL);
	REFUSED(info.kernel_bytes *= 2, BOOT_BAD_KERNEL);
	REFUSED(info.kernel_bytes = U64_MAX, BOOT_BAD_KERNEL);
	REFUSED(info.image_bytes = 0, BOOT_BAD_IMAGE);
	REFUSED(info.image_phys = info.kernel_phys, BOOT_BAD_IMAGE);
	REFUSED(info.image_bytes = U64_MAX, BOOT_BAD_IMAGE);
	REFUSED((info.symbols_phys = 0x1000, info.symbols_bytes = 1), BOOT_BAD_SYMBOLS);
	REFUSED(info.command_line[BOOT_CMDLINE_BYTES - 1] = 'x', BOOT_BAD_TEXT);
	REFUSED(info.loader[31] = 'x', BOOT_BAD_TEXT);
	REFUSED(info.seed_bytes = BOOT_SEED_BYTES + 1, BOOT_BAD_TEXT);
}

static void kernels_half_begins_where_the_architecture_says(void)
{
	fake_boot_info(&info);
	info.direct_base = HAL_KERNEL_BASE;
	EXPECT_EQ(check(), BOOT_GOOD);
	REFUSED(info.direct_base = HAL_KERNEL_BASE - PAGE_BYTES, BOOT_BAD_DIRECT_MAP);
	REFUSED(info.kernel_virt = HAL_KERNEL_BASE - PAGE_BYTES, BOOT_BAD_KERNEL);
}

static void first_process_holds_its_image_and_all_authority(void)
{
	const struct user *init = world_init();
	u64 base = init->thread->process->start_ns; /* from the start: 0 */
	struct cap_info found = {};

	EXPECT_EQ(base, 0);
	for (u32 place = 0; place < INIT_HANDLE_COUNT; place++) {
		handle_t handle = { (u32)init_handle((enum init_handle)place) };

		EXPECT_EQ(handle.v != 0, FERROUS_COVER || place != INIT_HANDLE_COVERAGE);
		if (handle.v == 0)
			continue;
		EXPECT_STATUS(CALL(init, SYSCALL_CAP_INSPECT, handle.v, init->scratch).status, STATUS_OK);
		user_get(init, 0, MSPAN_OF_STRUCT(found));
		EXPECT(found.object_id != 0);
	}
	/* Its code is what the image holds, and cannot be written. */
	u64 entry = init->thread->frame.ip, data = page_floor(entry) + PAGE_BYTES;
	u8 byte = 0;

	EXPECT_STATUS(user_copy_in(init->process, MSPAN_OF_STRUCT(byte), (uaddr_t){ entry }), STATUS_OK);
	EXPECT_EQ(byte, 0xcc);
	EXPECT_STATUS(user_copy_out(init->process, (uaddr_t){ entry }, SPAN_OF_STRUCT(byte)), STATUS_BAD_ADDRESS);
	/* Its data: a copy, the rest zero. */
	EXPECT_STATUS(user_copy_in(init->process, MSPAN_OF_STRUCT(byte), (uaddr_t){ data + 99 }), STATUS_OK);
	EXPECT_EQ(byte, 0xdd);
	EXPECT_STATUS(user_copy_in(init->process, MSPAN_OF_STRUCT(byte), (uaddr_t){ data + 100 }), STATUS_OK);
	EXPECT_EQ(byte, 0);
}

/* ---- symbols ---- */

enum : u64 { SYMBOLS_AT = 3ull << 20, HEADER = 20, RECORD = 12 };

static void put_record(struct mspan table, u64 index, u32 a, u32 b, u32 c)
{
	mspan_put_le32(table, HEADER + index * RECORD, a);
	mspan_put_le32(table, HEADER + index * RECORD + 4, b);
	mspan_put_le32(table, HEADER + index * RECORD + 8, c);
}

/* Two functions, three lines. The layout is described in tools/image/symbols.py. */
static struct mspan make_symbols(void)
{
	struct mspan table = fake_memory(SYMBOLS_AT, PAGE_BYTES);

	mspan_fill(table, 0);
	mspan_put_le32(table, 0, 0x4d595346);
	mspan_put_le32(table, 4, 1);
	mspan_put_le32(table, 8, 2);
	mspan_put_le32(table, 12, 3);
	mspan_put_le32(table, 16, 16);
	put_record(table, 0, 0x100, 0x40, 0);
	put_record(table, 1, 0x200, 0x80, 6);
	put_record(table, 2, 0x100, 12, 7);
	put_record(table, 3, 0x120, 12, 9);
	put_record(table, 4, 0x200, 12, 30);
	span_copy(mspan_from(table, HEADER + 5 * RECORD), span_text("first\0secon\0a.c"));
	fake_boot_info(&info);
	info.symbols_phys = SYMBOLS_AT;
	info.symbols_bytes = HEADER + 5 * RECORD + 16;
	symbols_init(&info);
	return table;
}

static void addresses_get_function_file_and_line(void)
{
	(void)make_symbols();
	struct place place = symbols_find(info.kernel_virt + 0x125);

	EXPECT(span_equal(place.function, span_text("first")));
	EXPECT_EQ(place.offset, 0x25);
	EXPECT(span_equal(place.file, span_text("a.c")));
	EXPECT_EQ(place.line, 9);
	place = symbols_find(info.kernel_virt + 0x200);
	EXPECT(span_equal(place.function, span_text("secon")));
	EXPECT_EQ(place.line, 30);
	EXPECT_EQ(span_len(symbols_find(info.kernel_virt + 0x150).function), 0); /* between two functions */
	EXPECT_EQ(span_len(symbols_find(info.kernel_virt + 0x10).function), 0);
	EXPECT_EQ(span_len(symbols_find(0x1000).function), 0);
}

static void damaged_symbol_tables_give_no_names_and_no_harm(void)
{
	u64 random = 4;

	for (u32 round = 0; round < 3000; round++) {
		struct mspan table = make_symbols();

		for (u64 damage = next_random(&random) % 6; damage > 0; damage--)
			mspan_put_u8(table, next_random(&random) % 120, (u8)next_random(&random));
		info.symbols_bytes = next_random(&random) % 120;
		symbols_init(&info);
		(void)symbols_find(info.kernel_virt + next_random(&random) % 0x300);
	}
	fake_boot_info(&info);
	symbols_init(&info);
	EXPECT_EQ(span_len(symbols_find(info.kernel_virt + 0x125).function), 0);
}

/* ---- the log ---- */

static struct answer read_log(u64 position)
{
	const struct user *init = world_init();

	return CALL(init, SYSCALL_KLOG_READ, init_handle(INIT_HANDLE_KLOG), position, init->scratch, 256);
}

static u64 log_end(void)
{
	u64 position = 0;

	for (;;) {
		u64 value = read_log(position).value;

		if (value == 0)
			return position;
		position += (value & U32_MAX) + (value >> 32);
	}
}

static void log_keeps_the_newest_text_and_counts_what_was_lost(void)
{
	u64 end = log_end();
	u8 text[5] = {};

	klog_write(span_text("hello"));
	EXPECT_EQ(read_log(end).value, 5);
	user_get(world_init(), 0, MSPAN_OF_ARRAY(text));
	EXPECT(span_equal(SPAN_OF_ARRAY(text), span_text("hello")));
	for (u32 i = 0; i < KLOG_BYTES / 8; i++)
		klog_write(span_text("abcdefg\n"));
	struct answer answer = read_log(end);

	EXPECT_STATUS(answer.status, STATUS_OK);
	EXPECT_EQ(answer.value >> 32, 5); /* just the five bytes are overwritten */
	EXPECT_EQ(answer.value & U32_MAX, 256);
	EXPECT_EQ(read_log(log_end() + 1000).value, 0);
	EXPECT_EQ(read_log(U64_MAX - 10).value, 0);
}

static void log_numbers_are_written_right(void)
{
	u64 end = log_end();
	u8 text[32] = {};

	klog_u64(0);
	klog_u64(U64_MAX);
	klog_hex(0xbeef);
	EXPECT_EQ(read_log(end).value, 25);
	user_get(world_init(), 0, mspan_first(MSPAN_OF_ARRAY(text), 25));
	EXPECT(span_equal(span_first(SPAN_OF_ARRAY(text), 25), span_text("018446744073709551615beef")));
}

void boot_tests(void)
{
	RUN(good_boot_information_is_accepted_and_sorted);
	RUN(what_is_memory_and_what_are_tables_is_known);
	RUN(spoiled_boot_information_is_refused_for_its_own_reason);
	RUN(kernels_half_begins_where_the_architecture_says);
	RUN(first_process_holds_its_image_and_all_authority);
	RUN(addresses_get_function_file_and_line);
	RUN(damaged_symbol_tables_give_no_names_and_no_harm);
	RUN(log_keeps_the_newest_text_and_counts_what_was_lost);
	RUN(log_numbers_are_written_right);
}
