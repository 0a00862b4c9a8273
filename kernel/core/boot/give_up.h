/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of a system that cannot go on although nothing of the kernel is broken: too little memory
 * to come up, or no first process any more. No panic: a sentence, and the machine goes off.
 */
#ifndef KERNEL_CORE_BOOT_GIVE_UP_H
#define KERNEL_CORE_BOOT_GIVE_UP_H

#include "abi/structs.h"

/* Writes to the log that there is no memory for something: how much was asked, how much is free. */
void boot_no_memory(const char *what, u64 asked_bytes);

/* Stops the other processors and turns the machine off, or stops this one too if that is not
 * possible. Why was written to the log before. Needs no locks, takes none. */
NORETURN void boot_give_up(void);

/* The first process has ended: says how unless it went by itself, and gives up. */
NORETURN void boot_first_ended(enum exit_reason reason, u64 status);

#endif
