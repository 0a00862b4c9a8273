/* SPDX-License-Identifier: Apache-2.0
 *
 * The deterministic simulator: the kernel core on several simulated processors, with everything that
 * is not the kernel's own decision drawn from one seed: which processor goes on and how far, which system
 * call it makes with which arguments, when interrupts arrive, which allocations fail, how time goes by.
 *
 * It goes in bursts. In each, some processors make a few kernel entries at the same time: before any access
 * to memory one may have to stand still while others go on. When all are out of the kernel again, everything
 * that must hold then is checked.
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "tests/host/kernel/world.h"

struct sim {
	u64 random;        /* state of the sequence */
	u64 burst;         /* number of the present one */
	u64 points;        /* switches so far, of processors in the kernel */
	u32 cpus;
	u64 group;         /* of all random processes; a handle in init */
	bool mingle;       /* what init does next is done along with others */
	bool failing;      /* allocations may fail */
	u64 fail_one_in;   /* how many of them fail; 0: only each site's own turn */
	u64 tell_from;     /* the burst from which on everything is told */
};

extern struct sim sim;

/* The next number of the seed's sequence, in [0, below). */
u64 sim_random(u64 below);
static inline bool sim_one_in(u64 n) { return sim_random(n) == 0; }

/* ---- schedule.c ---- */

/* Some processors do something, all at once. */
void sim_burst(void);

/* What fake_run_with is given: entries that the test makes itself are part of a burst too. */
void sim_run(u32 cpu);

/* ---- operations.c ---- */

/* Lets the processor, which is outside the kernel, do something random: then it is inside, or nothing happened. */
void sim_act(u32 cpu);

/* When something will happen by itself: now, soon, or U64_MAX: not soon. */
u64 sim_next_event(void);

/* ---- direct.c ---- */

/* Init's part: makes processes and gives them capabilities, ends some, starts anew when all are gone. */
void sim_direct(void);
void sim_direct_begin(void);
/* Ends everything; the accounts must be as at the beginning. */
void sim_direct_end(void);

/* ---- invariants.c, liveness.c ---- */

/* Stops the program if something does not hold that must hold while no processor is in the kernel. */
void sim_check(void);
void sim_check_begin(void);
void sim_check_liveness(void);

/* ---- inherit.c ---- */

void sim_check_inheritance(const struct thread *thread);

/* What must hold at any moment for whatever is not locked. */
void sim_check_unlocked(void);

/* ---- failures.c ---- */

/* Adds what became of the places in the core that allocate, as far as they were come by. */
struct sim_note;
void sim_sites(struct sim_note *note);

/* In runs that begin from now on this place fails when it is come by first; 0: none. */
void sim_fail_at_once(u64 caller);

/* ---- story.c ---- */

bool sim_telling(void);
void sim_tell(u32 cpu, struct span what, struct span more);
void sim_tell_call(u32 cpu, const struct hal_frame *frame);

/* From now on, if the program dies, the number of the burst is written to the note, and the last events of every
 * processor are printed. */
void sim_story_begin(void);

#endif
