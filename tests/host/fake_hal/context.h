/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: kernel entries on stacks of their own, so that a simulated processor can stand still in the
 * middle of one while others go on.
 */
#ifndef TESTS_HOST_FAKE_HAL_CONTEXT_H
#define TESTS_HOST_FAKE_HAL_CONTEXT_H

#include "lib/base/safe.h"

/* Runs `entry` on the processor's stack, from its beginning, until it stops for the first time. */
void context_begin(u32 cpu, void (*entry)(void));

/* True for an address on the stack of the processor that is running. */
bool context_owns(const void *at);

/* Lets it go on from where it paused. */
void context_resume(u32 cpu);

/* From inside: back to whoever began or resumed it. */
void context_pause(u32 cpu);

/* The same for good; whatever is on the stack is forgotten. */
NORETURN void context_end(u32 cpu);

#endif
