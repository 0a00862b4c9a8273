/* SPDX-License-Identifier: Apache-2.0
 *
 * The unsafe part: calls and addresses that no type could vouch for, and what a thread finds where it starts.
 */
#ifndef TESTS_FUZZ_GUEST_RAW_H
#define TESTS_FUZZ_GUEST_RAW_H

#include "tests/fuzz/guest/program.h"

/* Where this program lies: the address that the segments of its image are counted from. */
extern const u8 __ehdr_start[];
u64 own_base(void);

/* Where threads that run programs begin: worker.c. */
NORETURN void worker_start(u64 list, u64 buffer);
u64 worker_address(void);

/* In such a process, and in the driver at the address where it has mapped them. */
struct arena *arena_at(u64 address);
struct list *list_at(u64 address);
struct msg_buffer *message_buffer_at(u64 address);

struct raw_answer {
	u64 status, value, info;
};

struct arguments {
	u64 value[ARGUMENTS];
};

/* The calls; the arguments may be anything. */
struct raw_answer any_call(u64 number, const struct arguments *arguments);
struct raw_answer any_message(u64 number, u64 handles, const struct op *op, u64 deadline);

/* What is no call. */
void touch(u64 address, bool write);
void use_float(void); /* float_ARCH.S */

#endif
