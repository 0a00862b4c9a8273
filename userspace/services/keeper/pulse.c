/* SPDX-License-Identifier: Apache-2.0
 *
 * The heartbeat. See pulse.h. WHY a thread: the first one must never wait for a service. The two share
 * these words only, each written by one of them but `missed`, which is reset by the first.
 */
#include "userspace/services/keeper/pulse.h"
#include "userspace/services/keeper/crash.h"
#include "userspace/services/keeper/waits.h"
#include "lib/base/text.h"
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "lib/service/service.h"
#include "abi/stubs.h"

enum : u32 { STACK_PAGES = 4, MISSES = 2, COMPLAINT_MS = 1000 };
enum : u64 { BETWEEN_NS = 1000000000, MS = 1000000, COMPLAINT_BIT = 1 };

struct pulse {
	u32 client;    /* handle that is asked; good for ever */
	u32 limit_ms;  /* 0: it is asked after complaints only */
	u64 process;   /* the instance to be asked; 0: none */
	u32 missed;    /* in a row */
	u32 complaint; /* of a client: how long it waits, in ms; taken back by the second thread when it has asked */
};

static struct pulse pulses[UNITS_MAX];
static handle_t complaints; /* wakes the second thread */

static u64 process_of(const struct pulse *pulse) { return __atomic_load_n(&pulse->process, __ATOMIC_ACQUIRE); }

/* A service that was started anew meanwhile has not missed anything. */
static void ask(struct pulse *pulse)
{
	u64 process = process_of(pulse);
	struct message m = msg_make(NINEP_PING, 0);
	u32 complaint = __atomic_load_n(&pulse->complaint, __ATOMIC_ACQUIRE);
	u32 limit_ms = complaint != 0 ? complaint : pulse->limit_ms;

	if (process == 0 || limit_ms == 0)
		return;
	enum status status = msg_call_status((handle_t){ pulse->client }, &m, rt_deadline_in(limit_ms * MS));

	msg_drop_caps(&m, 0); /* nobody asked for any */
	if (status != STATUS_TIMED_OUT)
		__atomic_store_n(&pulse->missed, 0, __ATOMIC_RELEASE);
	if (status != STATUS_TIMED_OUT || process_of(pulse) != process) {
		__atomic_store_n(&pulse->complaint, 0, __ATOMIC_RELEASE);
		return;
	}
	__atomic_fetch_add(&pulse->missed, complaint != 0 ? MISSES : 1, __ATOMIC_RELEASE);
	status = sys_signal_raise(service_signal(), 1ull << PULSE_BIT);
	INVARIANT(status == STATUS_OK, "the keeper's own signal can be raised");
}

static void pulse_thread(u64 argument)
{
	(void)argument;
	for (;;) {
		u64 bits = 0;
		/* WHY first: a keeper that was started again has better to do than to ask everybody. */
		enum status status = sys_signal_wait(complaints, COMPLAINT_BIT, rt_deadline_in(BETWEEN_NS), &bits);

		INVARIANT(status == STATUS_OK || status == STATUS_TIMED_OUT || status == STATUS_CANCELLED,
			"the keeper can wait for complaints");
		/* WHY each place: how many units there are is the first thread's, which may not have read them yet. */
		for (u32 i = 0; i < UNITS_MAX; i++)
			ask(ELEM(pulses, i));
	}
}

enum status pulse_init(void)
{
	handle_t thread = {};

	/* WHY before the thread is there: both use it. */
	(void)service_signal();
	enum status status = sys_signal_create(rt_group(), &complaints);

	return status != STATUS_OK ? status : rt_thread_start(pulse_thread, 0, STACK_PAGES, handle_none(), &thread);
}

void pulse_watch(const struct unit *unit)
{
	struct pulse *pulse = ELEM(pulses, unit_index(unit));

	pulse->client = unit->client.v;
	pulse->limit_ms = unit->heartbeat_ms;
	__atomic_store_n(&pulse->missed, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&pulse->complaint, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&pulse->process, unit->process_id, __ATOMIC_RELEASE);
}

