/* SPDX-License-Identifier: Apache-2.0
 *
 * Large pages: which pieces of memory objects become one, and that it makes no difference to anything else.
 */
#include "kernel/core/group/group.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"
#include "tests/host/kernel/tests.h"

enum : u32 { READ_WRITE = MAP_READ | MAP_WRITE };
enum : u64 { LARGE = HAL_LARGE_PAGES * PAGE_BYTES, PIECES = 3, ODD = 5 };

struct place {
	struct user user;
	u64 group, self, handle, at;
	struct memory *memory;
};

static struct answer map(const struct place *p, u64 at, u64 offset, u64 bytes, u32 protection)
{
	return CALL(&p->user, SYSCALL_MAP, p->self, p->handle, at, offset, bytes, protection);
}

/* An object of three large pages and five small ones, in a group of its own if `limit` is not 0. */
static struct place begin(u64 limit)
{
	struct group_limits limits = { .frames = limit };
	struct place p = {};
	struct cap cap;

	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	u64 group = HANDLE(world_init(), SYSCALL_GROUP_CREATE, world_group(), world_init()->scratch, world_init()->scratch, 0);

	p.user = user_new_in(group);
	p.group = give_to(&p.user, group, COPY_ALL);
	p.self = give_to(&p.user, p.user.process_handle, COPY_ALL);
	p.handle = HANDLE(&p.user, SYSCALL_MEMORY_CREATE, p.group, PIECES * LARGE + ODD * PAGE_BYTES);
	EXPECT_STATUS(cap_read(p.user.process, (handle_t){ (u32)p.handle }, &cap), STATUS_OK);
	p.memory = object_as_memory(cap.object);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, group).status, STATUS_OK);
	return p;
}

/* The same, mapped where there is room. */
static struct place begin_mapped(u64 limit)
{
	struct place p = begin(limit);
	struct answer answer = map(&p, 0, 0, PIECES * LARGE + ODD * PAGE_BYTES, READ_WRITE);

	EXPECT_STATUS(answer.status, STATUS_OK);
	p.at = answer.value;
	return p;
}

static u64 filled(const struct place *p) { return p->user.process->space.filled; }

static void fault(const struct place *p, u32 kind, u64 at)
{
	fake_fault(user_bring(p->user.thread), kind, at);
	EXPECT(!user_ended(&p->user));
}

static enum status poke(const struct place *p, u64 at, u64 value)
{
	return user_copy_out(p->user.process, (uaddr_t){ at }, SPAN_OF_STRUCT(value));
}

static u64 peek(const struct place *p, u64 at)
{
	u64 value = U64_MAX;

	EXPECT_STATUS(user_copy_in(p->user.process, MSPAN_OF_STRUCT(value), (uaddr_t){ at }), STATUS_OK);
	return value;
}

static u64 frame_at(const struct place *p, u64 at)
{
	paddr_t frame = {};
	u32 prot;

	return hal_space_query(&p->user.process->space.hal, (uaddr_t){ at }, &frame, &prot) == HAL_MMU_OK ? frame.v : 0;
}

/* Everything that the object and its mappings had comes back. */
static void end(struct place *p)
{
	u64 used = group_use(p->user.process->object.group, GROUP_FRAMES);

	EXPECT(used > p->memory->touched);
	user_end(&p->user);
}

static void a_touched_piece_is_one_large_page(void)
{
	u64 before = frame_available();
	struct place p = begin_mapped(0);

	EXPECT_EQ(p.at % LARGE, 0);
	fault(&p, FAULT_KIND_WRITE, p.at + LARGE + 7 * PAGE_BYTES + 8);
	EXPECT_EQ(filled(&p), HAL_LARGE_PAGES);
	EXPECT_EQ(p.memory->touched, HAL_LARGE_PAGES + 2); /* its node and the root */
	EXPECT_EQ(frame_at(&p, p.at + LARGE) % LARGE, 0);
	for (u64 i = 0; i < HAL_LARGE_PAGES; i++)
		EXPECT_EQ(frame_at(&p, p.at + LARGE + (i << PAGE_SHIFT)), frame_at(&p, p.at + LARGE) + (i << PAGE_SHIFT));
	EXPECT_EQ(frame_at(&p, p.at), 0);
	fault(&p, FAULT_KIND_WRITE, p.at + PIECES * LARGE); /* what is behind the last piece is small */
	EXPECT_EQ(filled(&p), HAL_LARGE_PAGES + 1);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_UNMAP, p.self, p.at, PIECES * LARGE + ODD * PAGE_BYTES).status, STATUS_OK);
	EXPECT_EQ(filled(&p), 0);
	EXPECT_EQ(frame_at(&p, p.at + LARGE), 0);
	end(&p);
	EXPECT_EQ(frame_available(), before);
}

