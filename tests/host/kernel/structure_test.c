/* SPDX-License-Identifier: Apache-2.0
 *
 * The structures below everything: search trees, lists, run queues, frames and pools, each against a plain
 * model under random operations.
 */
#include "kernel/core/mem/frame.h"
#include "kernel/core/object/pool.h"
#include "kernel/core/sched/enqueue.h"
#include "kernel/core/sched/sched.h"
#include "lib/base/list.h"
#include "lib/base/tree.h"
#include "tests/host/kernel/tests.h"

/* HEIGHT_MOST: 1.44 log2 of as many insertions. */
enum : u32 { HEIGHT_MOST = 20, NODES = 200, KEYS = 64, TREE_STEPS = 20000, BLOCKS = 400, FRAME_STEPS = 20000, ITEMS = 300 };

/* ---- trees ---- */

struct STABLE item {
	struct tree_node node;
	u64 order; /* of insertion */
};

static struct tree tree;
static struct item items[NODES];

static u32 height(const struct tree_node *node) { return node != nullptr ? node->height : 0; }

/* Each height is above those below; and with `exactly` by one, and those of two children differ by one at most. */
static bool balanced(bool exactly)
{
	for (u32 i = 0; i < NODES; i++) {
		const struct tree_node *node = &items[i].node;
		u32 left = height(node->child[0]), right = height(node->child[1]), higher = left > right ? left : right;

		if (!tree_contains(node))
			continue;
		if (node->height <= higher || (exactly && (node->height != higher + 1 || left > right + 1 || right > left + 1)))
			return false;
	}
	return true;
}

/* Ascending, equal keys in the order of insertion, nothing lost. */
static bool in_order(u32 expected)
{
	u64 key = 0, order = 0;
	u32 count = 0;

	for (struct tree_node *node = tree_first(&tree); node != nullptr; node = tree_next(node)) {
		const struct item *item = TREE_ENTRY(node, struct item, node);

		if (count != 0 && (node->key < key || (node->key == key && item->order <= order)))
			return false;
		key = node->key;
		order = item->order;
		count++;
	}
	return count == expected;
}

static u64 key_of(const struct tree_node *node) { return node != nullptr ? node->key : U64_MAX; }

static bool bounds_right(u64 key)
{
	u64 floor = U64_MAX, ceiling = U64_MAX;

	for (u32 i = 0; i < NODES; i++) {
		const struct tree_node *node = &items[i].node;

		if (!tree_contains(node))
			continue;
		if (node->key <= key && (floor == U64_MAX || node->key > floor))
			floor = node->key;
		if (node->key >= key && node->key < ceiling)
			ceiling = node->key;
	}
	return key_of(tree_floor(&tree, key)) == floor && key_of(tree_ceiling(&tree, key)) == ceiling;
}

static void tree_keeps_order_and_balance(void)
{
	u64 random = 1;
	u32 count = 0;

	for (u32 step = 0; step < TREE_STEPS; step++) {
		struct item *item = ELEM(items, next_random(&random) % NODES);

		if (tree_contains(&item->node)) {
			tree_remove(&tree, &item->node);
			count--;
		} else {
			item->order = step;
			tree_insert(&tree, &item->node, next_random(&random) % KEYS);
			count++;
		}
		bool low = balanced(false) && height(tree.root) <= HEIGHT_MOST;

		if (step % 64 == 0 && !(in_order(count) && low && bounds_right(next_random(&random) % KEYS))) {
			FAIL("the tree is ordered, balanced and complete");
			return;
		}
	}
	EXPECT(in_order(count));
	for (u32 i = 0; i < NODES; i++)
		if (tree_contains(&items[i].node))
			tree_remove(&tree, &items[i].node);
	EXPECT(tree.root == nullptr && tree_first(&tree) == nullptr);
}

/* Where none were taken out, the tree is as low as can be; those that are taken out change no other's height, and
 * find their place prepared. */
static void tree_that_only_grows_is_exact(void)
{
	u64 random = 7;

	for (u32 i = 0; i < NODES; i++) {
		items[i].order = i;
		tree_insert(&tree, &items[i].node, i < NODES / 2 ? i : next_random(&random) % NODES);
		EXPECT(balanced(true));
	}
	for (u32 step = 0; step < NODES; step++) {
		struct item *item = ELEM(items, next_random(&random) % NODES);
		u64 key = item->node.key;

		tree_remove(&tree, &item->node);
		EXPECT(!tree_contains(&item->node) && balanced(false));
		item->order = NODES + step;
		tree_insert(&tree, &item->node, key);
	}
	EXPECT(in_order(NODES) && balanced(false) && height(tree.root) <= HEIGHT_MOST);
	tree = (struct tree){};
}

