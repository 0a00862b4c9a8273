/* SPDX-License-Identifier: Apache-2.0
 *
 * Starts the workers, kills what it was told to, stops the workers, adds up. See torture.h.
 */
#include "tests/torture/torture.h"
#include "lib/base/text.h"
#include "lib/rt/message.h"
#include "lib/spawn/spawn.h"
#include "lib/tool/tool.h"
#include "abi/objects.h"
#include "abi/stubs.h"

/* WHY more important than those who are changed: who uses a service that takes all the time there is, for nothing, must come to
 * complain of it. */
enum : u32 { WORKERS = 14, SERVICES_MAX = 60, PAIR_EVERY = 4 };
enum : u64 { STOP_NS = 60000000000ull, FAULTS_NS = 800000000000ull };
/* WHY: while services are changed these only look on, and what they do not take of the machine, faults have. */
enum : u64 { APART_PAUSE_NS = 5000000, HANGS_NS = 100000000 };

#define USAGE \
	"kill SEED ROUNDS PAUSE_US [--slow US] SERVICE... | faults SEED COUNT VICTIM[+VICTIM...]... -- OTHER... | " \
	"use VICTIM[+VICTIM...]... | gone SEED COUNT VICTIM | speed DRIVER EVERY_US KILLS calls|rings | " \
	"rings|rubbish SEED COUNT | hang [SERVICE]"

static u64 state = 1;
static u32 losses;
static struct spawn child;
static handle_t workers[WORKERS], putters[VICTIMS_MAX];
static u64 workers_pause; /* in ns */
static u32 order[SERVICES_MAX];

void random_seed(u64 seed) { state = seed * 2 + 1; }

/* SPEC: xorshift64*, Vigna 2014, "An experimental exploration of Marsaglia's xorshift generators". */
u64 random_below(u64 limit)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1dull >> 16) % limit;
}

void lost(struct span what, enum status status)
{
	losses++;
	print_status(what, status);
}

u32 lost_count(void) { return losses; }

/* The files that a worker reads and writes where the program's own would not do. */
struct ends {
	struct file input, output;
};

static void add_number(u64 value)
{
	TEXT_BUFFER(number, 24);

	text_add_u64(&number, value);
	spawn_add_arg(&child, text_span(&number));
}

static handle_t start(struct span kind, u64 seed, const struct ends *ends)
{
	handle_t process = {};

	spawn_begin(&child, span_text("torture"));
	spawn_add_arg(&child, span_text("work"));
	spawn_add_arg(&child, kind);
	add_number(seed);
	add_number(workers_pause);
	spawn_inherit_files(&child);
	if (file_is_open(&ends->input))
		spawn_add_file(&child, span_text("stdin"), &ends->input);
	if (file_is_open(&ends->output))
		spawn_add_file(&child, span_text("stdout"), &ends->output);
	enum status status = spawn_start(&child, &process);

	if (status != STATUS_OK)
		lost(spawn_reason(&child), status);
	return process;
}

static bool has(struct span path)
{
	static struct file_stat stat;

	return file_stat_path(path, &stat) == STATUS_OK;
}

/* Apart: only those that use nothing but files, pipes and the image. */
static void start_all(u64 seed, bool apart)
{
	struct ends none = {}, reading = {}, writing = {};
	enum status status = file_open_pipe(&reading.input, &writing.output);

	if (status != STATUS_OK)
		lost(span_text("/dev/pipe"), status);
	workers[0] = start(span_text("files"), seed, &none);
	workers[1] = start(span_text("files"), seed + 1, &none);
	workers[2] = start(span_text("append"), seed + 2, &none);
	workers[3] = start(span_text("write-pipe"), seed + 3, &writing);
	workers[4] = start(span_text("read-pipe"), seed + 4, &reading);
	workers[5] = start(span_text("image"), seed + 5, &none);
	if (!apart) {
		workers[6] = start(span_text("log"), seed + 6, &none);
		workers[7] = start(span_text("look"), seed + 7, &none);
	}
	if (!apart && has(span_text(TORTURE_SHARE))) {
		workers[10] = start(span_text("share-files"), seed + 10, &none);
		workers[11] = start(span_text("share-files"), seed + 11, &none);
		workers[12] = start(span_text("share-append"), seed + 12, &none);
	}
	if (!apart && has(span_text(TORTURE_DISK))) {
		workers[8] = start(span_text("disk"), seed + 8, &none);
		workers[9] = start(span_text("disk"), seed + 9, &none);
		workers[13] = start(span_text("disk-rings"), seed + 13, &none);
	}
	file_close(&reading.input);
	file_close(&writing.output);
}

