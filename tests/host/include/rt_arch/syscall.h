/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake runtime: system calls are functions of the test (tests/host/fake_rt/kernel.h).
 */
#ifndef TESTS_HOST_INCLUDE_RT_ARCH_SYSCALL_H
#define TESTS_HOST_INCLUDE_RT_ARCH_SYSCALL_H

#include "lib/base/safe.h"

struct raw_result {
	u64 status, value;
};

struct raw_message {
	u64 arg0, arg1;
	u64 word[8];
	u64 deadline;
};

struct raw_result raw_syscall(u64 number, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5);
u64 raw_message_syscall(u64 number, struct raw_message *m);

#endif
