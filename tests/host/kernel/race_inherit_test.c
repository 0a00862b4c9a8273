/* SPDX-License-Identifier: Apache-2.0
 *
 * Races of inheritance: whoever queues, receives, answers or changes a priority stands still at each of its switch points,
 * and meanwhile somebody else does what it depends on. In the end all is as if they had come one after the other.
 */
#include "kernel/core/sched/activity.h"
#include "tests/host/kernel/actors.h"
#include "tests/host/kernel/race.h"

struct scene {
	struct actor low, server, high;
	u64 call;   /* in `high` */
};

/* The server works for `low`. */
static struct scene scene_make(void)
{
	struct scene scene = { .low = actor_client(), .server = actor_server(), .high = actor_client() };

	scene.call = actor_may_call(&scene.high, &scene.server);
	actor_receive(&scene.server);
	actor_call(&scene.low, &scene.server);
	actor_set_priority(&scene.low, LOW);
	actor_set_priority(&scene.server, MIDDLE);
	actor_set_priority(&scene.high, HIGH);
	return scene;
}

static void high_calls(const struct scene *scene)
{
	(void)user_message(&scene->high.user, SYSCALL_CALL, scene->call, 0, FOR_EVER);
}

static void scene_end(const struct scene *scene)
{
	actor_drop_activity(&scene->low);
	actor_drop_activity(&scene->server);
	actor_drop_activity(&scene->high);
	actor_drop(scene->server.at);
}

static u32 own(const struct actor *actor) { return actor->user.thread->own->priority; }

/* Who queues is held; the server answers and is on its own activity. */
static void an_answer_while_somebody_queues(void)
{
	EACH_POINT() {
		struct scene scene = scene_make();

		race_hold(cpu_of(&scene.high.user));
		high_calls(&scene);
		actor_answer(&scene.server);
		race_go_on();
		EXPECT_EQ(own(&scene.server), HIGH);
		EXPECT_EQ(own(&scene.low), LOW);
		scene_end(&scene);
	}
}

/* The server's answer is held. */
static void somebody_queues_during_an_answer(void)
{
	EACH_POINT() {
		struct scene scene = scene_make();

		race_hold(cpu_of(&scene.server.user));
		(void)user_message(&scene.server.user, SYSCALL_REPLY, both(0, scene.server.reply), 0, 0);
		high_calls(&scene);
		race_go_on();
		EXPECT_EQ(own(&scene.server), HIGH);
		EXPECT_EQ(own(&scene.low), LOW);
		scene_end(&scene);
	}
}

/* The server receives again, or waits; either way nobody is raised when the call is served. */
static void somebody_queues_during_a_receive(void)
{
	EACH_POINT() {
		struct scene scene = scene_make();

		race_hold(cpu_of(&scene.server.user));
		(void)user_message(&scene.server.user, SYSCALL_REPLY_RECEIVE, both(scene.server.endpoint, scene.server.reply), 0,
			FOR_EVER);
		high_calls(&scene);
		race_go_on();
		EXPECT(scene.server.user.thread->activity == scene.high.user.thread->own);
		EXPECT_EQ(own(&scene.server), MIDDLE);
		EXPECT_EQ(own(&scene.low), LOW);
		EXPECT(scene.server.user.thread->awaited.on == nullptr);
		scene_end(&scene);
	}
}

static void put_higher(void)
{
	struct activity_params params = { .priority = HIGHER };

	user_put(world_init(), 0, SPAN_OF_STRUCT(params));
}

static void set_higher(const struct scene *scene)
{
	(void)CALL(world_init(), SYSCALL_ACTIVITY_SET, scene->high.activity, world_init()->scratch);
}

/* Another priority arrives while its owner is about to queue. */
static void a_priority_changes_while_its_owner_queues(void)
{
	EACH_POINT() {
		struct scene scene = scene_make();

		put_higher();
		race_hold(cpu_of(&scene.high.user));
		high_calls(&scene);
		set_higher(&scene);
		race_go_on();
		EXPECT_EQ(actor_priority(&scene.server), HIGHER);
		scene_end(&scene);
	}
}

/* The change is held, and its owner queues. */
static void its_owner_queues_while_a_priority_changes(void)
{
	EACH_POINT() {
		struct scene scene = scene_make();

		put_higher();
		race_hold(cpu_of(world_init()));
		set_higher(&scene);
		high_calls(&scene);
		race_go_on();
		EXPECT_EQ(actor_priority(&scene.server), HIGHER);
		scene_end(&scene);
	}
}

