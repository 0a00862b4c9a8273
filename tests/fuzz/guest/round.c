/* SPDX-License-Identifier: Apache-2.0
 *
 * See round.h.
 */
#include "tests/fuzz/guest/round.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/base/text.h"
#include "lib/first/first.h"
#include "lib/rt/memory.h"
#include "lib/rt/rt.h"
#include "tests/fuzz/guest/objects.h"
#include "tests/fuzz/guest/own.h"
#include "tests/fuzz/guest/random.h"
#include "tests/fuzz/guest/raw.h"

enum : u32 { HISTORY = 8, MOST_PRIORITY = 190, OWN_PRIORITY = 200, REST_PRIORITY = 0, THREADS_LIMIT = 16 };
enum : u64 { PATIENCE_NS = 20000000, GONE_LIMIT_NS = 20000000000ull, 	OPS_LIMIT = 2 * THREADS_MAX * OPS_MAX };

struct round {
	handle_t group;
	u32 processes;
	handle_t process[PROCESSES_MAX];
	struct shared shared;
};

/* Of each process, where its next handle goes in its arena. */
struct places {
	u32 next[PROCESSES_MAX];
};

static handle_t outer; /* the group of all rounds */
static handle_t done;  /* bit i: list i has ended; bit 32 + i: process i has */
static pages_t arenas[PROCESSES_MAX], lists;
static u64 number, key;
static struct group_stat at_rest, now_used;

/* ---- once ---- */

/* The driver's: programs must not keep it from running. */
static enum status own_priority(u32 priority)
{
	struct activity_params params = { .priority = priority };

	return sys_activity_set(rt_activity(), &params);
}

enum status round_open(u64 key_of_boot)
{
	struct group_limits limits = { .max_priority = MOST_PRIORITY };
	enum status status = sys_group_create(rt_group(), &limits, span_text("programs"), &outer);

	key = key_of_boot;
	authorities_open();
	if (status == STATUS_OK)
		status = own_priority(OWN_PRIORITY);
	if (status == STATUS_OK)
		status = sys_signal_create(rt_group(), &done);
	for (u32 i = 0; i < PROCESSES_MAX && status == STATUS_OK; i++)
		status = rt_pages_create(ARENA_BYTES, true, ELEM(arenas, i));
	if (status == STATUS_OK)
		status = rt_pages_create(HISTORY * THREADS_MAX * PAGE_BYTES, true, &lists);
	if (status == STATUS_OK)
		status = own_open(first_handle(INIT_HANDLE_IMAGE), rt_self());
	return status == STATUS_OK ? sys_group_stat(outer, &at_rest) : status;
}

static u64 lists_offset(void) { return number % HISTORY * THREADS_MAX * PAGE_BYTES; }

/* ---- before ---- */

static void publish(const struct program *program)
{
	for (u32 i = 0; i < THREADS_MAX; i++) {
		struct list *list = list_at(rt_pages_address(lists) + lists_offset() + i * PAGE_BYTES);

		*list = *ELEM(program->list, i);
		list->magic = LIST_MAGIC;
		list->key = key;
		list->round = number;
		list->thread = i;
		list->processes = program->processes;
		list->threads = program->threads;
		list->options = program->options;
		list->times = program->times;
		list->at = 0;
		if (i >= program->threads)
			list->count = 0;
	}
}

static struct arena *arena_of(u32 process) { return arena_at(rt_pages_address(arenas[process])); }

/* Puts a capability into a process and into the handles that its threads choose from. */
static void give(struct round *r, u32 process, u32 *place, handle_t handle)
{
	struct arena *arena = arena_of(process);
	struct cap_info info = {};
	handle_t there = {};

	if (*place >= HANDLES_FIRST || sys_cap_inspect(handle, &info) != STATUS_OK ||
	    sys_cap_grant(r->process[process], handle, U32_MAX, &there) != STATUS_OK)
		return;
	shared_store(ELEM(arena->handle, *place), there.v);
	shared_store(ELEM(arena->type, *place), (u8)info.type);
	(*place)++;
}

