/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory objects, address spaces, and copies to and from user memory.
 */
#include "kernel/core/group/group.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/raw/downcast.h"
#include "tests/host/kernel/tests.h"

enum : u32 { READ_WRITE = MAP_READ | MAP_WRITE };

struct place {
	struct user user;
	u64 group, self;
};

static struct place begin(void)
{
	struct place place = { .user = user_new() };

	place.group = give_to(&place.user, world_group(), COPY_ALL);
	place.self = give_to(&place.user, place.user.process_handle, COPY_ALL);
	return place;
}

static struct answer map(const struct place *p, u64 memory, u64 at, u64 offset, u64 bytes, u32 protection)
{
	return CALL(&p->user, SYSCALL_MAP, p->self, memory, at, offset, bytes, protection);
}

static struct memory *memory_of(const struct place *p, u64 handle)
{
	struct cap cap;
	enum status status = cap_read(p->user.process, (handle_t){ (u32)handle }, &cap);

	INVARIANT(status == STATUS_OK, "TEST: no such memory");
	return object_as_memory(cap.object);
}

static enum status poke(const struct place *p, u64 at, u64 value)
{
	return user_copy_out(p->user.process, (uaddr_t){ at }, SPAN_OF_STRUCT(value));
}

static enum status peek(const struct place *p, u64 at, u64 *value)
{
	return user_copy_in(p->user.process, MSPAN_OF_STRUCT(*value), (uaddr_t){ at });
}

/* ---- memory objects ---- */

/* Every page of a sparse object is its own, zero at first, and comes back at the end. */
static void sparse_pages_are_made_when_touched(void)
{
	u64 sizes[] = { 1, 8, 9, 512, 513, 262144, 262145, 1ull << 27 };

	for (u32 i = 0; i < ARRAY_LEN(sizes); i++) {
		struct place p = begin();
		u64 pages = *ELEM(sizes, i), random = i;
		u64 handle = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, pages << PAGE_SHIFT);
		struct memory *memory = memory_of(&p, handle);

		for (u32 round = 0; round < 60; round++) {
			u64 page = round == 0 ? pages - 1 : next_random(&random) % pages;
			struct frame_result frame = memory_page(memory, page), again = memory_page(memory, page);

			if (!frame.ok || frame.frame.v != again.frame.v) {
				FAIL("a page has one frame");
				break;
			}
			struct mspan bytes = fake_memory(frame.frame.v, PAGE_BYTES);
			u64 found = span_le64(span_of(bytes), 8);

			if (found != 0 && found != page + 1)
				FAIL("two pages do not share a frame, and new ones are zero");
			mspan_put_le64(bytes, 8, page + 1);
		}
		EXPECT_STATUS(memory_page(memory, pages).status, STATUS_RANGE);
		user_end(&p.user);
	}
}

/* The ends of nodes of every level, alone and in pairs: a walk that frees goes on from one to the other. */
static void pages_at_the_ends_of_nodes_come_back(void)
{
	static const u64 sizes[] = { 1ull << 19, 1ull << 27 };
	static const u64 pages[] = { 0, 511, 512, 261631, 261632, 262143, 262144, 523775, 523776, 524287, 524288,
		(1ull << 27) - 262144, (1ull << 27) - 512, (1ull << 27) - 1 };

	for (u32 size = 0; size < ARRAY_LEN(sizes); size++)
		for (u32 first = 0; first < ARRAY_LEN(pages); first++)
			for (u32 second = first; second < ARRAY_LEN(pages) && *ELEM(pages, second) < *ELEM(sizes, size); second++) {
				struct place p = begin();
				u64 handle = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, *ELEM(sizes, size) << PAGE_SHIFT);

				EXPECT(memory_page(memory_of(&p, handle), *ELEM(pages, first)).ok);
				EXPECT(memory_page(memory_of(&p, handle), *ELEM(pages, second)).ok);
				user_end(&p.user);
			}
}

static void odd_sizes_are_refused(void)
{
	struct place p = begin();

	EXPECT_STATUS(CALL(&p.user, SYSCALL_MEMORY_CREATE, p.group, 0).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_MEMORY_CREATE, p.group, 4097).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_MEMORY_CREATE, p.group, (MEMORY_PAGES_MAX + 1) << PAGE_SHIFT).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_MEMORY_CREATE, p.group, page_floor(U64_MAX)).status, STATUS_INVALID);
}