/* Frames of the block hold what they held before until somebody may see them. */
static void every_page_of_a_large_one_is_zero(void)
{
	struct place old = begin_mapped(0);

	for (u64 at = 0; at < PIECES * LARGE; at += PAGE_BYTES)
		EXPECT_STATUS(poke(&old, old.at + at, U64_MAX), STATUS_OK);
	end(&old);
	struct place p = begin_mapped(0);

	EXPECT_EQ(peek(&p, p.at + 9 * PAGE_BYTES), 0); /* before the piece is whole */
	fault(&p, FAULT_KIND_READ, p.at);
	for (u64 at = 0; at < LARGE; at += PAGE_BYTES)
		if (frame_words((paddr_t){ frame_at(&p, p.at + at) })->word[0] != 0) {
			FAIL("a page of a large one is not zero");
			break;
		}
	end(&p);
}

/* Copies of the kernel do not wait for the whole, and what they wrote stays. */
static void copies_before_a_piece_is_whole_stay(void)
{
	struct place p = begin_mapped(0);

	for (u64 i = 0; i < HAL_LARGE_PAGES; i += 5)
		EXPECT_STATUS(poke(&p, p.at + (i << PAGE_SHIFT), i + 1), STATUS_OK);
	EXPECT_EQ(filled(&p), 0);
	fault(&p, FAULT_KIND_READ, p.at + PAGE_BYTES);
	EXPECT_EQ(filled(&p), HAL_LARGE_PAGES);
	for (u64 i = 0; i < HAL_LARGE_PAGES; i++)
		EXPECT_EQ(peek(&p, p.at + (i << PAGE_SHIFT)), i % 5 == 0 ? i + 1 : 0);
	EXPECT_EQ(filled(&p), HAL_LARGE_PAGES);
	end(&p);
}

static void preparing_goes_on_after_an_interrupt(void)
{
	struct place p = begin_mapped(0);
	u32 faults = 0;

	fake_interrupt_every(3);
	while (frame_at(&p, p.at) == 0 && faults < HAL_LARGE_PAGES) {
		fault(&p, FAULT_KIND_WRITE, p.at);
		faults++;
	}
	fake_interrupt_every(0);
	EXPECT_EQ(filled(&p), HAL_LARGE_PAGES);
	EXPECT(faults > 10);
	end(&p);
}

static void what_is_mapped_in_pieces_stays_small(void)
{
	struct place p = begin(0);
	u64 part = map(&p, 0, 0, LARGE - PAGE_BYTES, READ_WRITE).value;      /* too short */
	u64 cut = map(&p, 0, 2 * LARGE, LARGE, READ_WRITE).value;

	fault(&p, FAULT_KIND_WRITE, part);
	EXPECT_EQ(filled(&p), 1);
	EXPECT_STATUS(map(&p, 2 * LARGE + PAGE_BYTES, LARGE, LARGE, READ_WRITE | MAP_FIXED).status, STATUS_OK); /* crooked */
	fault(&p, FAULT_KIND_WRITE, 3 * LARGE);
	EXPECT_EQ(filled(&p), 2);
	fault(&p, FAULT_KIND_WRITE, cut + LARGE - 1);
	EXPECT_EQ(filled(&p), 2 + HAL_LARGE_PAGES);
	/* The first piece has a page of its own by now. */
	u64 whole = map(&p, 0, 0, LARGE, READ_WRITE).value;

	EXPECT_EQ(whole % LARGE, 0);
	fault(&p, FAULT_KIND_WRITE, whole + PAGE_BYTES);
	EXPECT_EQ(filled(&p), 3 + HAL_LARGE_PAGES);
	EXPECT_EQ(p.memory->touched, 1 + 2 + 2 + 1 + HAL_LARGE_PAGES + 1);
	end(&p);
}