/* ---- lists ---- */

enum : u32 { LIST_STEPS = 2000, ENTRIES = 20 };

struct STABLE entry {
	u64 place; /* when it was put in; 0: it is not */
	struct list_node node;
};

static struct list list;
static struct entry entries[ENTRIES];

/* The latest first, nothing lost, and the way back is the same. */
static bool latest_first(u32 expected)
{
	u64 place = U64_MAX;
	u32 count = 0;
	const struct list_node *before = nullptr;

	LIST_EACH (at, &list, struct entry, node) {
		if (at->place == 0 || at->place >= place || at->node.prev != before)
			return false;
		place = at->place;
		before = &at->node;
		count++;
	}
	return count == expected;
}

static void list_keeps_latest_first(void)
{
	u64 random = 3;
	u32 count = 0;

	for (u32 step = 1; step <= LIST_STEPS; step++) {
		struct entry *entry = ELEM(entries, next_random(&random) % ENTRIES);

		if (entry->place != 0) {
			list_remove(&list, &entry->node);
			entry->place = 0;
			count--;
		} else {
			entry->place = step;
			list_push(&list, &entry->node);
			count++;
		}
		EXPECT(latest_first(count));
	}
}

/* ---- run queues ---- */

static struct run_queue queue;
static struct thread threads[32];

static bool first_is_best(void)
{
	const struct thread *best = nullptr, *first = run_queue_first(&queue);

	for (u32 i = 0; i < ARRAY_LEN(threads); i++) {
		const struct thread *at = ELEM(threads, i);

		if (!tree_contains(&at->run_node))
			continue;
		if (best == nullptr || at->queued_priority > best->queued_priority ||
		    (at->queued_priority == best->queued_priority && at->run_node.key < best->run_node.key))
			best = at;
	}
	if (best == nullptr || first == nullptr)
		return best == first && queue.highest == NO_PRIORITY;
	return first->queued_priority == best->queued_priority && first->run_node.key == best->run_node.key &&
	       queue.highest == best->queued_priority;
}

static void run_queue_offers_highest_priority_then_earliest_deadline(void)
{
	u64 random = 2;
	u32 count = 0;

	run_queue_init(&queue);
	for (u32 step = 0; step < 5000; step++) {
		struct thread *thread = ELEM(threads, next_random(&random) % ARRAY_LEN(threads));
		u8 priority = (u8)(next_random(&random) % 5 * 63);

		if (tree_contains(&thread->run_node)) {
			run_queue_remove(&queue, thread);
			count--;
		} else if (priority == queue.highest && step % 2 == 0) {
			const struct thread *first = run_queue_first(&queue);

			EXPECT(run_queue_swap(&queue, thread, priority, next_random(&random) % 100) == first);
			EXPECT(!tree_contains(&first->run_node));
		} else {
			run_queue_add(&queue, thread, priority, next_random(&random) % 100);
			count++;
		}
		if (!first_is_best() || queue.count != count) {
			FAIL("the first thread is the best one");
			return;
		}
	}
}

/* ---- frames ---- */

struct block {
	u64 first;
	u32 order;
	bool used;
};

static struct block blocks[BLOCKS];
static bool taken[FAKE_MEMORY_BYTES >> PAGE_SHIFT];

static bool mark(const struct block *block, bool value)
{
	for (u64 i = 0; i < 1ull << block->order; i++) {
		bool *at = ELEM(taken, block->first + i);

		if (*at == value)
			return false;
		*at = value;
	}
	return true;
}

static bool take_block(struct block *block, u32 order)
{
	struct frame_result result = frame_alloc(order);

	if (!result.ok)
		return true;
	*block = (struct block){ .first = result.frame.v >> PAGE_SHIFT, .order = order, .used = true };
	return (result.frame.v & ((PAGE_BYTES << order) - 1)) == 0 && mark(block, true);
}

static bool give_block(struct block *block)
{
	bool right = mark(block, false);

	frame_free((paddr_t){ block->first << PAGE_SHIFT }, block->order);
	block->used = false;
	return right;
}