static void memory_is_shared_by_mapping_it_twice(void)
{
	struct place p = begin();
	u64 memory = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, 4 * PAGE_BYTES), value = 0;
	u64 one = map(&p, memory, 0, 0, 4 * PAGE_BYTES, READ_WRITE).value;
	u64 two = map(&p, memory, 0, PAGE_BYTES, PAGE_BYTES, MAP_READ).value;

	EXPECT_STATUS(poke(&p, one + PAGE_BYTES + 16, 42), STATUS_OK);
	EXPECT_STATUS(peek(&p, two + 16, &value), STATUS_OK);
	EXPECT_EQ(value, 42);
	EXPECT_STATUS(poke(&p, two + 16, 43), STATUS_BAD_ADDRESS);
	/* The object lives as long as a mapping does. */
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_DROP, memory).status, STATUS_OK);
	world_settle();
	EXPECT_STATUS(peek(&p, one + PAGE_BYTES + 16, &value), STATUS_OK);
	EXPECT_EQ(value, 42);
}

/* ---- address spaces ---- */

static void mappings_are_checked(void)
{
	struct place p = begin();
	u64 memory = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, 4 * PAGE_BYTES);
	u64 read_only = HANDLE(&p.user, SYSCALL_CAP_DERIVE, memory, RIGHT_DUPLICATE | MEMORY_RIGHT_READ, 0, 0);

	EXPECT_STATUS(map(&p, memory, 0, 0, 0, MAP_READ).status, STATUS_INVALID);
	EXPECT_STATUS(map(&p, memory, 0, 0, PAGE_BYTES, 0).status, STATUS_INVALID);
	EXPECT_STATUS(map(&p, memory, 0, 0, PAGE_BYTES, MAP_WRITE).status, STATUS_INVALID);
	EXPECT_STATUS(map(&p, memory, 0, 0, PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_EXECUTE).status, STATUS_INVALID);
	EXPECT_STATUS(map(&p, memory, 0, 0, PAGE_BYTES, MAP_READ | 1u << 20).status, STATUS_INVALID);
	EXPECT_STATUS(map(&p, memory, 0, 0, PAGE_BYTES, MAP_READ | MAP_EXECUTE).status, STATUS_DENIED);
	EXPECT_STATUS(map(&p, memory, 0, 8, PAGE_BYTES, MAP_READ).status, STATUS_INVALID);
	EXPECT_STATUS(map(&p, memory, 8, 0, PAGE_BYTES, MAP_READ).status, STATUS_INVALID);
	EXPECT_STATUS(map(&p, memory, 0, PAGE_BYTES, 4 * PAGE_BYTES, MAP_READ).status, STATUS_RANGE);
	EXPECT_STATUS(map(&p, memory, 0, page_floor(U64_MAX), PAGE_BYTES, MAP_READ).status, STATUS_RANGE);
	EXPECT_STATUS(map(&p, memory, PAGE_BYTES, 0, PAGE_BYTES, MAP_READ).status, STATUS_RANGE);
	EXPECT_STATUS(map(&p, memory, HAL_USER_TOP, 0, PAGE_BYTES, MAP_READ).status, STATUS_RANGE);
	EXPECT_STATUS(map(&p, memory, HAL_USER_TOP - PAGE_BYTES, 0, 2 * PAGE_BYTES, MAP_READ).status, STATUS_RANGE);
	EXPECT_STATUS(map(&p, memory, page_floor(U64_MAX), 0, PAGE_BYTES, MAP_READ).status, STATUS_RANGE);
	EXPECT_STATUS(map(&p, read_only, 0, 0, PAGE_BYTES, READ_WRITE).status, STATUS_DENIED);
	EXPECT_STATUS(map(&p, read_only, 0x100000, 0, PAGE_BYTES, MAP_READ).status, STATUS_OK);
	EXPECT_STATUS(map(&p, memory, 0x100000, 0, PAGE_BYTES, MAP_READ | MAP_FIXED).status, STATUS_EXISTS);
	struct answer elsewhere = map(&p, memory, 0x100000, 0, PAGE_BYTES, MAP_READ);

	EXPECT_STATUS(elsewhere.status, STATUS_OK);
	EXPECT(elsewhere.value != 0x100000);
}