static void offsets_are_placed_so_that_pieces_fit(void)
{
	struct place p = begin(0);
	u64 at = map(&p, 0, 3 * PAGE_BYTES, 2 * LARGE, READ_WRITE).value;

	EXPECT_EQ(at % LARGE, 3 * PAGE_BYTES);
	fault(&p, FAULT_KIND_WRITE, at);
	EXPECT_EQ(filled(&p), 1);
	fault(&p, FAULT_KIND_WRITE, at - 3 * PAGE_BYTES + LARGE);
	EXPECT_EQ(filled(&p), 1 + HAL_LARGE_PAGES);
	end(&p);
}

static void two_spaces_share_a_large_page(void)
{
	struct place p = begin_mapped(0);
	u64 again = map(&p, 0, 0, LARGE, MAP_READ).value;

	fault(&p, FAULT_KIND_WRITE, p.at);
	fault(&p, FAULT_KIND_READ, again);
	EXPECT_EQ(frame_at(&p, again), frame_at(&p, p.at));
	EXPECT_EQ(filled(&p), 2 * HAL_LARGE_PAGES);
	EXPECT_STATUS(poke(&p, p.at + LARGE - 8, 99), STATUS_OK);
	EXPECT_EQ(peek(&p, again + LARGE - 8), 99);
	EXPECT_STATUS(poke(&p, again, 1), STATUS_BAD_ADDRESS);
	end(&p);
}

static void protecting_reaches_all_of_a_large_page(void)
{
	struct place p = begin(0);
	u64 at = map(&p, 0, 0, LARGE, READ_WRITE | MAP_POPULATE).value;

	EXPECT_EQ(filled(&p), HAL_LARGE_PAGES);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_PROTECT, p.self, at, LARGE, MAP_READ).status, STATUS_OK);
	EXPECT_STATUS(poke(&p, at, 1), STATUS_BAD_ADDRESS);
	EXPECT_STATUS(poke(&p, at + LARGE - 8, 1), STATUS_BAD_ADDRESS);
	EXPECT_EQ(peek(&p, at + LARGE - 8), 0);
	EXPECT_EQ(filled(&p), HAL_LARGE_PAGES);
	end(&p);
}

static void revoking_takes_a_large_page_away(void)
{
	struct place p = begin(0);
	u64 child = HANDLE(&p.user, SYSCALL_CAP_DERIVE, p.handle, COPY_ALL, 0, 0);
	u64 at = CALL(&p.user, SYSCALL_MAP, p.self, child, 0, 0, LARGE, READ_WRITE).value;

	fault(&p, FAULT_KIND_WRITE, at);
	EXPECT_EQ(filled(&p), HAL_LARGE_PAGES);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_REVOKE, p.handle).status, STATUS_OK);
	EXPECT_EQ(filled(&p), 0);
	EXPECT_EQ(frame_at(&p, at), 0);
	EXPECT_STATUS(poke(&p, at, 1), STATUS_BAD_ADDRESS);
	user_end(&p.user);
}

/* A limit is no reason to fail: what is left of it is used page by page. */
static void a_group_that_is_nearly_full_gets_small_pages(void)
{
	struct place p = begin_mapped(2 * HAL_LARGE_PAGES);

	fault(&p, FAULT_KIND_WRITE, p.at);
	EXPECT_EQ(filled(&p), 1);
	EXPECT_EQ(p.memory->touched, 3);
	end(&p);
}

void large_tests(void)
{
	RUN(a_touched_piece_is_one_large_page);
	RUN(every_page_of_a_large_one_is_zero);
	RUN(copies_before_a_piece_is_whole_stay);
	RUN(preparing_goes_on_after_an_interrupt);
	RUN(what_is_mapped_in_pieces_stays_small);
	RUN(offsets_are_placed_so_that_pieces_fit);
	RUN(two_spaces_share_a_large_page);
	RUN(protecting_reaches_all_of_a_large_page);
	RUN(revoking_takes_a_large_page_away);
	RUN(a_group_that_is_nearly_full_gets_small_pages);
}
