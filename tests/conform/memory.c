/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory objects and mappings.
 */
#include "tests/conform/child.h"
#include "tests/conform/objects.h"
#include "tests/conform/raw_call.h"
#include "tests/conform/suites.h"

enum : u64 { PLACE = 0x0000001800000000ull };

static u64 mapped(handle_t memory, u64 offset, u64 pages, u32 flags)
{
	u64 address = 0;

	EXPECT_OK(sys_map(rt_self(), memory, 0, offset, pages << PAGE_SHIFT, flags, &address));
	return address;
}

static void unmapped(u64 address, u64 pages)
{
	EXPECT_OK(sys_unmap(rt_self(), address, pages << PAGE_SHIFT));
}

static void new_memory_is_zero(void)
{
	handle_t memory = new_memory(3);
	u64 address = mapped(memory, 0, 3, MAP_READ | MAP_WRITE);

	for (u64 at = 0; at < 3 << PAGE_SHIFT; at += 512)
		EXPECT_NUMBER(0, any_read(address + at));
	any_write(address, 7);
	any_write(address + PAGE_MASK, 8);
	EXPECT_NUMBER(7, any_read(address));
	EXPECT_NUMBER(8, any_read(address + PAGE_MASK));
	unmapped(address, 3);
	drop(memory);
}

/* One page each at the ends of what one node of the object's tree holds, and whatever is freed afterwards. */
static void page_high_in_an_object(void)
{
	static const u64 pages[] = { 261632, 262143, 262144, 523776 };

	for (u32 i = 0; i < ARRAY_LEN(pages); i++) {
		handle_t memory = new_memory(1ull << 19);
		u64 address = mapped(memory, *ELEM(pages, i) << PAGE_SHIFT, 1, MAP_READ | MAP_WRITE);

		any_write(address, 7);
		EXPECT_NUMBER(7, any_read(address));
		unmapped(address, 1);
		drop(memory);
	}
	drop(new_memory(1));
}

static void two_mappings_show_the_same_memory(void)
{
	handle_t memory = new_memory(4);
	u64 first = mapped(memory, 0, 4, MAP_READ | MAP_WRITE);
	u64 second = mapped(memory, 2 << PAGE_SHIFT, 2, MAP_READ);

	any_write(first + (2 << PAGE_SHIFT) + 5, 55);
	EXPECT_NUMBER(55, any_read(second + 5));
	unmapped(second, 2);
	unmapped(first, 4);
	drop(memory);
}

static u64 own_frames(void)
{
	struct process_info info = {};

	EXPECT_OK(sys_process_stat(rt_self(), &info));
	return info.frames;
}

/* Maps new memory and writes to page `touched`; where no small pages were before, for those leave no room for large ones. */
static u64 mapped_afresh(u64 pages, u64 touched, handle_t *memory, u64 *frames)
{
	enum : u32 { TRIES = 16 };
	u64 address = 0;

	*frames = 0;
	for (u32 i = 0; i < TRIES && *frames <= 1; i++) {
		if (i > 0) {
			unmapped(address, pages);
			drop(*memory);
		}
		*memory = new_memory(pages);
		address = mapped(*memory, 0, pages, MAP_READ | MAP_WRITE);
		u64 before = own_frames();

		any_write(address + (touched << PAGE_SHIFT), 7);
		*frames = own_frames() - before;
	}
	return address;
}

/* Two large pages and a half: the first touch of each brings in all of it, zeroed, and no other. */
static void large_memory_comes_in_large_pages(void)
{
	const u64 large = PAGE_BYTES / sizeof(u64), pages = 2 * large + large / 2;
	handle_t memory = {};
	u64 frames = 0, address = mapped_afresh(pages, large + 7, &memory, &frames), before = 0;

	EXPECT_NUMBER(0, address % (large << PAGE_SHIFT));
	EXPECT_TRUE(frames >= large && frames < 2 * large);
	for (u64 page = 0; page < large; page++)
		EXPECT_NUMBER(page == 7 ? 7 : 0, any_read(address + ((large + page) << PAGE_SHIFT)));
	before = own_frames();
	any_write(address + ((2 * large) << PAGE_SHIFT), 9);
	EXPECT_TRUE(own_frames() < before + large);
	EXPECT_OK(sys_protect(rt_self(), address, pages << PAGE_SHIFT, MAP_READ));
	EXPECT_NUMBER(7, any_read(address + ((large + 7) << PAGE_SHIFT)));
	unmapped(address, pages);
	drop(memory);
}

static void mapping_keeps_memory_alive(void)
{
	handle_t memory = new_memory(1);
	u64 address = mapped(memory, 0, 1, MAP_READ | MAP_WRITE);

	any_write(address, 9);
	drop(memory);
	EXPECT_NUMBER(9, any_read(address));
	unmapped(address, 1);
}

