/* SPDX-License-Identifier: Apache-2.0
 *
 * What is recorded of what somebody else brings about: the end of a mapping, of a capability, of a thread; time and
 * importance that are given.
 */
#include "kernel/core/group/group.h"
#include "kernel/core/sched/activity.h"
#include "tests/host/kernel/actors.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/recorder.h"
#include "tests/host/kernel/tests.h"

enum : u32 { COPY_MOVE = 0x80000000u | 0xffffu, LIMIT = 40 };
enum : u64 { MS = 1000000 };

static u64 id_of(const struct user *user) { return user->process->object.id; }

/* ---- mappings ---- */

/* A page of a user's, mapped by a child of what init may revoke. */
struct lent_page {
	struct user user;
	u64 memory;        /* in init */
	u64 at;
};

static struct lent_page lend_page(void)
{
	struct lent_page page = { .user = user_new(),
		.memory = HANDLE(world_init(), SYSCALL_MEMORY_CREATE, world_group(), PAGE_BYTES) };
	u64 child = HANDLE(world_init(), SYSCALL_CAP_DERIVE, page.memory, COPY_ALL, 0, 0);
	u64 theirs = give_to(&page.user, child, COPY_ALL), self = give_to(&page.user, page.user.process_handle, COPY_ALL);

	page.at = CALL(&page.user, SYSCALL_MAP, self, theirs, 0, 0, PAGE_BYTES, MAP_READ).value;
	actor_drop(child);
	return page;
}

static void what_a_revocation_unmaps_is_recorded(void)
{
	struct lent_page page = lend_page();

	events_begin(EVENT_CLASS_MEM | EVENT_CLASS_IRQ, 0);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, page.memory).status, STATUS_OK);
	events_end();
	EXPECT_EQ(events_with(EVENT_UNMAP, id_of(&page.user), page.at), 1);
	EXPECT_EQ(events_with(EVENT_SHOOTDOWN, id_of(&page.user), page.at), 1); /* other processors might have used it */
	actor_drop(page.memory);
}

static void what_the_end_of_a_process_unmaps_is_recorded(void)
{
	struct lent_page page = lend_page();
	u64 process = id_of(&page.user), scratch = page.user.scratch;

	events_begin(EVENT_CLASS_MEM, 0);
	user_end(&page.user);
	world_settle();
	events_end();
	EXPECT_EQ(events_with(EVENT_UNMAP, process, page.at), 1);
	EXPECT_EQ(events_with(EVENT_UNMAP, process, scratch), 1);
	actor_drop(page.memory);
}

/* ---- capabilities ---- */

static void what_the_end_of_a_process_drops_is_recorded(void)
{
	struct user user = user_new();
	u64 signal = HANDLE(world_init(), SYSCALL_SIGNAL_CREATE, world_group()), process = id_of(&user);
	u64 object = object_id(world_init(), signal);

	(void)give_to(&user, signal, COPY_ALL);
	(void)give_to(&user, signal, COPY_ALL);
	events_begin(EVENT_CLASS_CAP, 0);
	user_end(&user);
	world_settle();
	events_end();
	EXPECT_EQ(events_with(EVENT_CAP_DROP, object, process), 2);
	actor_drop(signal);
}

static void what_is_given_away_is_recorded_on_both_sides(void)
{
	struct pair p = pair_make();
	u64 signal = HANDLE(&p.client, SYSCALL_SIGNAL_CREATE, p.client_group), object = object_id(&p.client, signal);

	pair_serve(&p);
	user_cap(&p.client, 0, signal, COPY_MOVE);
	events_begin(EVENT_CLASS_CAP, 0);
	EXPECT(user_message(&p.client, SYSCALL_CALL, p.send, msg_info_make(5, 0, 1, 0, 0), FOR_EVER).waits);
	events_end();
	EXPECT_EQ(events_with(EVENT_CAP_DROP, object, id_of(&p.client)), 1);
	EXPECT_EQ(events_count(EVENT_CAP_GRANT, nullptr), 1);
}