enum : u32 { MODEL_PAGES = 64, MODEL_STEPS = 3000 };
enum : u64 { MODEL_BASE = 0x40000000 };

static u8 model[MODEL_PAGES];      /* number of the mapping, from 1; 0: free */
static u64 region_pages[256];

static bool model_free(u64 at, u64 pages)
{
	for (u64 i = 0; i < pages; i++)
		if (*ELEM(model, at + i) != 0)
			return false;
	return true;
}

/* What unmapping should say: a range may not cut a mapping, and must hold one. */
static enum status model_unmap(u64 at, u64 pages)
{
	u32 found = 0;

	for (u64 i = at; i < at + pages; i++)
		found += *ELEM(model, i) != 0;
	if (found == 0)
		return STATUS_NOT_FOUND;
	bool cut = (at > 0 && *ELEM(model, at) != 0 && *ELEM(model, at - 1) == *ELEM(model, at)) ||
		(at + pages < MODEL_PAGES && *ELEM(model, at + pages) != 0 && *ELEM(model, at + pages - 1) == *ELEM(model, at + pages));

	if (cut)
		return STATUS_RANGE;
	for (u64 i = at; i < at + pages; i++)
		*ELEM(model, i) = 0;
	return STATUS_OK;
}

static void mapping_and_unmapping_follow_the_model(void)
{
	struct place p = begin();
	u64 memory = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, 8 * PAGE_BYTES), random = 5, value = 0;
	u32 number = 0;

	for (u32 step = 0; step < MODEL_STEPS; step++) {
		u64 pages = 1 + next_random(&random) % 8, at = next_random(&random) % (MODEL_PAGES - pages + 1);
		u64 address = MODEL_BASE + (at << PAGE_SHIFT);

		if (next_random(&random) % 3 != 0) {
			enum status expected = model_free(at, pages) ? STATUS_OK : STATUS_EXISTS;

			number = number % 255 + 1;
			EXPECT_STATUS(map(&p, memory, address, 0, pages << PAGE_SHIFT, READ_WRITE | MAP_FIXED).status, expected);
			for (u64 i = 0; i < pages && expected == STATUS_OK; i++)
				*ELEM(model, at + i) = (u8)number;
		} else {
			EXPECT_STATUS(CALL(&p.user, SYSCALL_UNMAP, p.self, address, pages << PAGE_SHIFT).status, model_unmap(at, pages));
		}
		at = next_random(&random) % MODEL_PAGES;
		EXPECT_STATUS(peek(&p, MODEL_BASE + (at << PAGE_SHIFT), &value), *ELEM(model, at) != 0 ? STATUS_OK : STATUS_BAD_ADDRESS);
	}
}

static void room_is_found_even_when_the_space_is_crowded(void)
{
	struct place p = begin();
	u64 memory = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, 16 * PAGE_BYTES);

	for (u32 i = 0; i < ARRAY_LEN(region_pages); i++) {
		u64 bytes = (1 + i % 16) * PAGE_BYTES;
		struct answer answer = map(&p, memory, 0, 0, bytes, MAP_READ | MAP_POPULATE);

		EXPECT_STATUS(answer.status, STATUS_OK);
		*ELEM(region_pages, i) = answer.value;
	}
	for (u32 i = 0; i < ARRAY_LEN(region_pages); i++)
		EXPECT_STATUS(CALL(&p.user, SYSCALL_UNMAP, p.self, *ELEM(region_pages, i), (1 + i % 16) * PAGE_BYTES).status, STATUS_OK);
}

/* In several turns of the lock, up to the limit. The tree of 40 pages is one node, that of 600 has a root above the first. */
static void populating_brings_in_what_is_asked_for(void)
{
	struct place p = begin();
	u64 some = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, 40 * PAGE_BYTES);
	u64 many = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, 600 * PAGE_BYTES);

	EXPECT_STATUS(map(&p, some, 0, 2 * PAGE_BYTES, 37 * PAGE_BYTES, READ_WRITE | MAP_POPULATE).status, STATUS_OK);
	EXPECT_EQ(memory_of(&p, some)->touched, 37 + 1);
	EXPECT_STATUS(map(&p, many, 0, 0, 600 * PAGE_BYTES, READ_WRITE | MAP_POPULATE).status, STATUS_OK);
	EXPECT_EQ(memory_of(&p, many)->touched, SPACE_STEP_PAGES + 2);
}

