/* SPDX-License-Identifier: Apache-2.0
 *
 * Races of waits for words: the waiter stands still at each of its switch points, and meanwhile the word is changed
 * and woken, its mapping goes, or its owner dies. And how long a processor waits for a lock is counted.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/mem/space.h"
#include "kernel/raw/frame_access.h"
#include "tests/host/kernel/pair.h"
#include "tests/host/kernel/race.h"

enum : u32 { READ_WRITE = MAP_READ | MAP_WRITE };
enum : u64 { VALUE = 7 };

struct word_race {
	struct user waiter, other;
	u64 memory, at, owner;
	u32 *word; /* where it is in RAM: the test changes it without an entry */
};

static struct word_race begin(void)
{
	struct word_race race = { .waiter = user_new() };

	race.other = user_thread(&race.waiter);
	race.memory = HANDLE(world_init(), SYSCALL_MEMORY_CREATE, world_group(), PAGE_BYTES);
	u64 derived = HANDLE(world_init(), SYSCALL_CAP_DERIVE, race.memory, COPY_ALL, 0, 0);

	race.at = CALL(world_init(), SYSCALL_MAP, race.waiter.process_handle, derived, 0, 0, PAGE_BYTES, READ_WRITE).value;
	race.owner = give_to(&race.waiter, race.other.thread_handle, COPY_ALL);
	struct frame_result page = space_touch(&race.waiter.process->space, race.at, HAL_PROT_READ);

	EXPECT(page.ok);
	EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_DROP, derived).status, STATUS_OK);
	race.word = ELEM(frame_words(page.frame)->half, 0);
	*race.word = VALUE;
	return race;
}

/* The wait, held somewhere in it. */
static void waits(const struct word_race *race, u64 owner)
{
	race_hold(cpu_of(&race->waiter));
	(void)CALL(&race->waiter, SYSCALL_WAIT_WORD, race->at, VALUE, owner, FOR_EVER);
}

static void no_wake_up_is_lost(void)
{
	EACH_POINT() {
		struct word_race race = begin();

		waits(&race, 0);
		*race.word = VALUE + 1;
		EXPECT_STATUS(CALL(&race.other, SYSCALL_WAKE_WORD, race.at, 1, 0).status, STATUS_OK);
		race_go_on();
		EXPECT(!user_waits(&race.waiter));
	}
}

static void no_wait_outlives_its_mapping(void)
{
	for (u32 revoked = 0; revoked < 2; revoked++)
		EACH_POINT() {
			struct word_race race = begin();

			waits(&race, 0);
			if (revoked != 0)
				EXPECT_STATUS(CALL(world_init(), SYSCALL_CAP_REVOKE, race.memory).status, STATUS_OK);
			else
				EXPECT_STATUS(CALL(world_init(), SYSCALL_UNMAP, race.waiter.process_handle, race.at, PAGE_BYTES).status,
					STATUS_OK);
			race_go_on();
			enum status status = (enum status)user_answer(&race.waiter).status;

			EXPECT(status == STATUS_BAD_ADDRESS || (revoked != 0 && status == STATUS_REVOKED));
		}
}

static void no_wait_outlives_its_owner(void)
{
	EACH_POINT() {
		struct word_race race = begin();

		waits(&race, race.owner);
		EXPECT_STATUS(CALL(world_init(), SYSCALL_THREAD_KILL, race.other.thread_handle).status, STATUS_OK);
		race_go_on();
		world_settle();
		EXPECT_STATUS(user_answer(&race.waiter).status, STATUS_PEER_DIED);
	}
}

/* ---- counting waits for locks ---- */

static u64 lock_waits(u32 level)
{
	u64 sum = 0;

	for (u32 i = 0; i < cpu_count(); i++)
		sum += *ELEM(cpu_at(i)->lock_waits, level);
	return sum;
}

static u64 lock_spins(void)
{
	u64 sum = 0;

	for (u32 i = 0; i < cpu_count(); i++)
		sum += cpu_at(i)->lock_spins;
	return sum;
}

static void locks_that_are_taken_are_counted(void)
{
	u64 waits_before = lock_waits(LOCK_WORDS), spins_before = lock_spins();

	EACH_POINT() {
		struct word_race race = begin();

		waits(&race, 0);
		EXPECT_STATUS(CALL(&race.other, SYSCALL_WAKE_WORD, race.at, 1, 0).status, STATUS_OK);
		race_go_on();
		EXPECT_STATUS(CALL(&race.other, SYSCALL_WAKE_WORD, race.at, 1, 0).status, STATUS_OK);
	}
	u64 counted = lock_waits(LOCK_WORDS) - waits_before;

	EXPECT(counted != 0);
	EXPECT(lock_spins() - spins_before >= counted);
}

void race_word_tests(void)
{
	RUN(no_wake_up_is_lost);
	RUN(no_wait_outlives_its_mapping);
	RUN(no_wait_outlives_its_owner);
	RUN(locks_that_are_taken_are_counted);
}
