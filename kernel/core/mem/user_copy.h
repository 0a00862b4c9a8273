/* SPDX-License-Identifier: Apache-2.0
 *
 * Copying to and from user memory. The kernel never dereferences a user address: each page is
 * looked up in the address space, brought in if it was not touched yet, and reached through the
 * direct map. So a copy cannot fault, works on any process' memory alike, and needs no
 * processor mode.
 */
#ifndef KERNEL_CORE_MEM_USER_COPY_H
#define KERNEL_CORE_MEM_USER_COPY_H

#include "abi/errors.h"
#include "kernel/core/syscall/result.h"
#include "kernel/core/types.h"
#include "lib/base/addr.h"
#include "lib/base/span.h"

struct user_span {
	uaddr_t at;
	u64 bytes;
};

/* All or an error: BAD_ADDRESS, OUT_OF_FRAMES. On an error part may have been copied. */
[[nodiscard]] enum status user_copy_in(struct process *process, struct mspan to, uaddr_t from);
[[nodiscard]] enum status user_copy_out(struct process *process, uaddr_t to, struct span from);

struct user_range {
	struct process *process;
	uaddr_t at;
};

/* A system call that copies from one process to another, 64 KiB at most. After two pages, and after one if an interrupt
 * is pending, it gives way: the thread makes the call again, goes on where it was, and is told the sum. Returns the status,
 * SYS_AGAIN while it is not done, and how much was copied, before an error too. */
[[nodiscard]] struct sys_result user_copy_across(struct thread *self, struct user_range from, struct user_range to, u64 bytes);

#endif