/* After 32 pages each. */
static void long_regions_give_way(void)
{
	struct place p = begin();
	u64 memory = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, 100 * PAGE_BYTES), value = 0;
	u64 at = map(&p, memory, 0, 0, 100 * PAGE_BYTES, READ_WRITE | MAP_POPULATE).value;

	fake_interrupt_every(1);
	struct answer answer = CALL(&p.user, SYSCALL_PROTECT, p.self, at, 100 * PAGE_BYTES, MAP_READ);

	EXPECT_STATUS(answer.status, STATUS_OK);
	EXPECT_EQ(answer.parts, 4);
	EXPECT_STATUS(poke(&p, at + 99 * PAGE_BYTES, 1), STATUS_BAD_ADDRESS);
	answer = CALL(&p.user, SYSCALL_UNMAP, p.self, at, 100 * PAGE_BYTES);
	EXPECT_STATUS(answer.status, STATUS_OK);
	EXPECT_EQ(answer.parts, 4);
	EXPECT_STATUS(peek(&p, at, &value), STATUS_BAD_ADDRESS);
	fake_interrupt_every(0);
}

static void protection_is_only_taken_away(void)
{
	struct place p = begin();
	u64 memory = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, 2 * PAGE_BYTES), value = 0;
	u64 at = map(&p, memory, 0, 0, 2 * PAGE_BYTES, READ_WRITE).value;

	EXPECT_STATUS(poke(&p, at, 1), STATUS_OK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROTECT, p.self, at, PAGE_BYTES, MAP_READ).status, STATUS_NOT_FOUND);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROTECT, p.self, at, 2 * PAGE_BYTES, MAP_READ).status, STATUS_OK);
	EXPECT_STATUS(poke(&p, at, 2), STATUS_BAD_ADDRESS);
	EXPECT_STATUS(poke(&p, at + PAGE_BYTES, 2), STATUS_BAD_ADDRESS); /* was never touched before */
	EXPECT_STATUS(peek(&p, at, &value), STATUS_OK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROTECT, p.self, at, 2 * PAGE_BYTES, READ_WRITE).status, STATUS_DENIED);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROTECT, p.self, at, 2 * PAGE_BYTES, MAP_READ | MAP_EXECUTE).status, STATUS_DENIED);
}

static void executable_memory_needs_the_code_authority(void)
{
	struct place p = begin();
	u64 memory = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, PAGE_BYTES);
	u64 code = give_to(&p.user, init_handle(INIT_HANDLE_CODE), COPY_ALL);
	u64 sealed = HANDLE(&p.user, SYSCALL_CODE_SEAL, code, memory);

	EXPECT_STATUS(CALL(&p.user, SYSCALL_CODE_SEAL, p.self, memory).status, STATUS_WRONG_TYPE);
	EXPECT_STATUS(map(&p, sealed, 0, 0, PAGE_BYTES, MAP_READ | MAP_EXECUTE).status, STATUS_OK);
	EXPECT_STATUS(map(&p, sealed, 0, 0, PAGE_BYTES, READ_WRITE).status, STATUS_DENIED);
}

/* ---- devices ---- */

static u64 map_device(const struct place *p, u32 protection)
{
	u64 devices = give_to(&p->user, init_handle(INIT_HANDLE_DEVICES), COPY_ALL);
	u64 page = HANDLE(&p->user, SYSCALL_CAP_DERIVE, devices, COPY_ALL, 0xfee00, 1);
	struct answer answer = map(p, page, 0, 0, PAGE_BYTES, protection);

	EXPECT_STATUS(answer.status, STATUS_OK);
	return answer.value;
}