static void frames_never_overlap_and_all_come_back(void)
{
	u64 random = 3, available = frame_available();

	for (u32 step = 0; step < FRAME_STEPS; step++) {
		struct block *block = ELEM(blocks, next_random(&random) % BLOCKS);
		u32 order = (u32)(next_random(&random) % FRAME_ORDERS);

		if (!(block->used ? give_block(block) : take_block(block, order))) {
			FAIL("a block is aligned and nobody else's");
			return;
		}
	}
	for (u32 i = 0; i < BLOCKS; i++)
		if (blocks[i].used)
			(void)give_block(ELEM(blocks, i));
	EXPECT_EQ(frame_available(), available);
}

/* The order of the largest free block. */
static u32 largest_order(void)
{
	for (u32 order = FRAME_ORDERS; order > 0; order--) {
		struct frame_result block = frame_alloc(order - 1);

		if (!block.ok)
			continue;
		frame_free(block.frame, order - 1);
		return order - 1;
	}
	return 0;
}

static void all_memory_can_be_taken_and_given_back(void)
{
	u64 available = frame_available(), taken_now = 0;
	u32 largest = largest_order();
	paddr_t chain = {};
	struct frame_result frame = frame_alloc(0);

	/* The frames themselves hold the list. */
	while (frame.ok) {
		mspan_put_le64(fake_memory(frame.frame.v, PAGE_BYTES), 0, chain.v);
		chain = frame.frame;
		taken_now++;
		frame = frame_alloc(0);
	}
	EXPECT_STATUS(frame.status, STATUS_OUT_OF_FRAMES);
	EXPECT(taken_now > 10000);
	EXPECT(!frame_alloc(1).ok);
	while (chain.v != 0) {
		paddr_t next = { span_le64(span_of(fake_memory(chain.v, PAGE_BYTES)), 0) };

		frame_free(chain, 0);
		chain = next;
	}
	EXPECT_EQ(frame_available(), available);
	/* Buddies have found each other again. */
	EXPECT_EQ(largest_order(), largest);
	EXPECT(!frame_alloc(FRAME_ORDERS).ok);
}

static void zeroed_frames_are_zero(void)
{
	struct frame_result dirty = frame_alloc_zeroed();

	EXPECT(dirty.ok);
	mspan_fill(fake_memory(dirty.frame.v, PAGE_BYTES), 0xee);
	frame_free_one(dirty.frame);
	struct frame_result clean = frame_alloc_zeroed();
	struct span bytes = span_of(fake_memory(clean.frame.v, PAGE_BYTES));
	u32 wrong = 0;

	for (u64 at = 0; at < PAGE_BYTES; at++)
		wrong += span_u8(bytes, at) != 0;
	EXPECT_EQ(clean.frame.v, dirty.frame.v); /* the processor's own cache gives the last one first */
	EXPECT_EQ(wrong, 0);
	frame_free_one(clean.frame);
}

/* ---- pools ---- */

struct STABLE pooled_list {
	struct pooled *item[ITEMS];
};
static struct pooled_list held;

static void pool_items_are_distinct_and_keep_their_pool(void)
{
	for (u32 i = 0; i < ITEMS; i++) {
		struct pooled *item = pool_take(POOL_MESSAGE);

		INVARIANT(item != nullptr, "TEST: out of memory");
		EXPECT_EQ(item->pool, POOL_MESSAGE);
		EXPECT(item->generation > 0);
		for (u32 j = 0; j < i; j++)
			if (*ELEM(held.item, j) == item)
				FAIL("an item is given out once");
		*ELEM(held.item, i) = item;
	}
	u32 generation = held.item[0]->generation;

	for (u32 i = ITEMS; i > 0; i--)
		pool_give(*ELEM(held.item, i - 1));
	struct pooled *again = pool_take(POOL_MESSAGE);

	EXPECT(again == held.item[0]);
	EXPECT_EQ(again->generation, generation + 1);
	pool_give(again);
}

void structure_tests(void)
{
	RUN(tree_keeps_order_and_balance);
	RUN(tree_that_only_grows_is_exact);
	RUN(list_keeps_latest_first);
	RUN(run_queue_offers_highest_priority_then_earliest_deadline);
	RUN(frames_never_overlap_and_all_come_back);
	RUN(all_memory_can_be_taken_and_given_back);
	RUN(zeroed_frames_are_zero);
	RUN(pool_items_are_distinct_and_keep_their_pool);
}