static u64 small_group(void)
{
	struct group_limits limits = { .caps = LIMIT };
	const struct user *init = world_init();

	user_put(init, 0, SPAN_OF_STRUCT(limits));
	return HANDLE(init, SYSCALL_GROUP_CREATE, world_group(), init->scratch, init->scratch, 0);
}

static u64 grant(const struct user *user, u64 handle)
{
	return CALL(world_init(), SYSCALL_CAP_GRANT, user->process_handle, handle, COPY_ALL).status;
}

static void what_is_swept_away_is_recorded(void)
{
	u64 group = small_group(), signal = HANDLE(world_init(), SYSCALL_SIGNAL_CREATE, world_group());
	u64 child = HANDLE(world_init(), SYSCALL_CAP_DERIVE, signal, COPY_ALL, 0, 0);
	struct user user = user_new_in(group);

	while (grant(&user, child) == STATUS_OK)
		;
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, signal).status, STATUS_OK);
	events_begin(EVENT_CLASS_CAP, 0);
	EXPECT_STATUS(grant(&user, signal), STATUS_OK);
	events_end();
	EXPECT(events_with(EVENT_CAP_DROP, object_id(world_init(), signal), id_of(&user)) >= 1);
	user_end(&user);
	actor_drop(child);
	actor_drop(signal);
	actor_drop(group);
}

/* Names that were bound, and the namespace that a process was given. */
static void what_is_looked_up_is_recorded(void)
{
	struct user user = user_new();
	u64 group = give_to(&user, world_group(), COPY_ALL), names = HANDLE(&user, SYSCALL_NS_CREATE, group);
	u64 signal = HANDLE(&user, SYSCALL_SIGNAL_CREATE, group);

	user_put(&user, 0, span_text("/s"));
	EXPECT_STATUS(CALL(&user, SYSCALL_NS_BIND, names, user.scratch, 2, signal, NS_ORDER_REPLACE).status, STATUS_OK);
	u64 child = HANDLE(&user, SYSCALL_PROCESS_CREATE, group, names, 0, user.scratch, 2);

	events_begin(EVENT_CLASS_CAP, 0);
	EXPECT_STATUS(CALL(&user, SYSCALL_NS_LOOKUP, names, user.scratch, 2, 0).status, STATUS_OK);
	EXPECT_STATUS(CALL(&user, SYSCALL_PROCESS_NAMES, child).status, STATUS_OK);
	events_end();
	const struct event_record *bound = events_find(EVENT_CAP_GRANT, user.thread, 0);
	const struct event_record *given = events_find(EVENT_CAP_GRANT, user.thread, 1);

	EXPECT(bound != nullptr && bound->field[0] == object_id(&user, signal) && bound->field[2] == id_of(&user));
	EXPECT(given != nullptr && given->field[0] == object_id(&user, names) && given->field[2] == id_of(&user));
}

static void what_is_sealed_is_recorded(void)
{
	struct user user = user_new();
	u64 group = give_to(&user, world_group(), COPY_ALL), code = give_to(&user, init_handle(INIT_HANDLE_CODE), COPY_ALL);
	u64 memory = HANDLE(&user, SYSCALL_MEMORY_CREATE, group, PAGE_BYTES);

	events_begin(EVENT_CLASS_CAP, 0);
	(void)HANDLE(&user, SYSCALL_CODE_SEAL, code, memory);
	events_end();
	const struct event_record *made = events_find(EVENT_CAP_DERIVE, user.thread, 0);

	EXPECT(made != nullptr && made->field[0] == object_id(&user, memory) && (made->field[1] & MEMORY_RIGHT_EXECUTE) != 0);
}

/* ---- scheduling ---- */

static u32 inherited(u64 activity, u64 before, u64 priority)
{
	const struct event_record *record;
	u32 count = 0;

	for (u32 i = 0; (record = events_find(EVENT_INHERIT, nullptr, i)) != nullptr; i++)
		count += record->field[0] == activity && record->field[1] == before && record->field[2] == priority;
	return count;
}

