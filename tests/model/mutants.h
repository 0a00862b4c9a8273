/* SPDX-License-Identifier: Apache-2.0
 *
 * Mistakes in the core that the model must notice: functions that the linker puts in place of the core's
 * (module.mk, WRAP), which do what the core's do unless a mutant is chosen.
 */
#ifndef TESTS_MODEL_MUTANTS_H
#define TESTS_MODEL_MUTANTS_H

#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/note.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/sched/sched.h"

enum mutant : u32 {
	MUTANT_NONE,
	MUTANT_REVOKES_NOTHING,
	MUTANT_ADDS_RIGHTS,
	MUTANT_KEEPS_SIGNALS,
	MUTANT_FORGETS_BADGES,
	MUTANT_NEVER_RESUMES,
	MUTANT_KEEPS_REPLY_CLAIMED,
	MUTANT_NEVER_PREEMPTS,
	MUTANT_DROPS_NOTHING,
	MUTANT_LOSES_NOTES,
	MUTANT_LOSES_CANCELS,
	MUTANT_CANCELS_TWICE,
	MUTANTS,
};

extern u32 mutant;
const char *mutant_name(u32 number);

void __real_lineage_revoke(struct lineage *lineage);
enum status __real_cap_add(struct process *process, const struct cap *cap, handle_t *out);
void __real_endpoint_signalled(struct endpoint *endpoint, struct signal *signal);
bool __real_endpoint_badge_gone(struct endpoint *endpoint, struct lineage *lineage);
void __real_note_settle(struct thread *thread, bool heard);
bool __real_sched_withdraw_suspended(struct thread *thread);
bool __real_thread_cancel_one_wait(struct thread *thread);
void __real_reply_unclaim(struct reply *reply);
void __real_sched_wake(struct thread *thread);
enum status __real_cap_drop(struct process *process, handle_t handle);

void __wrap_lineage_revoke(struct lineage *lineage);
enum status __wrap_cap_add(struct process *process, const struct cap *cap, handle_t *out);
void __wrap_endpoint_signalled(struct endpoint *endpoint, struct signal *signal);
bool __wrap_endpoint_badge_gone(struct endpoint *endpoint, struct lineage *lineage);
void __wrap_note_settle(struct thread *thread, bool heard);
bool __wrap_sched_withdraw_suspended(struct thread *thread);
bool __wrap_thread_cancel_one_wait(struct thread *thread);
void __wrap_reply_unclaim(struct reply *reply);
void __wrap_sched_wake(struct thread *thread);
enum status __wrap_cap_drop(struct process *process, handle_t handle);

#endif