/* Its frames are not RAM: hal_direct of the simulated machine stops the test if they are touched. */
static void the_kernel_never_touches_device_memory(void)
{
	struct place p = begin();
	u64 at = map_device(&p, READ_WRITE), value = 0;

	EXPECT_STATUS(peek(&p, at, &value), STATUS_BAD_ADDRESS);
	fake_fault(user_bring(p.user.thread), FAULT_KIND_READ, at);
	EXPECT(!user_ended(&p.user));
	EXPECT_STATUS(peek(&p, at, &value), STATUS_BAD_ADDRESS);
	EXPECT_STATUS(poke(&p, at, value), STATUS_BAD_ADDRESS);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_INSPECT, p.self, at).status, STATUS_BAD_ADDRESS);
}

static void protecting_device_memory_leaves_it_device_memory(void)
{
	struct place p = begin();
	u64 at = map_device(&p, READ_WRITE), untouched = map_device(&p, READ_WRITE), value = 0;

	fake_fault(user_bring(p.user.thread), FAULT_KIND_READ, at);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROTECT, p.self, at, PAGE_BYTES, MAP_READ).status, STATUS_OK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROTECT, p.self, untouched, PAGE_BYTES, MAP_READ).status, STATUS_OK);
	EXPECT_STATUS(peek(&p, at, &value), STATUS_BAD_ADDRESS);
	EXPECT_STATUS(peek(&p, untouched, &value), STATUS_BAD_ADDRESS);
}

static u64 map_physical(const struct place *p, enum init_handle all, u64 page, u64 pages, u32 protection)
{
	u64 memory = give_to(&p->user, init_handle(all), COPY_ALL);

	u64 part = HANDLE(&p->user, SYSCALL_CAP_DERIVE, memory, COPY_ALL, page, pages);

	return map(p, part, 0, 0, pages * PAGE_BYTES, protection).status;
}

/* The machine's kernel begins at 1 MiB, and there are no tables of firmware. */
static void nobody_maps_memory_as_a_device_or_as_tables(void)
{
	struct place p = begin();

	EXPECT_STATUS(map_physical(&p, INIT_HANDLE_DEVICES, 0x100, 1, MAP_READ), STATUS_RANGE);
	EXPECT_STATUS(map_physical(&p, INIT_HANDLE_DEVICES, 0xff, 2, MAP_READ), STATUS_RANGE);
	EXPECT_STATUS(map_physical(&p, INIT_HANDLE_DEVICES, 0xff, 1, MAP_READ), STATUS_OK);
	EXPECT_STATUS(map_physical(&p, INIT_HANDLE_FIRMWARE, 0x100, 1, MAP_READ), STATUS_RANGE);
	EXPECT_STATUS(map_physical(&p, INIT_HANDLE_FIRMWARE, 0xfee00, 1, MAP_READ), STATUS_RANGE);
	EXPECT_STATUS(map_physical(&p, INIT_HANDLE_FIRMWARE, 0x100, 1, READ_WRITE), STATUS_DENIED);
}

/* ---- memory for devices ---- */

static void memory_for_devices_is_one_piece_and_has_an_address(void)
{
	struct place p = begin();
	u64 dma = give_to(&p.user, init_handle(INIT_HANDLE_DMA), COPY_ALL), before = frame_available();
	u64 handle = HANDLE(&p.user, SYSCALL_DMA_MEMORY_CREATE, dma, p.group, 3 * PAGE_BYTES);
	struct memory *memory = memory_of(&p, handle);
	u64 address = CALL(&p.user, SYSCALL_DMA_ADDRESS, handle).value;

	for (u64 i = 0; i < 3; i++) {
		u64 at = map(&p, handle, 0, i << PAGE_SHIFT, PAGE_BYTES, READ_WRITE).value, value = 1;

		EXPECT_EQ(memory_page(memory, i).frame.v, address + (i << PAGE_SHIFT));
		EXPECT_STATUS(peek(&p, at, &value), STATUS_OK);
		EXPECT_EQ(value, 0);
	}
	u64 last = HANDLE(&p.user, SYSCALL_CAP_DERIVE, handle, COPY_ALL, 2, 1);

	u64 lent = HANDLE(&p.user, SYSCALL_CAP_DERIVE, handle, MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE, 0, 1);

	EXPECT_EQ(CALL(&p.user, SYSCALL_DMA_ADDRESS, last).value, address + 2 * PAGE_BYTES);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_DMA_ADDRESS, lent).status, STATUS_DENIED);
	EXPECT(frame_available() <= before - 4);
}

