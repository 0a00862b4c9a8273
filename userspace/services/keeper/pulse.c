/* SPDX-License-Identifier: Apache-2.0
 *
 * The heartbeat. See pulse.h. WHY a thread: the first one must never wait for a service. The two share
 * these words only, each written by one of them but `missed`, which is reset by the first.
 */
#include "userspace/services/keeper/pulse.h"
#include "lib/base/text.h"
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "lib/service/service.h"
#include "abi/stubs.h"

enum : u32 { STACK_PAGES = 4, MISSES = 2 };
enum : u64 { BETWEEN_NS = 1000000000, MS = 1000000 };

struct pulse {
	u32 client;    /* handle that is asked; good for ever */
	u32 limit_ms;
	u64 process;   /* the instance to be asked; 0: none */
	u32 missed;    /* in a row */
};

static struct pulse pulses[UNITS_MAX];

static u64 process_of(const struct pulse *pulse) { return __atomic_load_n(&pulse->process, __ATOMIC_ACQUIRE); }

/* A service that was started anew meanwhile has not missed anything. */
static void ask(struct pulse *pulse)
{
	u64 process = process_of(pulse);
	struct message m = msg_make(NINEP_PING, 0);

	if (process == 0)
		return;
	enum status status = msg_call_status((handle_t){ pulse->client }, &m, rt_deadline_in(pulse->limit_ms * MS));

	if (status != STATUS_TIMED_OUT)
		__atomic_store_n(&pulse->missed, 0, __ATOMIC_RELEASE);
	if (status != STATUS_TIMED_OUT || process_of(pulse) != process)
		return;
	__atomic_fetch_add(&pulse->missed, 1, __ATOMIC_RELEASE);
	status = sys_signal_raise(service_signal(), 1ull << PULSE_BIT);
	INVARIANT(status == STATUS_OK, "the keeper's own signal can be raised");
}

static void pulse_thread(u64 argument)
{
	(void)argument;
	for (;;) {
		for (u32 i = 0; i < units_count(); i++)
			ask(ELEM(pulses, i));
		rt_sleep_until(rt_deadline_in(BETWEEN_NS));
	}
}

enum status pulse_init(void)
{
	handle_t thread = {};

	/* WHY before the thread is there: both use it. */
	(void)service_signal();
	return rt_thread_start(pulse_thread, 0, STACK_PAGES, handle_none(), &thread);
}

void pulse_watch(const struct unit *unit)
{
	struct pulse *pulse = ELEM(pulses, unit_index(unit));

	if (unit->heartbeat_ms == 0)
		return;
	pulse->client = unit->client.v;
	pulse->limit_ms = unit->heartbeat_ms;
	__atomic_store_n(&pulse->missed, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&pulse->process, unit->process_id, __ATOMIC_RELEASE);
}

void pulse_forget(const struct unit *unit)
{
	__atomic_store_n(&ELEM(pulses, unit_index(unit))->process, 0, __ATOMIC_RELEASE);
}

static void look(struct unit *unit)
{
	const struct pulse *pulse = ELEM(pulses, unit_index(unit));
	TEXT_BUFFER(line, 160);

	if (process_of(pulse) == 0 || __atomic_load_n(&pulse->missed, __ATOMIC_ACQUIRE) < MISSES || unit->state != UNIT_RUNNING ||
	    unit->hung)
		return;
	text_add(&line, "problem: it did not answer twice within ");
	text_add_u64(&line, unit->heartbeat_ms);
	text_add(&line, " ms; it is ended");
	unit_log(unit, text_span(&line));
	unit->hung = true;
	unit->hangs++;
	/* It may have ended by itself meanwhile. */
	(void)unit_kill(unit);
}

void pulse_look(void)
{
	for (u32 i = 0; i < units_count(); i++)
		look(unit_at(i));
}
