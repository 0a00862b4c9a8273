/* SPDX-License-Identifier: Apache-2.0
 *
 * Races of one kernel entry with others: it stands still at each of its switch points in turn, and what the
 * test wants to happen meanwhile happens on other processors. If one of these waits for a lock that the one that
 * stands still has taken, that goes on, point by point.
 */
#ifndef TESTS_HOST_KERNEL_RACE_H
#define TESTS_HOST_KERNEL_RACE_H

#include "tests/host/kernel/tests.h"

/* The body runs once for each switch point of the entry that it holds, each time in a new world. */
#define EACH_POINT() for (race_begin(); race_next();)
void race_begin(void);
bool race_next(void);

/* The processor's next entry stands still. */
void race_hold(u32 cpu);
/* It goes on to its end; whatever follows from it happens. */
void race_go_on(void);

/* The held entry stays where it is, and another one may be held. */
void race_keep(void);
/* What was kept goes on to its end; if it waits, what is held goes on as well. */
void race_finish_kept(void);

/* The same without a loop: the entry stands still after each so many points. False: it has left the kernel. */
void race_hold_every(u32 cpu, u64 points);
bool race_step(void);

/* The processor that a running thread is on. */
static inline u32 cpu_of(const struct user *user) { return user_bring(user->thread); }

void race_tests(void);
void race_time_tests(void);
void race_inherit_tests(void);
void race_revoke_tests(void);
void race_word_tests(void);
void race_group_tests(void);
void race_cancel_tests(void);

#endif
