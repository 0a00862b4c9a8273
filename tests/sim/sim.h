/* SPDX-License-Identifier: Apache-2.0
 *
 * The deterministic simulator: the kernel core on several simulated processors, with everything that
 * is not the kernel's own decision drawn from one seed: which processor makes the next kernel entry
 * and why, which system call with which arguments, when interrupts arrive, how time goes by.
 *
 * In this version a kernel entry is atomic: entries of different processors interleave, their
 * insides do not.
 */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "tests/host/kernel/world.h"

struct sim {
	u64 random;  /* state of the sequence */
	u64 step;
	u32 cpus;
	u64 group;   /* of all random processes; a handle in init */
};

extern struct sim sim;

/* The next number of the seed's sequence, in [0, below). */
u64 sim_random(u64 below);
static inline bool sim_one_in(u64 n) { return sim_random(n) == 0; }

/* Lets the thread that runs on the processor do something random. */
void sim_user_step(u32 cpu);

/* Init's part: makes processes and gives them capabilities, ends some, starts anew when all are gone. */
void sim_direct(void);
void sim_direct_begin(void);
/* Ends everything; the accounts must be as at the beginning. */
void sim_direct_end(void);

/* Stops the program if something does not hold that must hold between any two kernel entries. */
void sim_check(void);
void sim_check_begin(void);

#endif