/* ---- owners of words ---- */

enum : u64 { VALUE = 7 };

/* `high` waits for a word that the server is to change. */
static u64 names_server(const struct scene *scene)
{
	user_put_u64(&scene->high.user, 0, VALUE | VALUE << 32);
	return give_to(&scene->high.user, scene->server.user.thread_handle, COPY_ALL);
}

static void high_waits(const struct scene *scene, u64 owner)
{
	(void)CALL(&scene->high.user, SYSCALL_WAIT_WORD, scene->high.user.scratch, VALUE, owner, FOR_EVER);
}

static void answer_and_receive(const struct scene *scene)
{
	const struct actor *server = &scene->server;

	(void)user_message(&server->user, SYSCALL_REPLY_RECEIVE, both(server->endpoint, server->reply), 0, FOR_EVER);
}

/* The server waits for the next call, on its own activity, which is what inherits. */
static void expect_idle_server(const struct scene *scene)
{
	EXPECT(actor_is_home(&scene->server));
	EXPECT_EQ(own(&scene->server), HIGH);
	EXPECT_EQ(own(&scene->low), LOW);
	scene_end(scene);
}

static void somebody_names_a_server_during_its_answer(void)
{
	EACH_POINT() {
		struct scene scene = scene_make();
		u64 owner = names_server(&scene);

		race_hold(cpu_of(&scene.server.user));
		answer_and_receive(&scene);
		high_waits(&scene, owner);
		race_go_on();
		expect_idle_server(&scene);
	}
}

static void a_server_answers_while_somebody_names_it(void)
{
	EACH_POINT() {
		struct scene scene = scene_make();
		u64 owner = names_server(&scene);

		race_hold(cpu_of(&scene.high.user));
		high_waits(&scene, owner);
		answer_and_receive(&scene);
		race_go_on();
		expect_idle_server(&scene);
	}
}

/* It may not receive any more: it goes on working for `low`, on whose activity it is. */
static void somebody_names_a_server_whose_answer_is_refused(void)
{
	EACH_POINT() {
		struct scene scene = scene_make();
		u64 owner = names_server(&scene), child = HANDLE(world_init(), SYSCALL_CAP_DERIVE, scene.server.at, COPY_ALL, 0, 0);

		scene.server.endpoint = give_to(&scene.server.user, child, COPY_ALL);
		EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, scene.server.at).status, STATUS_OK);
		race_hold(cpu_of(&scene.server.user));
		answer_and_receive(&scene);
		high_waits(&scene, owner);
		race_go_on();
		EXPECT_STATUS(user_answer(&scene.server.user).status, STATUS_REVOKED);
		EXPECT(!actor_is_home(&scene.server));
		EXPECT_EQ(own(&scene.server), MIDDLE);
		EXPECT_EQ(own(&scene.low), HIGH);
		actor_drop(child);
		scene_end(&scene);
	}
}

/* The server waits, and is called. */
static void called(bool held_caller)
{
	EACH_POINT() {
		struct scene scene = scene_make();
		u64 owner = names_server(&scene), call = actor_may_call(&scene.low, &scene.server);

		answer_and_receive(&scene);
		race_hold(cpu_of(held_caller ? &scene.low.user : &scene.high.user));
		if (!held_caller)
			high_waits(&scene, owner);
		(void)user_message(&scene.low.user, SYSCALL_CALL, call, 0, FOR_EVER);
		if (held_caller)
			high_waits(&scene, owner);
		race_go_on();
		EXPECT(scene.server.user.thread->activity == scene.low.user.thread->own);
		EXPECT_EQ(own(&scene.low), HIGH);
		EXPECT_EQ(own(&scene.server), MIDDLE);
		scene_end(&scene);
	}
}

static void somebody_names_a_server_that_is_called(void) { called(true); }
static void a_server_is_called_while_somebody_names_it(void) { called(false); }

void race_inherit_tests(void)
{
	RUN(an_answer_while_somebody_queues);
	RUN(somebody_queues_during_an_answer);
	RUN(somebody_queues_during_a_receive);
	RUN(a_priority_changes_while_its_owner_queues);
	RUN(its_owner_queues_while_a_priority_changes);
	RUN(somebody_names_a_server_during_its_answer);
	RUN(a_server_answers_while_somebody_names_it);
	RUN(somebody_names_a_server_whose_answer_is_refused);
	RUN(somebody_names_a_server_that_is_called);
	RUN(a_server_is_called_while_somebody_names_it);
}