static void what_is_inherited_is_recorded(void)
{
	struct actor low = actor_client(), server = actor_server(), high = actor_client();
	u64 activity = low.user.thread->own->object.id;

	actor_receive(&server);
	actor_call(&low, &server);
	actor_set_priority(&low, LOW);
	actor_set_priority(&high, HIGH);
	events_begin(EVENT_CLASS_SCHED, 0);
	actor_call(&high, &server);
	actor_answer(&server);
	fake_settle();
	events_end();
	EXPECT_EQ(inherited(activity, LOW, HIGH), 1);
	EXPECT_EQ(inherited(activity, HIGH, LOW), 1);
	actor_drop_activity(&low);
	actor_drop_activity(&server);
	actor_drop_activity(&high);
	actor_drop(server.at);
}

/* The first, and the next when it had waited for longer than a period. */
static void a_new_budget_is_recorded(void)
{
	struct activity_params params = { .priority = HIGH, .budget_ns = 2 * MS, .period_ns = 10 * MS };
	struct actor actor = actor_client();
	u64 group = give_to(&actor.user, world_group(), COPY_ALL), signal = HANDLE(&actor.user, SYSCALL_SIGNAL_CREATE, group);

	events_begin(EVENT_CLASS_SCHED, 0);
	actor_set(&actor, &params);
	EXPECT(CALL(&actor.user, SYSCALL_SIGNAL_WAIT, signal, 1, fake_now() + 50 * MS).waits);
	fake_advance(50 * MS);
	fake_settle();
	events_end();
	EXPECT(events_with(EVENT_BUDGET_BEGIN, actor.user.thread->own->object.id, 2 * MS) >= 2);
	actor_drop_activity(&actor);
}

static u32 came_because(const struct thread *thread, enum switch_reason reason)
{
	const struct event_record *record;
	u32 count = 0;

	for (u32 i = 0; (record = events_find(EVENT_SWITCH_THREAD, thread, i)) != nullptr; i++)
		count += record->field[0] == reason;
	return count;
}

/* On one processor: somebody comes because who ran has ended, and later because nobody ran. */
static void why_a_thread_comes_after_an_end_is_recorded(void)
{
	struct activity_params params = { .priority = HIGH, .cpus = 1 };
	struct actor first = actor_client(), second = actor_client();
	u64 group = give_to(&second.user, world_group(), COPY_ALL);
	u64 signal = HANDLE(&second.user, SYSCALL_SIGNAL_CREATE, group);

	actor_set(&first, &params);
	actor_set(&second, &params);
	(void)user_bring(first.user.thread);
	events_begin(EVENT_CLASS_SCHED, 0);
	EXPECT_EQ(user_bring(first.user.thread), 0);
	(void)CALL(&first.user, SYSCALL_EXIT, 0);
	EXPECT_EQ(user_bring(second.user.thread), 0);
	EXPECT(CALL(&second.user, SYSCALL_SIGNAL_WAIT, signal, 1, fake_now() + 50 * MS).waits);
	fake_advance(50 * MS);
	EXPECT_EQ(user_bring(second.user.thread), 0);
	events_end();
	EXPECT_EQ(came_because(second.user.thread, SWITCH_REASON_EXITED), 1);
	EXPECT_EQ(came_because(second.user.thread, SWITCH_REASON_IDLE), 1);
	actor_drop_activity(&first);
	actor_drop_activity(&second);
}

void recorded_tests(void)
{
	RUN(what_a_revocation_unmaps_is_recorded);
	RUN(what_the_end_of_a_process_unmaps_is_recorded);
	RUN(what_the_end_of_a_process_drops_is_recorded);
	RUN(what_is_given_away_is_recorded_on_both_sides);
	RUN(what_is_swept_away_is_recorded);
	RUN(what_is_looked_up_is_recorded);
	RUN(what_is_sealed_is_recorded);
	RUN(what_is_inherited_is_recorded);
	RUN(a_new_budget_is_recorded);
	RUN(why_a_thread_comes_after_an_end_is_recorded);
}
