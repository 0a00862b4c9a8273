/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for the runtime's system call instruction: goes straight to the dispatcher.
 */
#ifndef TESTS_GEN_FAKE_SYSCALL_H
#define TESTS_GEN_FAKE_SYSCALL_H

#include "lib/base/safe.h"

struct raw_result { u64 status, value; };
struct raw_result raw_syscall(u64 number, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5);

#endif
