/* SPDX-License-Identifier: Apache-2.0
 *
 * The heartbeat of the loader and of the keeper, which nobody else could end: without the one nothing can be started, without
 * the other nothing restarted. WHY a thread: the first one must never wait for them, as they wait for it. The two share `starts'
 * and `missed' of each only.
 */
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "userspace/init/boot.h"
#include "abi/names.h"
#include "abi/ninep.h"
#include "abi/objects.h"
#include "abi/stubs.h"

/* WHY more important than all others: whether it answers is to be no question of who else works, and who hangs has the priority
 * of whoever waits for it. WHY so long: on a crowded host, starting all services keeps the keeper busy for a second. */
enum : u32 { PULSE_PRIORITY = 255, STACK_PAGES = 4, GENERAL = 32 };
enum : u64 { MS = 1000000, BETWEEN_NS = 1000 * MS, LIMIT_MS = 4000 };

struct pulse {
	struct watched *loader, *keeper;
	handle_t signal;
	u64 bit;
};
static struct pulse pulse;

struct span watched_name(const struct watched *watched) { return span_until_zero(SPAN_OF_ARRAY(watched->name)); }

static u32 starts_of(const struct watched *watched) { return __atomic_load_n(&watched->starts, __ATOMIC_ACQUIRE); }

/* False if it has not answered. One that was started anew meanwhile has not missed anything. */
static bool answers(struct watched *watched)
{
	u32 starts = starts_of(watched);
	struct message m = msg_make(NINEP_PING, 0);
	enum status status = msg_call_status(watched->endpoint, &m, rt_deadline_in(LIMIT_MS * MS));

	msg_drop_caps(&m, 0); /* nobody asked for any */
	if (status == STATUS_TIMED_OUT && starts_of(watched) == starts)
		return false;
	__atomic_store_n(&watched->missed, 0, __ATOMIC_RELEASE);
	return true;
}

static bool ask(struct watched *watched)
{
	if (answers(watched))
		return true;
	if (__atomic_add_fetch(&watched->missed, 1, __ATOMIC_ACQ_REL) < PULSE_MISSES)
		return false;
	enum status status = sys_signal_raise(pulse.signal, pulse.bit);

	INVARIANT(status == STATUS_OK, "init's own signal can be raised");
	return false;
}

/* WHY not the keeper if the loader does not answer: it may be the one who waits for it. */
static void pulse_thread(u64 argument)
{
	(void)argument;
	for (;;) {
		if (ask(pulse.loader))
			(void)ask(pulse.keeper);
		rt_sleep_until(rt_deadline_in(BETWEEN_NS));
	}
}

/* The first thread is as important: it ends who hangs. */
enum status pulse_init(struct watched *loader, struct watched *keeper, handle_t signal, u64 bit)
{
	struct activity_params params = { .priority = PULSE_PRIORITY };
	handle_t activity = {}, thread = {};

	pulse = (struct pulse){ .loader = loader, .keeper = keeper, .signal = signal, .bit = bit };
	enum status status = sys_activity_set(rt_activity(), &params);

	if (status == STATUS_OK)
		status = sys_activity_create(rt_group(), &params, &activity);
	return status != STATUS_OK ? status : rt_thread_start(pulse_thread, 0, STACK_PAGES, activity, &thread);
}

/* ---- what it hung on ---- */

struct seen {
	struct process_info process;
	struct thread_info thread;
};

static void add_name(struct text *line, const struct seen *seen)
{
	text_add_span(line, span_until_zero(SPAN_OF_ARRAY(seen->process.name)));
	text_add(line, "/");
	text_add_u64(line, seen->thread.id);
	text_add(line, " (process ");
	text_add_u64(line, seen->process.id);
	text_add(line, ")");
}

/* Which threads of a process: all; that serve a call, or that await its answer. */
enum which : u32 { ANY, SERVES, AWAITS };

static bool is(const struct thread_info *thread, enum which which, u64 call)
{
	return which == ANY || (which == SERVES ? thread->serving : thread->awaits) == call;
}

/* The next thread of the process. */
static bool next_of(handle_t process, enum which which, u64 call, struct seen *seen)
{
	while (sys_process_next_thread(process, seen->thread.id, &seen->thread) == STATUS_OK) {
		if (is(&seen->thread, which, call))
			return true;
	}
	return false;
}

/* A thread of any process. 0: no call, so none. */
static bool find(enum which which, u64 call, struct seen *seen)
{
	bool found = false;

	*seen = (struct seen){};
	while (call != 0 && !found && sys_group_next_process(rt_group(), seen->process.id, &seen->process) == STATUS_OK) {
		handle_t process = {};

		if (sys_group_open_process(rt_group(), seen->process.id, PROCESS_RIGHT_DEBUG, &process) != STATUS_OK)
			continue;
		seen->thread.id = 0;
		found = next_of(process, which, call, seen);
		sys_cap_drop(process);
	}
	return found;
}

static void say_thread(const struct seen *seen)
{
	static struct seen other;
	TEXT_BUFFER(line, 240);

	text_add(&line, "  ");
	add_name(&line, seen);
	text_add(&line, " is ");
	text_add_cstr(&line, thread_state_name(seen->thread.state));
	text_add(&line, ", at ");
	text_add_hex(&line, *ELEM(seen->thread.registers, GENERAL));
	if (find(SERVES, seen->thread.awaits, &other)) {
		text_add(&line, ", waits for ");
		add_name(&line, &other);
	}
	boot_crash(&line);
	text_clear(&line);
	if (!find(AWAITS, seen->thread.serving, &other))
		return;
	text_add(&line, "  asked by ");
	add_name(&line, &other);
	boot_crash(&line);
}

static void say_missed(const struct watched *watched)
{
	TEXT_BUFFER(line, 120);

	text_add(&line, "problem: the ");
	text_add_span(&line, watched_name(watched));
	text_add(&line, " hung: it did not answer twice within ");
	text_add_u64(&line, LIMIT_MS);
	text_add(&line, " ms");
	rt_log(text_span(&line));
}

void pulse_record(const struct watched *watched)
{
	static struct seen seen;

	seen = (struct seen){};
	say_missed(watched);
	if (sys_process_stat(watched->process, &seen.process) != STATUS_OK)
		return;
	boot_crash_head(&seen.process, span_text("hung"));
	while (next_of(watched->process, ANY, 0, &seen))
		say_thread(&seen);
}