static enum status make_process(struct round *r, u32 i, u32 options)
{
	handle_t faults = (options & OPTION_FAULTS) != 0 ? r->shared.faults : handle_none();
	u64 address = 0;
	enum status status = sys_process_create(r->group, r->shared.names, faults, span_text("program"), ELEM(r->process, i));

	if (status != STATUS_OK)
		return status;
	r->processes = i + 1;
	status = own_map(r->process[i]);
	if (status == STATUS_OK)
		status = sys_map(r->process[i], rt_pages_memory(arenas[i]), ARENA_AT, 0, ARENA_BYTES, MAP_READ | MAP_WRITE | MAP_FIXED,
			&address);
	if (status == STATUS_OK)
		status = sys_map(r->process[i], rt_pages_memory(lists), LISTS_AT, lists_offset(), THREADS_MAX * PAGE_BYTES,
			MAP_READ | MAP_WRITE | MAP_FIXED, &address);
	return status == STATUS_OK ? sys_process_watch(r->process[i], done, 1ull << (32 + i)) : status;
}

static void fill_arena(struct round *r, u32 i, u32 *place)
{
	struct arena *arena = arena_of(i);
	struct process_info info = {};
	handle_t there = {};

	*arena = (struct arena){ .left = OPS_LIMIT };
	for (u32 a = 0; a < ADDRESSES; a++)
		*ELEM(arena->address, a) = MAPPINGS_AT;
	if (sys_cap_grant(r->process[i], done, SIGNAL_RIGHT_RAISE, &there) == STATUS_OK)
		arena->done = there.v;
	for (u32 p = 0; p < r->processes; p++) {
		give(r, i, place, r->process[(i + p) % r->processes]);
		if (sys_process_stat(r->process[p], &info) == STATUS_OK)
			*ELEM(arena->id, p) = info.id;
	}
	*ELEM(arena->id, IDS - 1) = info.group_id;
	for (u32 s = 0; s < r->shared.count; s++)
		give(r, i, place, r->shared.handle[s]);
}

/* The threads begin at once, each as it is made. Their bits; what of them did not begin is not among these. */
static u64 start_threads(struct round *r, const struct program *program, struct places *places)
{
	u64 begun = 0;

	for (u32 i = 0; i < program->threads; i++) {
		u32 process = i % r->processes;
		struct thread_start start = { .entry = worker_address(), .argument = i,
			.stack = STACKS_AT + (i + 1) * STACK_PAGES * PAGE_BYTES - 16 };
		handle_t thread = {};

		if (sys_thread_create(r->process[process], &start, handle_none(), &thread) != STATUS_OK)
			continue;
		begun |= 1ull << i;
		for (u32 p = 0; p < r->processes; p++)
			give(r, p, ELEM(places->next, p), thread);
		sys_cap_drop(thread);
	}
	return begun;
}

static enum status begin(struct round *r, const struct program *program, u64 *begun)
{
	struct group_limits limits = { .threads = THREADS_LIMIT };
	struct places places = {};

	if ((program->options & OPTION_TIGHT) != 0)
		limits = (struct group_limits){ .frames = 120, .objects = 40, .caps = 160, .threads = 6 };
	*r = (struct round){};
	enum status status = sys_group_create(outer, &limits, span_text("program"), &r->group);

	if (status != STATUS_OK)
		return status;
	shared_make(&r->shared, r->group, (program->options & OPTION_AUTHORITIES) != 0);
	for (u32 i = 0; i < program->processes && status == STATUS_OK; i++)
		status = make_process(r, i, program->options);
	if (status != STATUS_OK)
		return status;
	for (u32 i = 0; i < r->processes; i++)
		fill_arena(r, i, ELEM(places.next, i));
	*begun = start_threads(r, program, &places);
	return STATUS_OK;
}

/* ---- under way ---- */

