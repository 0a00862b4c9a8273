/* SPDX-License-Identifier: Apache-2.0
 *
 * Mistakes on purpose, one for each kind that the address sanitizer must find, and one for each that the processor must
 * stop: `kasan-test=WORD' on the command line. Only kernels built with it come here. tests/kasan/mistakes.py knows the words.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/ns/namespace.h"
#include "kernel/debug/kasan.h"
#include "hal_arch/switch.h"
#include "kernel/raw/downcast.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"
#include "kernel/raw/mistakes.h"
#include "kernel/raw/slab.h"

static struct ns_node *take(void)
{
	struct pooled *item = pool_take(POOL_NS_NODE);

	INVARIANT(item != nullptr, "kasan-test: no memory for an item");
	return pooled_as_ns_node(item);
}

static paddr_t take_frames(u32 order)
{
	struct frame_result frame = order == 0 ? frame_alloc_zeroed() : frame_alloc(order);

	INVARIANT(frame.ok, "kasan-test: no memory for frames");
	return frame.frame;
}

static void use_item_after_free(void)
{
	struct ns_node *node = take();

	pool_give(&node->pooled);
	atomic_store(&node->length, 1u);
}

static void use_behind_item(void)
{
	paddr_t place = slab_item_place(&take()->pooled);

	place.v += sizeof(struct ns_node) + POOL_LINE_BYTES - 1;
	place.v -= place.v % POOL_LINE_BYTES;
	klog_u64(atomic_load(&slab_item(place, 0, 0)->pool));
}

static void use_frame_after_free(void)
{
	paddr_t frame = take_frames(0);

	frame_free_one(frame);
	atomic_store(ELEM(frame_words(frame)->word, 3), 1ull);
}

static void use_block_after_free(void)
{
	paddr_t frame = take_frames(2);

	frame_free(frame, 2);
	frame_zero((paddr_t){ frame.v + PAGE_BYTES });
}

static void free_item_twice(void)
{
	struct ns_node *node = take();

	pool_give(&node->pooled);
	pool_give(&node->pooled);
}

static void free_frame_twice(void)
{
	paddr_t frame = take_frames(0);

	frame_free_one(frame);
	frame_free_one(frame);
}

/* ---- what the processor stops ---- */

/* A page of zeros that user mode could use like that, on this processor from now on. */
static uaddr_t page_of_user(u32 prot)
{
	static struct hal_space space;
	const uaddr_t at = { HAL_USER_BASE };
	const paddr_t page = take_frames(0);
	paddr_t found = { 0 };
	u32 found_prot = 0;

	hal_space_init(&space, take_frames(0));
	while (hal_space_map(&space, at, page, prot) == HAL_MMU_NEEDS_TABLE)
		hal_space_add_table(&space, at, take_frames(0));
	INVARIANT(hal_space_query(&space, at, &found, &found_prot) == HAL_MMU_OK && found.v == page.v && found_prot == prot,
		"kasan-test: the page is not mapped");
	hal_space_activate(&hal_this_cpu()->arch, &space);
	return at;
}

static void read_user_memory(void) { klog_u64(mistake_read(page_of_user(HAL_PROT_READ))); }
static void run_user_memory(void) { hal_mistaken_jump(page_of_user(HAL_PROT_READ | HAL_PROT_EXECUTE).v); }

static void nothing(void) { }
static void run_middle_of_function(void) { hal_mistaken_jump(mistake_inside(nothing)); }

static bool make_mistake(struct span word)
{
	if (span_equal(word, span_text("item")))
		use_item_after_free();
	else if (span_equal(word, span_text("behind")))
		use_behind_item();
	else if (span_equal(word, span_text("frame")))
		use_frame_after_free();
	else if (span_equal(word, span_text("block")))
		use_block_after_free();
	else if (span_equal(word, span_text("item-twice")))
		free_item_twice();
	else if (span_equal(word, span_text("frame-twice")))
		free_frame_twice();
	else if (span_equal(word, span_text("user-read")))
		read_user_memory();
	else if (span_equal(word, span_text("user-run")))
		run_user_memory();
	else if (span_equal(word, span_text("inside")))
		run_middle_of_function();
	else
		return false;
	return true;
}

void kasan_self_test(const struct boot_info *info)
{
	struct span rest = span_until_zero(SPAN_OF_ARRAY(info->command_line)), key = span_text("kasan-test=");

	while (span_len(rest) > 0) {
		struct span word = span_split(&rest, ' ');

		if (!span_starts_with(word, key))
			continue;
		bool known = make_mistake(span_from(word, span_len(key)));

		klog_text(known ? "kasan: the mistake was not found: " : "kasan: no such mistake: ");
		klog_write(word);
		klog_end();
	}
}
