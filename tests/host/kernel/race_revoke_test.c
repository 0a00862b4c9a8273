/* SPDX-License-Identifier: Apache-2.0
 *
 * Races of revocation: somebody else is in the middle of taking away what it would take away. When it returns, that
 * is gone nevertheless.
 */
#include "kernel/core/mem/space.h"
#include "tests/host/kernel/race.h"

enum : u32 { COPY_ALL = 0xffffffffu, READ_WRITE = MAP_READ | MAP_WRITE, ATTEMPTS = 3 };

/* Memory of init, mapped by a child of its capability in a process with three threads: one that takes it away, one
 * that computes on another processor, one that waits for a word of it. */
struct mapping_race {
	struct user remover, computing, waiter;
	u64 memory, self, at;
};

static struct mapping_race begin(void)
{
	struct mapping_race race = { .waiter = user_new() };
	const struct user *init = world_init();

	race.memory = HANDLE(init, SYSCALL_MEMORY_CREATE, world_group(), PAGE_BYTES);
	u64 child = HANDLE(init, SYSCALL_CAP_DERIVE, race.memory, COPY_ALL, 0, 0);

	race.at = CALL(init, SYSCALL_MAP, race.waiter.process_handle, child, 0, 0, PAGE_BYTES, READ_WRITE).value;
	EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, child).status, STATUS_OK);
	race.self = give_to(&race.waiter, race.waiter.process_handle, COPY_ALL);
	EXPECT(CALL(&race.waiter, SYSCALL_WAIT_WORD, race.at, 0, 0, FOR_EVER).waits);
	race.remover = user_thread(&race.waiter);
	race.computing = user_thread(&race.waiter);
	return race;
}

/* One part of a revocation by init. True: it has returned. */
static bool revoke_part(u64 handle)
{
	u32 cpu = user_bring(world_init()->thread);
	struct hal_frame *frame = &world_init()->thread->frame;
	u64 ip = frame->ip;

	frame->status = SYSCALL_CAP_REVOKE;
	frame->arg0 = handle;
	fake_syscall(cpu);
	bool again = frame->ip != ip;

	frame->ip = ip;
	if (!again)
		EXPECT_STATUS(frame->status, STATUS_OK);
	return !again;
}

static void check_gone(const struct mapping_race *race)
{
	EXPECT(!fake_holds_stale(race->computing.thread->cpu));
	EXPECT(!user_waits(&race->waiter));
	EXPECT(!space_touch(&race->waiter.process->space, race->at, HAL_PROT_READ, false).ok);
}

/* Revokes while the other stands still, then, if that has to wait for it, when it has gone on. */
static void revoke_beside(const struct mapping_race *race)
{
	bool returned = false;

	EXPECT_EQ(race->computing.thread->state, THREAD_STATE_RUNNING);
	for (u32 i = 0; i < ATTEMPTS && !returned; i++)
		returned = revoke_part(race->memory);
	if (returned)
		check_gone(race);
	race_go_on();
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, race->memory).status, STATUS_OK);
	check_gone(race);
}

static void a_mapping_being_removed_is_gone_when_revoke_returns(void)
{
	EACH_POINT() {
		struct mapping_race race = begin();
		u32 cpu = cpu_of(&race.remover);

		EXPECT(cpu != cpu_of(&race.computing));
		race_hold(cpu);
		(void)CALL(&race.remover, SYSCALL_UNMAP, race.self, race.at, PAGE_BYTES);
		revoke_beside(&race);
	}
}

/* The other revokes the same. */
static void a_mapping_being_undone_is_gone_when_revoke_returns(void)
{
	EACH_POINT() {
		struct mapping_race race = begin();
		struct user second = user_new();
		u64 memory = give_to(&second, race.memory, COPY_ALL);
		u32 cpu = cpu_of(&second);

		EXPECT_EQ(race.computing.thread->state, THREAD_STATE_RUNNING);
		race_hold(cpu);
		(void)CALL(&second, SYSCALL_CAP_REVOKE, memory);
		revoke_beside(&race);
	}
}

void race_revoke_tests(void)
{
	RUN(a_mapping_being_removed_is_gone_when_revoke_returns);
	RUN(a_mapping_being_undone_is_gone_when_revoke_returns);
}