/* Until every list has ended, or the process that ran it. False: the time was up before. */
static bool wait_for(const struct round *r, u64 lists_left)
{
	u64 until = rt_now_ns() + PATIENCE_NS, bits = 0;

	while (lists_left != 0) {
		if (sys_signal_wait(done, U64_MAX, until, &bits) != STATUS_OK)
			return false;
		lists_left &= ~bits;
		for (u32 i = 0; i < THREADS_MAX; i++)
			if ((bits >> (32 + i % r->processes) & 1) != 0)
				lists_left &= ~(1ull << i);
	}
	return true;
}

/* ---- after ---- */

/* WHY the look: a program may write anywhere in its arena, and counts that cannot be are not believed. */
static bool believable(const struct arena *arena)
{
	u64 all = 0;

	for (u32 i = 0; i < OPERATIONS; i++)
		all += shared_load(ELEM(arena->made, i));
	return all <= OPS_LIMIT;
}

static void count_process(const struct arena *arena, struct totals *totals)
{
	for (u32 i = 0; i < OPERATIONS; i++) {
		u64 made = shared_load(ELEM(arena->made, i));

		*ELEM(totals->made, i) += made;
		totals->calls += i < SYSCALL_COUNT ? made : 0;
		for (u32 s = 0; s < STATUSES; s++)
			*ELEM(*ELEM(totals->ended, i), s) += shared_load(ELEM(*ELEM(arena->ended, i), s));
	}
}

static void count(const struct round *r, struct totals *totals)
{
	totals->rounds++;
	for (u32 p = 0; p < r->processes; p++)
		if (believable(arena_of(p)))
			count_process(arena_of(p), totals);
}

static void finish(struct round *r)
{
	sys_group_destroy(r->group);
	shared_drop(&r->shared);
	for (u32 i = 0; i < r->processes; i++)
		sys_cap_drop(r->process[i]);
	sys_cap_drop(r->group);
}

static bool at_rest_again(void)
{
	return sys_group_stat(outer, &now_used) == STATUS_OK && now_used.frames == at_rest.frames &&
	       now_used.objects == at_rest.objects && now_used.caps == at_rest.caps && now_used.threads == at_rest.threads &&
	       now_used.reserved_ppm == at_rest.reserved_ppm;
}

/* WHY it looks again and again: nothing tells when the last object of a group has gone. WHY at the lowest priority: a
 * thread that was killed dies when it comes to run, on the processors and at the priority that the program chose for
 * it. WHY not asleep: an idle processor takes long to come back where the machine is emulated. */
static bool all_gone(void)
{
	u64 until = rt_now_ns() + GONE_LIMIT_NS;
	bool gone = at_rest_again();

	(void)own_priority(REST_PRIORITY);
	while (!gone && rt_now_ns() < until) {
		trace_reset();
		sys_yield();
		gone = at_rest_again();
	}
	(void)own_priority(OWN_PRIORITY);
	return gone;
}

bool round_run(const struct program *program, struct totals *totals)
{
	struct round r;
	u64 begun = 0, bits = 0;

	number++;
	publish(program);
	if (begin(&r, program, &begun) != STATUS_OK)
		totals->not_begun++;
	else if (!wait_for(&r, begun))
		totals->cut_short++;
	finish(&r);
	bool gone = all_gone();

	/* Only now: a process that ends says so, and must not be taken for one of the next round. */
	(void)!sys_signal_wait(done, U64_MAX, 0, &bits);
	count(&r, totals);
	return gone;
}

static void add_left(struct text *text, struct span what, u64 was, u64 is)
{
	if (was == is)
		return;
	text_add(text, " ");
	text_add_span(text, what);
	text_add(text, " ");
	text_add_i64(text, (i64)(is - was));
}

void round_add_left(struct text *text)
{
	add_left(text, span_text("frames"), at_rest.frames, now_used.frames);
	add_left(text, span_text("objects"), at_rest.objects, now_used.objects);
	add_left(text, span_text("capabilities"), at_rest.caps, now_used.caps);
	add_left(text, span_text("threads"), at_rest.threads, now_used.threads);
	add_left(text, span_text("reserved time"), at_rest.reserved_ppm, now_used.reserved_ppm);
}
