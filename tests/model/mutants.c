/* SPDX-License-Identifier: Apache-2.0
 *
 * Mistakes in the core. See mutants.h.
 */
#include "tests/model/mutants.h"

u32 mutant;

const char *mutant_name(u32 number)
{
	switch (number) {
	case MUTANT_REVOKES_NOTHING:
		return "revoking invalidates nothing";
	case MUTANT_ADDS_RIGHTS:
		return "a capability gains rights on its way";
	case MUTANT_KEEPS_SIGNALS:
		return "bits of a bound signal do not reach the endpoint";
	case MUTANT_FORGETS_BADGES:
		return "nobody is told that a badge is gone";
	case MUTANT_NEVER_RESUMES:
		return "a suspended thread is never resumed";
	case MUTANT_KEEPS_REPLY_CLAIMED:
		return "a reply object stays claimed";
	case MUTANT_NEVER_PREEMPTS:
		return "a thread that wakes never takes the processor";
	case MUTANT_DROPS_NOTHING:
		return "a moved or dropped capability stays";
	case MUTANT_LOSES_NOTES:
		return "what a thread was told of a badge ends with it";
	case MUTANT_LOSES_CANCELS:
		return "who does not wait when it is cancelled is not";
	case MUTANT_CANCELS_TWICE:
		return "who is cancelled is again when it waits next";
	default:
		return "nothing";
	}
}

void __wrap_lineage_revoke(struct lineage *lineage)
{
	if (mutant != MUTANT_REVOKES_NOTHING)
		__real_lineage_revoke(lineage);
}

enum status __wrap_cap_add(struct process *process, const struct cap *cap, handle_t *out)
{
	struct cap more = *cap;

	if (mutant == MUTANT_ADDS_RIGHTS)
		more.rights |= RIGHT_DUPLICATE;
	return __real_cap_add(process, &more, out);
}

void __wrap_endpoint_signalled(struct endpoint *endpoint, struct signal *signal)
{
	if (mutant != MUTANT_KEEPS_SIGNALS)
		__real_endpoint_signalled(endpoint, signal);
}

bool __wrap_endpoint_badge_gone(struct endpoint *endpoint, struct lineage *lineage)
{
	return mutant != MUTANT_FORGETS_BADGES && __real_endpoint_badge_gone(endpoint, lineage);
}

void __wrap_note_settle(struct thread *thread, bool heard)
{
	__real_note_settle(thread, heard || mutant == MUTANT_LOSES_NOTES);
}

bool __wrap_sched_withdraw_suspended(struct thread *thread)
{
	return mutant != MUTANT_NEVER_RESUMES && __real_sched_withdraw_suspended(thread);
}

bool __wrap_thread_cancel_one_wait(struct thread *thread)
{
	bool done = __real_thread_cancel_one_wait(thread);

	if (mutant == MUTANT_LOSES_CANCELS)
		atomic_and(&thread->flags, ~(u32)THREAD_CANCEL);
	if (mutant == MUTANT_CANCELS_TWICE)
		atomic_or(&thread->flags, THREAD_CANCEL);
	return done;
}

void __wrap_reply_unclaim(struct reply *reply)
{
	if (mutant != MUTANT_KEEPS_REPLY_CLAIMED)
		__real_reply_unclaim(reply);
}

void __wrap_sched_wake(struct thread *thread)
{
	__real_sched_wake(thread);
	if (mutant == MUTANT_NEVER_PREEMPTS)
		hal_this_cpu()->attention &= ~(u32)ATTEND_CHOOSE;
}

enum status __wrap_cap_drop(struct process *process, handle_t handle)
{
	return mutant == MUTANT_DROPS_NOTHING && (handle.v & 1) != 0 ? STATUS_OK : __real_cap_drop(process, handle);
}