static void create_checks_its_size(void)
{
	handle_t memory = {};

	EXPECT(STATUS_INVALID, sys_memory_create(rt_group(), 0, &memory));
	EXPECT(STATUS_INVALID, sys_memory_create(rt_group(), 100, &memory));
	EXPECT_TRUE(sys_memory_create(rt_group(), 1ull << 63, &memory) != STATUS_OK);
	EXPECT_TRUE(sys_memory_create(rt_group(), U64_MAX & ~PAGE_MASK, &memory) != STATUS_OK);
}

static void map_checks_its_range(void)
{
	handle_t memory = new_memory(2);
	u64 address = 0;

	EXPECT(STATUS_RANGE, sys_map(rt_self(), memory, 0, 0, 3 << PAGE_SHIFT, MAP_READ, &address));
	EXPECT(STATUS_RANGE, sys_map(rt_self(), memory, 0, 2 << PAGE_SHIFT, PAGE_BYTES, MAP_READ, &address));
	EXPECT(STATUS_RANGE, sys_map(rt_self(), memory, 0, U64_MAX & ~PAGE_MASK, PAGE_BYTES, MAP_READ, &address));
	EXPECT(STATUS_INVALID, sys_map(rt_self(), memory, 0, 0, 0, MAP_READ, &address));
	EXPECT(STATUS_INVALID, sys_map(rt_self(), memory, 0, 1, PAGE_BYTES, MAP_READ, &address));
	EXPECT(STATUS_INVALID, sys_map(rt_self(), memory, 0, 0, 100, MAP_READ, &address));
	EXPECT(STATUS_INVALID, sys_map(rt_self(), memory, 12345, 0, PAGE_BYTES, MAP_READ, &address));
	drop(memory);
}

static void map_stays_out_of_the_kernel(void)
{
	handle_t memory = new_memory(1);
	static const u64 addresses[] = { KERNEL_ADDRESS, 1ull << 47, 1ull << 63, U64_MAX & ~PAGE_MASK, 0x00007ffffffff000ull };

	for (u32 i = 0; i < ARRAY_LEN(addresses); i++) {
		u64 address = 0;
		enum status status = sys_map(rt_self(), memory, *ELEM(addresses, i), 0, PAGE_BYTES, MAP_READ | MAP_FIXED, &address);

		if (status == STATUS_OK) {
			EXPECT_TRUE(address < 1ull << 47);
			unmapped(address, 1);
		}
	}
	drop(memory);
}

static void protection_must_make_sense(void)
{
	handle_t memory = new_memory(1);
	u64 address = 0;

	EXPECT(STATUS_INVALID, sys_map(rt_self(), memory, 0, 0, PAGE_BYTES, 0, &address));
	EXPECT(STATUS_INVALID, sys_map(rt_self(), memory, 0, 0, PAGE_BYTES, MAP_WRITE, &address));
	EXPECT(STATUS_INVALID, sys_map(rt_self(), memory, 0, 0, PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_EXECUTE, &address));
	drop(memory);
}

static void mapping_needs_rights(void)
{
	handle_t memory = new_memory(1);
	handle_t reader = derived(memory, MEMORY_RIGHT_READ);
	handle_t nothing = derived(memory, RIGHT_INSPECT);
	u64 address = 0;

	EXPECT(STATUS_DENIED, sys_map(rt_self(), reader, 0, 0, PAGE_BYTES, MAP_READ | MAP_WRITE, &address));
	EXPECT(STATUS_DENIED, sys_map(rt_self(), nothing, 0, 0, PAGE_BYTES, MAP_READ, &address));
	/* Nobody can execute memory but through the code capability. */
	EXPECT(STATUS_DENIED, sys_map(rt_self(), memory, 0, 0, PAGE_BYTES, MAP_READ | MAP_EXECUTE, &address));
	drop(nothing);
	drop(reader);
	drop(memory);
}

static void fixed_address_is_kept_or_refused(void)
{
	handle_t memory = new_memory(2);
	u64 address = 0;

	EXPECT_OK(sys_map(rt_self(), memory, PLACE, 0, PAGE_BYTES, MAP_READ | MAP_FIXED, &address));
	EXPECT_NUMBER(PLACE, address);
	EXPECT(STATUS_EXISTS, sys_map(rt_self(), memory, PLACE, 0, PAGE_BYTES, MAP_READ | MAP_FIXED, &address));
	EXPECT_OK(sys_map(rt_self(), memory, PLACE, 0, PAGE_BYTES, MAP_READ, &address));
	EXPECT_TRUE(address != PLACE);
	unmapped(address, 1);
	unmapped(PLACE, 1);
	drop(memory);
}

static void unmap_does_not_cut(void)
{
	handle_t memory = new_memory(4);
	u64 address = mapped(memory, 0, 4, MAP_READ);

	EXPECT(STATUS_RANGE, sys_unmap(rt_self(), address, 2 << PAGE_SHIFT));
	EXPECT(STATUS_RANGE, sys_unmap(rt_self(), address + PAGE_BYTES, 3 << PAGE_SHIFT));
	EXPECT(STATUS_INVALID, sys_unmap(rt_self(), address + 1, PAGE_BYTES));
	unmapped(address, 4);
	EXPECT(STATUS_NOT_FOUND, sys_unmap(rt_self(), address, 4 << PAGE_SHIFT));
	drop(memory);
}

