/* SPDX-License-Identifier: Apache-2.0
 *
 * See policy.h.
 */
#include "userspace/services/keeper/policy.h"

enum : u64 { CALM_NS = 10000000000 };

enum verdict policy_judge(const struct policy *policy, enum ending ending, u64 ran_ns, u32 *failures)
{
	if (ending == ENDED_ABSENT || policy->restart == MANIFEST_RESTART_NEVER ||
	    (policy->restart == MANIFEST_RESTART_ON_FAILURE && ending == ENDED_WELL))
		return VERDICT_FINISHED;
	if (ran_ns > CALM_NS)
		*failures = 0;
	/* WHY not counted: who kills a service wants it to come back. One that ends well, again and again, does not. */
	if (ending != ENDED_KILLED)
		(*failures)++;
	return policy_failed(policy, *failures);
}

enum verdict policy_failed(const struct policy *policy, u32 failures)
{
	return failures < policy->give_up_after ? VERDICT_AGAIN : VERDICT_GIVE_UP;
}

u64 policy_delay_ms(const struct policy *policy, u32 failures)
{
	/* WHY at once the first time: its clients wait. */
	if (failures <= 1)
		return 0;
	return min_u64((u64)policy->backoff_ms << min_u64(failures - 2, 20), policy->backoff_max_ms);
}
