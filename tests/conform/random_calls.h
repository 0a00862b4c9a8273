/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls with random and half-right arguments, drawn from the table of the contract. Those are left out that
 * would end the caller or take from it what it needs.
 */
#ifndef TESTS_CONFORM_RANDOM_CALLS_H
#define TESTS_CONFORM_RANDOM_CALLS_H

#include "lib/base/safe.h"

enum : u32 { HANDLES = 32 };
enum : u64 { DOING_NOTHING = U64_MAX };

/* What a thread works with. */
struct worker {
	u64 random;
	u64 doing;            /* atomic: the number of the call under way, or DOING_NOTHING */
	u32 handle[HANDLES];
	u32 next;
};

/* A page that calls may read and write, with nothing mapped after it. False: there is no memory. */
bool random_calls_begin(void);

/* The objects that every thread starts with; all that it draws follows from the seed. */
void random_calls_prepare(struct worker *w, u64 seed);

/* One call; its status. */
u64 random_calls_step(struct worker *w);

/* What the contract calls a system call of that number. */
const char *random_calls_name(u64 number);

#endif