static void memory_for_devices_is_refused_and_given_back(void)
{
	struct place p = begin();
	u64 dma = give_to(&p.user, init_handle(INIT_HANDLE_DMA), COPY_ALL);
	u64 plain = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, PAGE_BYTES);
	u64 powerless = HANDLE(&p.user, SYSCALL_CAP_DERIVE, dma, RIGHT_DUPLICATE, 0, 0);

	EXPECT_STATUS(CALL(&p.user, SYSCALL_DMA_MEMORY_CREATE, dma, p.group, 0).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_DMA_MEMORY_CREATE, dma, p.group, 17 * PAGE_BYTES).status, STATUS_INVALID);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_DMA_MEMORY_CREATE, powerless, p.group, PAGE_BYTES).status, STATUS_DENIED);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_DMA_ADDRESS, plain).status, STATUS_NOT_SUPPORTED);
	u64 before = frame_available();

	for (u32 i = 0; i < 2000; i++) {
		u64 handle = HANDLE(&p.user, SYSCALL_DMA_MEMORY_CREATE, dma, p.group, 16 * PAGE_BYTES);

		EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_DROP, handle).status, STATUS_OK);
		fake_settle();
	}
	EXPECT(frame_available() + 512 >= before);
}

/* ---- user copies ---- */

static void copies_cross_page_borders(void)
{
	struct place p = begin();
	u64 memory = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, 3 * PAGE_BYTES);
	u64 at = map(&p, memory, 0, 0, 3 * PAGE_BYTES, READ_WRITE).value;
	u8 out[600], in[600];

	for (u32 i = 0; i < ARRAY_LEN(out); i++)
		*ELEM(out, i) = (u8)(i * 7);
	for (u64 offset = PAGE_BYTES - 600; offset < PAGE_BYTES + 8; offset += 37) {
		EXPECT_STATUS(user_copy_out(p.user.process, (uaddr_t){ at + offset }, SPAN_OF_ARRAY(out)), STATUS_OK);
		mspan_fill(MSPAN_OF_ARRAY(in), 0);
		EXPECT_STATUS(user_copy_in(p.user.process, MSPAN_OF_ARRAY(in), (uaddr_t){ at + offset }), STATUS_OK);
		EXPECT(span_equal(SPAN_OF_ARRAY(in), SPAN_OF_ARRAY(out)));
	}
	/* Half inside: refused. */
	u64 late = at + 3 * PAGE_BYTES - 599;

	EXPECT_STATUS(user_copy_out(p.user.process, (uaddr_t){ late }, SPAN_OF_ARRAY(out)), STATUS_BAD_ADDRESS);
}

static void wild_addresses_are_refused(void)
{
	struct place p = begin();
	u64 wild[] = { 0, 8, HAL_USER_BASE - 8, HAL_USER_TOP - 4, HAL_USER_TOP, 1ull << 47,
		0xffff800000000000ull, U64_MAX - 3, U64_MAX };
	u64 value = 0;

	for (u32 i = 0; i < ARRAY_LEN(wild); i++) {
		EXPECT_STATUS(peek(&p, *ELEM(wild, i), &value), STATUS_BAD_ADDRESS);
		EXPECT_STATUS(poke(&p, *ELEM(wild, i), 0), STATUS_BAD_ADDRESS);
		EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_INSPECT, p.self, *ELEM(wild, i)).status, STATUS_BAD_ADDRESS);
	}
	/* Nothing to copy is no error, wherever that is below the end. */
	EXPECT_STATUS(user_copy_in(p.user.process, mspan_first(MSPAN_OF_STRUCT(value), 0), (uaddr_t){ 8 }), STATUS_OK);
}

