/* SPDX-License-Identifier: Apache-2.0
 *
 * Callers of a unit that was given up. WHY a thread for each: somebody has to receive at the unit's endpoint, so that
 * capabilities to it stay good for when it is started again, and the keeper's first thread must not wait there. It leaves
 * when the unit's signal, which is bound to that endpoint, is raised.
 *
 * Files that are closed meanwhile are the next instance's to forget: whoever is told here that nobody has one any more makes a
 * capability to it, and drops that when he leaves, so that it is told again.
 */
#include "userspace/services/keeper/unit.h"
#include "lib/base/text.h"
#include "lib/lease/protocol/protocol.h"
#include "lib/rt/message.h"
#include "lib/rt/thread.h"
#include "lib/service/service.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { STACK_PAGES = 2 };

/* LEAVING: asked to, by the first thread; who is received then is to ask again, the next instance. */
enum refusing : u32 { REFUSING_NOT, REFUSING, REFUSING_LEAVING };

struct refusal {
	u32 state;      /* enum refusing; both threads change it */
	handle_t reply; /* kept for the next time */
	u32 closed_count;
	handle_t closed[SERVICE_FILES_MAX];
};

static struct refusal refusals[UNITS_MAX];

static bool change(struct refusal *refusal, enum refusing from, enum refusing to)
{
	u32 expected = from;

	return __atomic_compare_exchange_n(&refusal->state, &expected, to, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static struct message answer_of(const struct unit *unit)
{
	struct message m = msg_make(STATUS_GIVEN_UP, MANIFEST_NAME_BYTES / 8);

	span_copy(MSPAN_OF_ARRAY(m.word), SPAN_OF_ARRAY(unit->name));
	return m;
}

/* WHY no status: a file that is never forgotten is less than a unit whose callers wait for ever. If the keeper ends these
 * capabilities end with it, and its next instance is told. */
static void keep_closed(const struct unit *unit, struct refusal *refusal, u64 badge)
{
	handle_t file;

	if (refusal->closed_count == SERVICE_FILES_MAX ||
	    sys_cap_derive(unit->endpoint, ENDPOINT_RIGHT_SEND | ENDPOINT_RIGHT_BADGE, badge, 0, &file) != STATUS_OK)
		return;
	if (sys_endpoint_watch_badge(file) == STATUS_OK)
		*ELEM(refusal->closed, refusal->closed_count++) = file;
	else
		sys_cap_drop(file);
}

static void tell_closed(struct refusal *refusal)
{
	while (refusal->closed_count > 0)
		sys_cap_drop(*ELEM(refusal->closed, --refusal->closed_count));
}

/* WHY told before: if it is given up once more meanwhile, this thread stays, and is told as well. */
static bool left(struct refusal *refusal)
{
	if (__atomic_load_n(&refusal->state, __ATOMIC_ACQUIRE) != REFUSING_LEAVING)
		return false;
	tell_closed(refusal);
	return change(refusal, REFUSING_LEAVING, REFUSING_NOT);
}

static void refuse_callers(u64 index)
{
	const struct unit *unit = unit_at((u32)index);
	struct refusal *refusal = ELEM(refusals, index);

	while (!left(refusal)) {
		struct message m = {};

		enum status status = msg_receive(unit->endpoint, refusal->reply, &m, RT_FOREVER);

		INVARIANT(status == STATUS_OK || status == STATUS_CANCELLED, "the keeper can receive for its units");
		if (status != STATUS_OK)
			continue;
		msg_drop_caps(&m, 0);
		if (msg_kind_of(&m) == MSG_KIND_NOTE_BADGE_GONE)
			keep_closed(unit, refusal, m.badge);
		if (msg_kind_of(&m) != MSG_KIND_CALL)
			continue;
		bool leaving = __atomic_load_n(&refusal->state, __ATOMIC_ACQUIRE) == REFUSING_LEAVING;

		m = leaving ? msg_make(STATUS_REPEAT, 0) : answer_of(unit);
		(void)msg_reply(refusal->reply, &m); /* who has gone needs no answer */
	}
}

/* Those whom an instance had taken and not answered: their reply objects are in the vault. */
static void refuse_taken(const struct unit *unit)
{
	for (u32 i = 0; i <= SERVICE_DEFERRED_MAX && !handle_is_none(unit->vault); i++) {
		struct message m = answer_of(unit);
		u64 found = 0;
		TEXT_BUFFER(name, 32);

		text_add(&name, "/reply/");
		text_add_u64(&name, i);
		if (sys_ns_lookup(unit->vault, text_span(&name), 0, &found) != STATUS_OK)
			continue;
		(void)msg_reply((handle_t){ (u32)found }, &m); /* most have nobody bound */
		sys_cap_drop((handle_t){ (u32)found });
	}
}

/* Those who sleep until their driver has answered, of whom it knows nothing but a signal: they are to ask, and be refused. */
static void wake_clients(const struct unit *unit)
{
	for (u32 i = 0; i < LEASES_MAX && !handle_is_none(unit->vault); i++) {
		u64 found = 0;
		TEXT_BUFFER(name, 32);

		lease_client_name(i, &name);
		if (sys_ns_lookup(unit->vault, text_span(&name), 0, &found) != STATUS_OK)
			continue;
		(void)sys_signal_raise((handle_t){ (u32)found }, LEASE_DOUBT); /* he may have taken it away */
		sys_cap_drop((handle_t){ (u32)found });
	}
}

static enum status start(struct refusal *refusal, u32 index)
{
	handle_t thread = {};
	enum status status = STATUS_OK;

	if (handle_is_none(refusal->reply))
		status = sys_reply_create(rt_group(), &refusal->reply);
	if (status == STATUS_OK)
		status = rt_thread_start(refuse_callers, index, STACK_PAGES, handle_none(), &thread);
	if (status == STATUS_OK)
		sys_cap_drop(thread);
	return status;
}

void refuse_begin(struct unit *unit)
{
	u32 index = unit_index(unit);
	struct refusal *refusal = ELEM(refusals, index);

	refuse_taken(unit);
	wake_clients(unit);
	if (handle_is_none(unit->endpoint) || handle_is_none(unit->signal) || change(refusal, REFUSING_LEAVING, REFUSING) ||
	    !change(refusal, REFUSING_NOT, REFUSING))
		return;
	if (start(refusal, index) == STATUS_OK)
		return;
	__atomic_store_n(&refusal->state, REFUSING_NOT, __ATOMIC_RELEASE);
	unit_log(unit, span_text("problem: its callers cannot be told that it was given up"));
}

void refuse_end(const struct unit *unit)
{
	if (!change(ELEM(refusals, unit_index(unit)), REFUSING, REFUSING_LEAVING))
		return;
	enum status status = sys_signal_raise(unit->signal, SERVICE_NEEDS_BIT);

	INVARIANT(status == STATUS_OK, "the signal of a unit is the keeper's");
}