static void protect_only_takes_away(void)
{
	handle_t memory = new_memory(1);
	u64 address = mapped(memory, 0, 1, MAP_READ | MAP_WRITE);

	any_write(address, 3);
	EXPECT_OK(sys_protect(rt_self(), address, PAGE_BYTES, MAP_READ));
	EXPECT_NUMBER(3, any_read(address));
	EXPECT(STATUS_DENIED, sys_protect(rt_self(), address, PAGE_BYTES, MAP_READ | MAP_WRITE));
	EXPECT(STATUS_DENIED, sys_protect(rt_self(), address, PAGE_BYTES, MAP_READ | MAP_EXECUTE));
	EXPECT(STATUS_NOT_FOUND, sys_protect(rt_self(), BAD_USER_ADDRESS, PAGE_BYTES, MAP_READ));
	unmapped(address, 1);
	drop(memory);
}

/* The kernel reads for us what we may not write: the copy must be refused, not done. */
static void kernel_respects_read_only(void)
{
	handle_t memory = new_memory(1);
	u64 address = mapped(memory, 0, 1, MAP_READ);
	struct any_call call = { .number = SYSCALL_CAP_INSPECT, .argument = { memory.v, address } };

	EXPECT(STATUS_BAD_ADDRESS, any_call(&call).status);
	unmapped(address, 1);
	EXPECT(STATUS_BAD_ADDRESS, any_call(&call).status);
	drop(memory);
}

static void struct_may_cross_pages(void)
{
	handle_t memory = new_memory(2);
	u64 address = mapped(memory, 0, 2, MAP_READ | MAP_WRITE);
	struct any_call call = { .number = SYSCALL_CAP_INSPECT, .argument = { memory.v, address + PAGE_BYTES - 4 } };

	EXPECT(STATUS_OK, any_call(&call).status);
	EXPECT_NUMBER(memory.v & 0xff, any_read(address + PAGE_BYTES - 4));
	unmapped(address, 2);
	drop(memory);
}

static void mapping_goes_with_its_capability(void)
{
	handle_t memory = new_memory(1);
	handle_t child = derived(memory, ALL_RIGHTS);
	u64 address = 0;

	EXPECT_OK(sys_cap_revoke(memory));
	EXPECT(STATUS_REVOKED, sys_map(rt_self(), child, 0, 0, PAGE_BYTES, MAP_READ, &address));
	drop(child);
	drop(memory);
}

static void many_mappings(void)
{
	handle_t memory = new_memory(1);
	u64 address[100] = {};

	for (u32 i = 0; i < ARRAY_LEN(address); i++)
		*ELEM(address, i) = mapped(memory, 0, 1, MAP_READ);
	for (u32 i = 0; i < ARRAY_LEN(address); i += 2)
		unmapped(*ELEM(address, i), 1);
	for (u32 i = 1; i < ARRAY_LEN(address); i += 2)
		unmapped(*ELEM(address, i), 1);
	drop(memory);
}

/* Only memory that was made for devices has an address that they know. */
static void where_memory_lies_is_not_told(void)
{
	handle_t memory = new_memory(1);
	handle_t readable = derived(memory, RIGHTS_COMMON | MEMORY_RIGHT_READ);
	handle_t signal = new_signal();
	u64 address = 0;

	EXPECT(STATUS_NOT_SUPPORTED, sys_dma_address(memory, &address));
	EXPECT(STATUS_DENIED, sys_dma_address(readable, &address));
	EXPECT(STATUS_WRONG_TYPE, sys_dma_address(signal, &address));
	EXPECT_NUMBER(0, address);
	drop(signal);
	drop(readable);
	drop(memory);
}

static const struct test tests[] = {
	{ "new memory is zero", new_memory_is_zero },
	{ "a page high in a large object", page_high_in_an_object },
	{ "two mappings show the same memory", two_mappings_show_the_same_memory },
	{ "large memory comes in large pages", large_memory_comes_in_large_pages },
	{ "a mapping keeps memory alive", mapping_keeps_memory_alive },
	{ "memory_create checks its size", create_checks_its_size },
	{ "map checks its range", map_checks_its_range },
	{ "map stays out of the kernel", map_stays_out_of_the_kernel },
	{ "protection must make sense", protection_must_make_sense },
	{ "mapping needs rights", mapping_needs_rights },
	{ "a fixed address is kept or refused", fixed_address_is_kept_or_refused },
	{ "unmap does not cut mappings", unmap_does_not_cut },
	{ "protect only takes away", protect_only_takes_away },
	{ "the kernel respects read-only memory", kernel_respects_read_only },
	{ "a struct may cross pages", struct_may_cross_pages },
	{ "a revoked capability maps nothing", mapping_goes_with_its_capability },
	{ "many mappings", many_mappings },
	{ "where memory lies is not told", where_memory_lies_is_not_told },
};

void test_memory(struct span filter)
{
	RUN_TESTS(tests, filter);
}