static void a_copy_ends_at_the_limit_of_frames(void)
{
	struct group_limits limits = { .frames = 24 };

	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	u64 small = HANDLE(world_init(), SYSCALL_GROUP_CREATE, world_group(), world_init()->scratch, world_init()->scratch, 0);
	struct place p = { .user = user_new_in(small) };
	enum status status = STATUS_OK;

	p.group = give_to(&p.user, small, COPY_ALL);
	p.self = give_to(&p.user, p.user.process_handle, COPY_ALL);
	u64 memory = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, 64 * PAGE_BYTES);
	u64 at = map(&p, memory, 0, 0, 64 * PAGE_BYTES, READ_WRITE).value;

	for (u32 page = 0; page < 64 && status == STATUS_OK; page++)
		status = poke(&p, at + page * PAGE_BYTES, page);
	EXPECT_STATUS(status, STATUS_OUT_OF_FRAMES);
	/* A touch by the processor itself is a fault that says so. */
	fake_fault(user_bring(p.user.thread), FAULT_KIND_WRITE, at + 63 * PAGE_BYTES);
	world_settle();
	EXPECT(user_ended(&p.user));
	EXPECT_EQ(p.user.process->exit_status, FAULT_KIND_OUT_OF_MEMORY);
}

static void reading_another_process_needs_the_right_and_stops_at_a_hole(void)
{
	struct place p = begin();
	struct user other = user_new();
	u64 seen = give_to(&p.user, other.process_handle, COPY_ALL), blind = give_to(&p.user, other.process_handle, RIGHT_INSPECT);

	user_put_u64(&other, 2 * SCRATCH_BYTES - 8, 77);
	struct answer answer = CALL(&p.user, SYSCALL_PROCESS_READ, seen, other.scratch + 2 * SCRATCH_BYTES - 8, p.user.scratch, 4096);

	EXPECT_STATUS(answer.status, STATUS_OK);
	EXPECT_EQ(answer.value, 8);
	EXPECT_EQ(user_get_u64(&p.user, 0), 77);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROCESS_READ, blind, other.scratch, p.user.scratch, 8).status, STATUS_DENIED);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROCESS_READ, seen, 0x10000, p.user.scratch, 8).status, STATUS_BAD_ADDRESS);
}

static void the_memory_of_an_ended_process_is_out_of_reach(void)
{
	struct place p = begin();
	struct user other = user_new();
	u64 seen = give_to(&p.user, other.process_handle, COPY_ALL);
	u64 memory = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, PAGE_BYTES);
	struct thread_start start = { .entry = 0x1000, .stack = 0x2000 };

	user_end(&other);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROCESS_READ, seen, other.scratch, p.user.scratch, 8).status, STATUS_DEAD);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_MAP, seen, memory, 0, 0, PAGE_BYTES, READ_WRITE).status, STATUS_DEAD);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_UNMAP, seen, other.scratch, PAGE_BYTES).status, STATUS_DEAD);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROTECT, seen, other.scratch, PAGE_BYTES, MAP_READ).status, STATUS_DEAD);
	user_put(&p.user, 0, SPAN_OF_STRUCT(start));
	EXPECT_STATUS(CALL(&p.user, SYSCALL_THREAD_CREATE, seen, p.user.scratch, 0).status, STATUS_DEAD);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROCESS_STAT, seen, p.user.scratch).status, STATUS_OK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROCESS_NEXT_CAP, seen, 0, p.user.scratch).status, STATUS_NOT_FOUND);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROCESS_NAMES, seen).status, STATUS_NOT_FOUND);
}

void memory_tests(void)
{
	RUN(sparse_pages_are_made_when_touched);
	RUN(pages_at_the_ends_of_nodes_come_back);
	RUN(odd_sizes_are_refused);
	RUN(memory_is_shared_by_mapping_it_twice);
	RUN(mappings_are_checked);
	RUN(mapping_and_unmapping_follow_the_model);
	RUN(room_is_found_even_when_the_space_is_crowded);
	RUN(populating_brings_in_what_is_asked_for);
	RUN(long_regions_give_way);
	RUN(protection_is_only_taken_away);
	RUN(executable_memory_needs_the_code_authority);
	RUN(the_kernel_never_touches_device_memory);
	RUN(protecting_device_memory_leaves_it_device_memory);
	RUN(nobody_maps_memory_as_a_device_or_as_tables);
	RUN(memory_for_devices_is_one_piece_and_has_an_address);
	RUN(memory_for_devices_is_refused_and_given_back);
	RUN(copies_cross_page_borders);
	RUN(wild_addresses_are_refused);
	RUN(a_copy_ends_at_the_limit_of_frames);
	RUN(reading_another_process_needs_the_right_and_stops_at_a_hole);
	RUN(the_memory_of_an_ended_process_is_out_of_reach);
}
