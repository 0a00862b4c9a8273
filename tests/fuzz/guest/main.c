/* SPDX-License-Identifier: Apache-2.0
 *
 * sysfuzz, the first process of the image `fuzz': runs programs of random system calls, keeps those that made the
 * kernel run what it had not run before, and changes them. The host leads it over a line of text
 * (tools/fuzz/guest.py) and looks for programs in the machine's memory when it says nothing more.
 *
 *	host   option NAME NUMBER      seed, calls, repeats
 *	host   shape PROCESSES THREADS OPTIONS TIMES
 *	host   op THREAD HEX           adds to the program that is to be repeated
 *	host   go                      random programs, until so many calls were made
 *	host   replay                  the program given, so many times
 *	guest  ready EDGES
 *	guest  at CALLS ROUNDS CUT-SHORT NOT-BEGUN EDGES-REACHED KEPT
 *	guest  call NAME MADE SUCCEEDED USUAL-FAILURE, since HEX, boot HEX, then end
 *	guest  finding WHAT            and nothing more
 */
#include "abi/fuzz_table.h"
#include "abi/names.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/first/first.h"
#include "lib/rt/rt.h"
#include "tests/fuzz/guest/cover.h"
#include "tests/fuzz/guest/grow.h"
#include "tests/fuzz/guest/line.h"
#include "tests/fuzz/guest/random.h"
#include "tests/fuzz/guest/round.h"

enum : u32 { KEPT_MAX = 512, LINE_BYTES = 400 };
enum : u64 { TELL_NS = 1000000000 };

static struct program kept[KEPT_MAX], current;
static u32 kept_count;
static struct totals totals;
static u64 calls_wanted = 100000, repeats = 1;

/* ---- telling ---- */

static void tell_progress(void)
{
	const u64 numbers[] = { totals.calls, totals.rounds, totals.cut_short, totals.not_begun, cover_reached(), kept_count };
	TEXT_BUFFER(line, 160);

	text_add(&line, "at");
	for (u32 i = 0; i < ARRAY_LEN(numbers); i++) {
		text_add(&line, " ");
		text_add_u64(&line, numbers[i]);
	}
	text_add(&line, "\n");
	line_send(&line);
}

/* The status other than success that a call ended with most often. */
static u32 usual_failure(const u64 (*ended)[STATUSES])
{
	u32 most = 1;

	for (u32 i = 2; i < STATUSES; i++)
		if (*ELEM(*ended, i) > *ELEM(*ended, most))
			most = i;
	return most;
}

static void tell_calls(void)
{
	for (u32 i = 0; i < SYSCALL_COUNT; i++) {
		TEXT_BUFFER(line, 100);

		text_add(&line, "call ");
		text_add_cstr(&line, ELEM(abi_calls, i)->name);
		text_add(&line, " ");
		text_add_u64(&line, *ELEM(totals.made, i));
		text_add(&line, " ");
		text_add_u64(&line, *ELEM(*ELEM(totals.ended, i), STATUS_OK));
		text_add(&line, " ");
		text_add_cstr(&line, status_name(usual_failure(ELEM(totals.ended, i))));
		text_add(&line, "\n");
		line_send(&line);
	}
}

static void tell_end(void)
{
	tell_progress();
	tell_calls();
	cover_send();
	line_send_span(span_text("end\n"));
}

/* ---- running ---- */

static bool run(void)
{
	if (round_run(&current, &totals))
		return true;
	TEXT_BUFFER(line, 200);

	tell_progress();
	text_add(&line, "finding left behind:");
	round_add_left(&line);
	text_add(&line, "\n");
	line_send(&line);
	return false;
}

static const struct program *some_kept(void)
{
	return ELEM(kept, draw_below(kept_count));
}

static void choose(void)
{
	if (kept_count == 0 || one_in(8)) {
		grow_program(&current);
		return;
	}
	current = *some_kept();
	grow_change(&current, some_kept());
}

static void keep(void)
{
	u32 place = kept_count < KEPT_MAX ? kept_count++ : (u32)draw_below(KEPT_MAX);

	*ELEM(kept, place) = current;
}

static void go(void)
{
	u64 told = rt_now_ns();

	while (totals.calls < calls_wanted) {
		choose();
		if (!run())
			return;
		if (cover_new() != 0)
			keep();
		if (rt_now_ns() > told + TELL_NS) {
			told = rt_now_ns();
			tell_progress();
		}
	}
	tell_end();
}

static void replay(void)
{
	u64 told = rt_now_ns();

	for (u64 i = 0; i < repeats; i++) {
		if (!run())
			return;
		if (rt_now_ns() > told + TELL_NS) {
			told = rt_now_ns();
			tell_progress();
		}
	}
	tell_end();
}

/* ---- what the host says ---- */

static u64 take_number(struct span *rest)
{
	u64 value = 0;

	return span_parse_u64(span_split(rest, ' '), &value) ? value : 0;
}

static u8 hex_digit(u8 c)
{
	return (u8)(c >= 'a' ? c - 'a' + 10 : c - '0') & 15;
}

static void take_option(struct span rest)
{
	struct span name = span_split(&rest, ' ');
	u64 value = take_number(&rest);

	if (span_equal(name, span_text("seed")))
		random_seed(value);
	else if (span_equal(name, span_text("calls")))
		calls_wanted = value;
	else if (span_equal(name, span_text("repeats")))
		repeats = value;
}

static void take_shape(struct span rest)
{
	current = (struct program){};
	current.processes = (u32)min_u64(max_u64(take_number(&rest), 1), PROCESSES_MAX);
	current.threads = (u32)min_u64(max_u64(take_number(&rest), 1), THREADS_MAX);
	current.options = (u32)take_number(&rest) % OPTIONS;
	current.times = (u32)min_u64(max_u64(take_number(&rest), 1), TIMES_MAX);
}

static void take_op(struct span rest)
{
	struct list *list = ELEM(current.list, take_number(&rest) % THREADS_MAX);
	struct mspan op = MSPAN_OF_STRUCT(*ELEM(list->op, list->count % OPS_MAX));

	for (u32 i = 0; i < mspan_len(op) && 2 * i + 1 < span_len(rest); i++)
		mspan_put_u8(op, i, (u8)(hex_digit(span_u8(rest, 2 * i)) << 4 | hex_digit(span_u8(rest, 2 * i + 1))));
	list->count = (u32)min_u64(list->count + 1, OPS_MAX);
}

static void obey(struct span rest)
{
	struct span word = span_split(&rest, ' ');

	if (span_equal(word, span_text("option")))
		take_option(rest);
	else if (span_equal(word, span_text("shape")))
		take_shape(rest);
	else if (span_equal(word, span_text("op")))
		take_op(rest);
	else if (span_equal(word, span_text("go")))
		go();
	else if (span_equal(word, span_text("replay")))
		replay();
}

/* ---- the whole ---- */

u64 program_main(const struct rt_args *args)
{
	u64 key = 0;

	(void)args;
	first_adopt_handles(span_text("sysfuzz"));
	if (sys_random(&key) != STATUS_OK || !line_open() ||
	    round_open(key) != STATUS_OK || !cover_open(first_handle(INIT_HANDLE_COVERAGE))) {
		rt_log(span_text("sysfuzz: the machine lacks something it needs to begin"));
		return 1;
	}
	TEXT_BUFFER(line, 40);

	text_add(&line, "ready ");
	text_add_u64(&line, cover_edges());
	text_add(&line, "\n");
	line_send(&line);
	for (;;) {
		u8 room[LINE_BYTES];

		obey(line_receive(MSPAN_OF_ARRAY(room)));
	}
}