/* It must end well. */
static void wait_for(handle_t process, u64 limit_ns, struct span who)
{
	u64 result = 1;
	u32 reason = 0;

	if (handle_is_none(process))
		return;
	enum status status = spawn_wait(process, rt_deadline_in(limit_ns), &result, &reason);

	if (status == STATUS_OK && result != 0)
		status = STATUS_IO;
	if (status != STATUS_OK)
		lost(who, status);
	sys_cap_drop(process);
}

static void stop_all(void)
{
	struct file stop;
	enum status status = file_create(&stop, span_text(TORTURE_STOP), OPEN_WRITE);

	if (status != STATUS_OK)
		lost(span_text(TORTURE_STOP), status);
	file_close(&stop);
	for (u32 i = 0; i < WORKERS; i++)
		wait_for(*ELEM(workers, i), STOP_NS, span_text("a worker"));
	status = file_remove(span_text(TORTURE_STOP));
	if (status != STATUS_OK)
		lost(span_text(TORTURE_STOP), status);
}

static void shuffle(u32 services)
{
	for (u32 i = 0; i < services; i++)
		*ELEM(order, i) = i;
	for (u32 i = services; i > 1; i--) {
		u32 *last = ELEM(order, i - 1), *other = ELEM(order, (u32)random_below(i)), kept = *last;

		*last = *other;
		*other = kept;
	}
}

/* Each service once a round, in an order of its own, now and then with another one. WHY the longer, the longer the last was
 * away: on a crowded host whoever uses a service is as slow as what starts it, and no request outlives any number of deaths
 * in a row. */
static void kill_round(u32 first, u32 services, u64 pause_ns)
{
	u64 away_ns = 0;

	shuffle(services);
	for (u32 i = 0; i < services; i++) {
		struct span victim = rt_arg(first + *ELEM(order, i));
		struct span other = rt_arg(first + (u32)random_below(services));
		bool pair = random_below(PAIR_EVERY) == 0 && !span_equal(victim, other);

		rt_sleep_until(rt_deadline_in(random_below(pause_ns) + 2 * away_ns + 1));
		u64 before_ns = rt_now_ns();

		kill_and_wait(victim, pair ? other : span_empty());
		away_ns = rt_now_ns() - before_ns;
	}
}

static u64 finish(void)
{
	TEXT_BUFFER(line, 64);

	stop_all();
	text_add_u64(&line, losses);
	text_add(&line, " lost\n");
	print_text(&line);
	return losses == 0 ? TOOL_OK : TOOL_FAILED;
}

/* Arguments from `first' on are services, behind `--slow US' if that is there. */
static u64 kill(const struct rt_args *args, u64 seed, u64 rounds, u64 pause_us)
{
	u32 first = 4;
	u64 slow_us = RT_FOREVER;

	if (span_equal(rt_arg(first), span_text("--slow"))) {
		if (!span_parse_u64(rt_arg(first + 1), &slow_us))
			return tool_usage(span_text(USAGE));
		first += 2;
	}
	random_seed(seed);
	start_all(seed, false);
	slow_begin(slow_us);
	for (u64 i = 0; i < rounds; i++)
		kill_round(first, (u32)min_u64(args->count - first, SERVICES_MAX), pause_us * 1000 + 1);
	return finish();
}

static handle_t start_putter(u64 seed, u64 count, struct span group)
{
	handle_t process = {};

	spawn_begin(&child, span_text("torture"));
	spawn_add_arg(&child, span_text("put"));
	add_number(seed);
	add_number(count);
	spawn_add_arg(&child, group);
	child.priority = IMPORTANT;
	spawn_add_handle(&child, span_text("loader"), rt_handle(span_text("loader")), ENDPOINT_RIGHT_SEND);
	spawn_inherit_files(&child);
	enum status status = spawn_start(&child, &process);

	if (status != STATUS_OK)
		lost(spawn_reason(&child), status);
	return process;
}

/* Arguments from `first' on are victims, from `others' on those that may not notice. */
static void faults_at_once(u64 seed, u64 count, u32 first, u32 others, u32 end)
{
	u32 groups = (u32)min_u64(others - 1 - first, VICTIMS_MAX);
	u64 before = starts_of(others, end);

	for (u32 i = 0; i < groups; i++)
		*ELEM(putters, i) = start_putter(seed * VICTIMS_MAX + i, (count + i) / groups, rt_arg(first + i));
	for (u32 i = 0; i < groups; i++)
		wait_for(*ELEM(putters, i), FAULTS_NS, rt_arg(first + i));
	if (starts_of(others, end) != before)
		lost(span_text("a service that nothing was done to"), STATUS_PEER_DIED);
}