void pulse_forget(const struct unit *unit)
{
	__atomic_store_n(&ELEM(pulses, unit_index(unit))->process, 0, __ATOMIC_RELEASE);
}

enum status pulse_complain(const struct unit *unit, u32 limit_ms)
{
	struct pulse *pulse = ELEM(pulses, unit_index(unit));
	u32 usual_ms = unit->heartbeat_ms != 0 ? unit->heartbeat_ms : COMPLAINT_MS;

	if (process_of(pulse) == 0)
		return STATUS_NOT_FOUND;
	__atomic_store_n(&pulse->complaint, limit_ms != 0 ? limit_ms : usual_ms, __ATOMIC_RELEASE);
	return sys_signal_raise(complaints, COMPLAINT_BIT);
}

/* ---- who is hung ---- */

static struct unit *unit_of_process(u64 process)
{
	for (u32 i = 0; i < units_count(); i++) {
		if (unit_at(i)->state == UNIT_RUNNING && unit_at(i)->process_id == process)
			return unit_at(i);
	}
	return nullptr;
}

/* The last unit of the chain of those who wait for each other, unless that is idle: then who waits for its answer waits for
 * what does not come. Where the chain goes in a circle, anybody of it will do. */
static u32 culprit_of(u32 first)
{
	u32 culprit = first, at = first;

	for (u32 i = 0; i < UNITS_MAX && at != WAITS_NONE; i++) {
		if (unit_of_process(waits_at(at)->process) != nullptr && waits_at(at)->info.state != THREAD_STATE_RECEIVING)
			culprit = at;
		at = waits_next(at);
		if (at == first)
			return first;
	}
	return culprit;
}

static void end(struct unit *unit, u32 thread, struct span why)
{
	TEXT_BUFFER(line, 240);

	text_add(&line, "problem: hung: ");
	text_add_span(&line, span_first(why, 200));
	unit_log(unit, text_span(&line));
	if (thread != WAITS_NONE)
		crash_hung(thread, why);
	unit->hung = true;
	unit->hangs++;
	/* It may have ended by itself meanwhile. */
	(void)unit_kill(unit);
}

static void say_missed(const struct unit *unit, u32 complaint)
{
	TEXT_BUFFER(line, 160);

	if (complaint != 0)
		text_add(&line, "problem: a client complained, and it did not answer within ");
	else
		text_add(&line, "problem: it did not answer twice within ");
	text_add_u64(&line, complaint != 0 ? complaint : unit->heartbeat_ms);
	text_add(&line, " ms");
	unit_log(unit, text_span(&line));
}

static void look(struct unit *unit)
{
	struct pulse *pulse = ELEM(pulses, unit_index(unit));
	TEXT_BUFFER(why, 220);

	if (process_of(pulse) == 0 || __atomic_load_n(&pulse->missed, __ATOMIC_ACQUIRE) < MISSES || unit->state != UNIT_RUNNING ||
	    unit->hung)
		return;
	say_missed(unit, __atomic_exchange_n(&pulse->complaint, 0, __ATOMIC_ACQ_REL));
	__atomic_store_n(&pulse->missed, 0, __ATOMIC_RELEASE);
	waits_look();
	u32 first = waits_of_process(unit->process_id);

	if (first == WAITS_NONE) {
		end(unit, first, span_text("nothing is known of its threads"));
		return;
	}
	u32 culprit = culprit_of(first);
	struct unit *guilty = unit_of_process(waits_at(culprit)->process);

	waits_add_chain(first, &why);
	if (guilty == nullptr || guilty->hung)
		guilty = unit;
	end(guilty, culprit, text_span(&why));
}

void pulse_look(void)
{
	for (u32 i = 0; i < units_count(); i++)
		look(unit_at(i));
}
