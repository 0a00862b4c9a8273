/* SPDX-License-Identifier: Apache-2.0
 *
 * A kernel for programs of user space that run on the host, inside a test: the test answers their system
 * calls. It defines fake_rt_call and fake_rt_message.
 */
#ifndef TESTS_HOST_FAKE_RT_KERNEL_H
#define TESTS_HOST_FAKE_RT_KERNEL_H

#include "abi/structs.h"
#include "lib/base/span.h"
#include "rt_arch/syscall.h"

struct fake_rt_arguments {
	u64 at[6];
};

/* The test's own: answers one call. */
struct raw_result fake_rt_call(u64 number, const struct fake_rt_arguments *arguments);
u64 fake_rt_message(u64 number, struct raw_message *m);

/* Runs a program, that may never return, until a call is answered by fake_rt_stop. */
void fake_rt_run(void (*program)(void));
NORETURN void fake_rt_stop(void);

/* Memory that the program handed over with a call. */
struct mspan fake_rt_memory(u64 address, u64 bytes);

/* The program's message buffer. */
struct msg_buffer *fake_rt_buffer(void);

/* A start block with handles "self", "group", "names", "endpoint", "signal" and "state", numbered from 1. */
void fake_rt_adopt(void);

#endif
