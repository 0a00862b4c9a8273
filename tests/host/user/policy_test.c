/* SPDX-License-Identifier: Apache-2.0
 *
 * When a service is started again, how late, and when it is given up.
 */
#include "tests/host/user/check.h"
#include "userspace/services/keeper/policy.h"

enum : u64 { SECOND = 1000000000 };

static struct policy of(enum manifest_restart restart)
{
	return (struct policy){ .restart = restart, .backoff_ms = 100, .backoff_max_ms = 500, .give_up_after = 4 };
}

/* Of the first instance. */
static enum verdict first(enum manifest_restart restart, enum ending ending)
{
	struct policy policy = of(restart);
	u32 failures = 0;

	return policy_judge(&policy, ending, 0, &failures);
}

static void one_that_is_never_restarted_ends_once(void)
{
	CHECK_NUMBER(VERDICT_FINISHED, first(MANIFEST_RESTART_NEVER, ENDED_WELL));
	CHECK_NUMBER(VERDICT_FINISHED, first(MANIFEST_RESTART_NEVER, ENDED_BADLY));
	CHECK_NUMBER(VERDICT_FINISHED, first(MANIFEST_RESTART_NEVER, ENDED_KILLED));
}

static void on_failure_is_again_unless_it_ended_well(void)
{
	CHECK_NUMBER(VERDICT_FINISHED, first(MANIFEST_RESTART_ON_FAILURE, ENDED_WELL));
	CHECK_NUMBER(VERDICT_AGAIN, first(MANIFEST_RESTART_ON_FAILURE, ENDED_BADLY));
	CHECK_NUMBER(VERDICT_AGAIN, first(MANIFEST_RESTART_ON_FAILURE, ENDED_KILLED));
}

static void always_is_again_unless_its_device_is_not_there(void)
{
	CHECK_NUMBER(VERDICT_AGAIN, first(MANIFEST_RESTART_ALWAYS, ENDED_WELL));
	CHECK_NUMBER(VERDICT_AGAIN, first(MANIFEST_RESTART_ALWAYS, ENDED_BADLY));
	CHECK_NUMBER(VERDICT_AGAIN, first(MANIFEST_RESTART_ALWAYS, ENDED_KILLED));
	CHECK_NUMBER(VERDICT_FINISHED, first(MANIFEST_RESTART_ALWAYS, ENDED_ABSENT));
	CHECK_NUMBER(VERDICT_FINISHED, first(MANIFEST_RESTART_ON_FAILURE, ENDED_ABSENT));
}

static void failures_in_a_row_give_up_and_kills_do_not(void)
{
	struct policy policy = of(MANIFEST_RESTART_ALWAYS);
	u32 failures = 0;

	for (u32 i = 0; i < 10; i++)
		CHECK_NUMBER(VERDICT_AGAIN, policy_judge(&policy, ENDED_KILLED, 0, &failures));
	CHECK_NUMBER(0, failures);
	for (u32 i = 1; i < 4; i++) {
		CHECK_NUMBER(VERDICT_AGAIN, policy_judge(&policy, i == 2 ? ENDED_WELL : ENDED_BADLY, 0, &failures));
		CHECK_NUMBER(i, failures);
	}
	CHECK_NUMBER(VERDICT_GIVE_UP, policy_judge(&policy, ENDED_BADLY, 0, &failures));
}

static void one_that_ran_long_begins_anew(void)
{
	struct policy policy = of(MANIFEST_RESTART_ALWAYS);
	u32 failures = 3;

	CHECK_NUMBER(VERDICT_AGAIN, policy_judge(&policy, ENDED_BADLY, 11 * SECOND, &failures));
	CHECK_NUMBER(1, failures);
	failures = 3;
	CHECK_NUMBER(VERDICT_GIVE_UP, policy_judge(&policy, ENDED_BADLY, 9 * SECOND, &failures));
}

static void delays_double_up_to_the_longest(void)
{
	struct policy policy = of(MANIFEST_RESTART_ALWAYS);
	u64 expected[] = { 0, 0, 100, 200, 400, 500, 500 };

	for (u32 i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		CHECK_NUMBER(*ELEM(expected, i), policy_delay_ms(&policy, i));
	CHECK_NUMBER(500, policy_delay_ms(&policy, U32_MAX));
}

static const struct test tests[] = {
	{ "one that is never restarted ends once", one_that_is_never_restarted_ends_once },
	{ "on failure is again unless it ended well", on_failure_is_again_unless_it_ended_well },
	{ "always is again unless its device is not there", always_is_again_unless_its_device_is_not_there },
	{ "failures in a row give up and kills do not", failures_in_a_row_give_up_and_kills_do_not },
	{ "one that ran long begins anew", one_that_ran_long_begins_anew },
	{ "delays double up to the longest", delays_double_up_to_the_longest },
};

int main(void)
{
	RUN_TESTS(tests);
	return check_finish();
}
