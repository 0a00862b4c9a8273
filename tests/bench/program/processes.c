/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes of six pages, mapping one page, touching many.
 */
#include "lib/rt/memory.h"
#include "lib/rt/message.h"
#include "tests/bench/program/measures.h"
#include "tests/bench/program/samples.h"
#include "abi/stubs.h"

enum : u64 { SIX_PAGES = 6 * PAGE_BYTES, PLACE = 0x0000001800000000ull, MANY_BYTES = 16 << 20 };
enum : u32 { TOUCHES = 5, PLACES = 20, TIMES_AT_ONE = 11 /* samples in a row: all places in those of a measure */ };

struct made {
	handle_t process, memory;
};

typedef u64 clock_function(void);

static handle_t ended;

/* `now' gives the beginning: samples_now if it is one of a sample. */
static void make(struct made *made, clock_function *now, u64 *begin, u64 *end)
{
	u64 address = 0;

	*begin = now();
	enum status status = sys_process_create(rt_group(), handle_none(), handle_none(), span_text("six pages"), &made->process);

	if (status == STATUS_OK)
		status = sys_memory_create(rt_group(), SIX_PAGES, &made->memory);
	if (status == STATUS_OK)
		status = sys_map(made->process, made->memory, PLACE, 0, SIX_PAGES, MAP_READ | MAP_WRITE | MAP_FIXED | MAP_POPULATE,
			&address);
	*end = rt_now_ns();
	must(span_text("process"), status);
}

/* From asking for its end until everything that it had is free. */
static void end(const struct made *made, clock_function *now, u64 *begin, u64 *end_ns)
{
	u64 bits;

	must(span_text("watch"), sys_process_watch(made->process, ended, 1));
	sys_cap_drop(made->memory);
	*begin = now();
	enum status status = sys_process_kill(made->process, 0);

	if (status == STATUS_OK)
		status = sys_signal_wait(ended, 1, RT_FOREVER, &bits);
	*end_ns = rt_now_ns();
	must(span_text("kill"), status);
	sys_cap_drop(made->process);
}

static void create(u64 *begin, u64 *end_ns)
{
	struct made made;
	u64 a, b;

	make(&made, samples_now, begin, end_ns);
	end(&made, rt_now_ns, &a, &b);
}

static void destroy(u64 *begin, u64 *end_ns)
{
	struct made made;
	u64 a, b;

	make(&made, rt_now_ns, &a, &b);
	end(&made, samples_now, begin, end_ns);
}

static handle_t page;

/* Where pages are mapped, one place after the other. WHY many, as the kernel chooses them: what a mapping costs depends on its
 * place among the others in a tree, and one place says by luck which. */
static u64 places[PLACES];
static u64 mapped;

static u64 next_place(void) { return *ELEM(places, mapped++ / TIMES_AT_ONE % PLACES); }

static void choose_places(void)
{
	for (u32 i = 0; i < PLACES; i++)
		must(span_text("map"), sys_map(rt_self(), page, 0, 0, PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_POPULATE, ELEM(places, i)));
	for (u32 i = 0; i < PLACES; i++)
		must(span_text("unmap"), sys_unmap(rt_self(), *ELEM(places, i), PAGE_BYTES));
}

static void map(u64 *begin, u64 *end_ns)
{
	u64 place = next_place(), address = 0;

	*begin = samples_now();
	enum status status = sys_map(rt_self(), page, place, 0, PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_FIXED | MAP_POPULATE,
		&address);

	*end_ns = rt_now_ns();
	must(span_text("map"), status);
	must(span_text("unmap"), sys_unmap(rt_self(), address, PAGE_BYTES));
}

static void unmap(u64 *begin, u64 *end_ns)
{
	u64 place = next_place(), address = 0;

	must(span_text("map"), sys_map(rt_self(), page, place, 0, PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_FIXED | MAP_POPULATE,
		&address));
	*begin = samples_now();
	enum status status = sys_unmap(rt_self(), place, PAGE_BYTES);

	*end_ns = rt_now_ns();
	must(span_text("unmap"), status);
}

/* The first byte of every page, of memory that was never touched. */
static void touch(u64 *begin, u64 *end_ns)
{
	pages_t many;

	must(span_text("memory"), rt_pages_create(MANY_BYTES, false, &many));
	struct mspan bytes = rt_pages_mspan(many);

	*begin = samples_now();
	for (u64 at = 0; at < MANY_BYTES; at += PAGE_BYTES)
		mspan_put_u8(bytes, at, 1);
	*end_ns = rt_now_ns();
	rt_pages_release(many);
}

void measure_processes(void)
{
	must(span_text("no signal"), sys_signal_create(rt_group(), &ended));
	samples_run(span_text("process_create"), create);
	samples_run(span_text("process_destroy"), destroy);
	must(span_text("no memory"), sys_memory_create(rt_group(), PAGE_BYTES, &page));
	samples_run_times(span_text("touch_16m"), touch, TOUCHES); /* before tables for single pages lie about */
	choose_places();
	samples_run(span_text("map_4k"), map);
	samples_run(span_text("unmap_4k"), unmap);
	sys_cap_drop(page);
	sys_cap_drop(ended);
}
