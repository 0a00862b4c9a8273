/* SPDX-License-Identifier: Apache-2.0
 *
 * What a system call's handler returns, and how it reaches the caller's registers.
 */
#ifndef KERNEL_CORE_SYSCALL_RESULT_H
#define KERNEL_CORE_SYSCALL_RESULT_H

#include "abi/errors.h"
#include "kernel/core/types.h"
#include "kernel/hal/cpu.h"
#include "kernel/hal/frame.h"

/* Not statuses that user space sees. SYS_NO_RESULT: the handler has blocked or ended the thread, and
 * somebody else owns its registers now. SYS_AGAIN: a part is done; the thread makes the call again, so
 * that interrupts and others of higher priority come in between. */
enum : u64 { SYS_NO_RESULT = U64_MAX, SYS_AGAIN = U64_MAX - 1 };

struct sys_result {
	u64 status;
	u64 value;
};

static inline struct sys_result sys_ok(u64 value) { return (struct sys_result){ STATUS_OK, value }; }
static inline struct sys_result sys_fail(enum status status) { return (struct sys_result){ status, 0 }; }
static inline struct sys_result sys_status(enum status status) { return (struct sys_result){ status, 0 }; }
static inline struct sys_result sys_again(void) { return (struct sys_result){ SYS_AGAIN, 0 }; }
static inline struct sys_result sys_none(void) { return (struct sys_result){ SYS_NO_RESULT, 0 }; }

/* All but OK and SYS_NO_RESULT. */
HAL_RARE_CALL void syscall_finish_otherwise(struct hal_frame *frame, struct sys_result result);

static FORCE_INLINE void syscall_finish(struct hal_frame *frame, struct sys_result result)
{
	if (UNLIKELY(result.status != STATUS_OK)) {
		if (result.status != SYS_NO_RESULT)
			syscall_finish_otherwise(frame, result);
		return;
	}
	frame->status = result.status;
	frame->arg0 = result.value;
}

/* Adds a capability for a new object to the caller's space and returns its handle. The
 * reference that the maker holds goes over to the capability, or is given up on failure. */
struct sys_result sys_new_handle(struct thread *self, struct object *object, u32 rights, u64 value);

/* The same in a slot that is reserved already, so it cannot fail. */
struct sys_result sys_reserved_handle(struct thread *self, struct object *object, u32 rights);

/* Adds a capability that is held, of somebody else's, to a process; what is held is given up on failure. */
struct sys_result sys_grant(struct process *to, const struct cap *cap);

/* Adds a child of a capability that is held, with these rights; what is held is given up on failure. */
struct sys_result sys_new_child(struct thread *self, struct cap *cap, u32 rights);

#endif