static u64 faults(const struct rt_args *args, u64 seed, u64 count)
{
	u32 others = 3;

	while (others < args->count && !span_equal(rt_arg(others), span_text("--")))
		others++;
	random_seed(seed);
	workers_pause = APART_PAUSE_NS;
	start_all(seed, true);
	faults_at_once(seed, count, 3, others + 1, args->count);
	return finish();
}

static u64 use(u32 end)
{
	for (u32 i = 1; i < end; i++)
		use_all(rt_arg(i));
	return lost_count() == 0 ? TOOL_OK : TOOL_FAILED;
}

static u64 put(u64 seed, u64 count)
{
	random_seed(seed);
	put_faults(count, rt_arg(3));
	return lost_count() == 0 ? TOOL_OK : TOOL_FAILED;
}

static u64 gone(u64 seed, u64 count)
{
	random_seed(seed);
	fault_who_is_gone(count, rt_arg(3));
	return finish();
}

static u64 speed(u64 every_us, u64 kills)
{
	disk_speed(rt_arg(1), every_us * 1000, kills, span_equal(rt_arg(4), span_text("rings")));
	return finish();
}

static u64 rings(u64 seed, u64 count, bool rubbish)
{
	random_seed(seed);
	if (rubbish)
		write_rubbish(count);
	else
		use_disk_rings(count);
	return finish();
}

/* It ends, and with it the call, when it is found. */
static u64 hang(void)
{
	struct message m = msg_make(LOADER_HANG, 0);
	enum status status = msg_call_status(rt_handle(span_text("loader")), &m, RT_FOREVER);

	return status == STATUS_PEER_DIED ? TOOL_OK : tool_fail_status(span_text("the loader"), status);
}

/* It hangs, and nobody waits for its answer. Twice, because who orders is answered before the service is started. */
static u64 hang_and_start(struct span service)
{
	struct message m = msg_make(LOADER_HANG, 0);
	enum status status = msg_call_status(rt_handle(span_text("loader")), &m, rt_deadline_in(HANGS_NS));

	if (status != STATUS_TIMED_OUT)
		return tool_fail_status(span_text("the loader"), status);
	for (u32 i = 0; i < 2; i++)
		(void)service_order(service, span_text("restart"));
	return TOOL_OK;
}

u64 program_main(const struct rt_args *args)
{
	u64 seed = 0, rounds = 0, pause_us = 0, pause = 0;

	if (args->count == 4 && span_equal(rt_arg(0), span_text("work")) && span_parse_u64(rt_arg(2), &seed) &&
	    span_parse_u64(rt_arg(3), &pause))
		return work(rt_arg(1), seed, pause);
	if (args->count == 1 && span_equal(rt_arg(0), span_text("hang")))
		return hang();
	if (args->count == 2 && span_equal(rt_arg(0), span_text("hang")))
		return hang_and_start(rt_arg(1));
	if (args->count >= 2 && span_equal(rt_arg(0), span_text("use")))
		return use(args->count);
	if (args->count == 4 && span_equal(rt_arg(0), span_text("put")) && span_parse_u64(rt_arg(1), &seed) &&
	    span_parse_u64(rt_arg(2), &rounds))
		return put(seed, rounds);
	if (args->count == 4 && span_equal(rt_arg(0), span_text("gone")) && span_parse_u64(rt_arg(1), &seed) &&
	    span_parse_u64(rt_arg(2), &rounds))
		return gone(seed, rounds);
	if (args->count >= 4 && span_equal(rt_arg(0), span_text("faults")) && span_parse_u64(rt_arg(1), &seed) &&
	    span_parse_u64(rt_arg(2), &rounds))
		return faults(args, seed, rounds);
	bool rubbish = args->count > 0 && span_equal(rt_arg(0), span_text("rubbish"));

	if (args->count == 3 && (rubbish || span_equal(rt_arg(0), span_text("rings"))) && span_parse_u64(rt_arg(1), &seed) &&
	    span_parse_u64(rt_arg(2), &rounds))
		return rings(seed, rounds, rubbish);
	if (args->count == 5 && span_equal(rt_arg(0), span_text("speed")) && span_parse_u64(rt_arg(2), &pause_us) &&
	    span_parse_u64(rt_arg(3), &rounds))
		return speed(pause_us, rounds);
	if (args->count < 5 || !span_equal(rt_arg(0), span_text("kill")) || !span_parse_u64(rt_arg(1), &seed) ||
	    !span_parse_u64(rt_arg(2), &rounds) || !span_parse_u64(rt_arg(3), &pause_us))
		return tool_usage(span_text(USAGE));
	return kill(args, seed, rounds, pause_us);
}
