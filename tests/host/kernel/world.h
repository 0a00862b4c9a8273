/* SPDX-License-Identifier: Apache-2.0
 *
 * A booted kernel with processes that the test plays: a user is a process with one thread, whose
 * system calls the test makes for it.
 *
 * Every test gets a resource group of its own for what it makes. When the test is over, everything
 * in the group is destroyed and all accounts must be back where they were.
 */
#ifndef TESTS_HOST_KERNEL_WORLD_H
#define TESTS_HOST_KERNEL_WORLD_H

#include "abi/errors.h"
#include "abi/structs.h"
#include "abi/syscalls.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "tests/host/fake_hal/machine.h"

/* COPY_ALL: all rights of what is copied, where a call or a message asks which. */
enum : u32 { WORLD_CPUS = 4, COPY_ALL = 0xffffffffu };
enum : u64 { SCRATCH_BYTES = 16 * PAGE_BYTES, FOR_EVER = U64_MAX };

struct user {
	struct thread *thread;
	struct process *process;
	u64 scratch;         /* memory of its own, SCRATCH_BYTES */
	u64 process_handle;  /* in init */
	u64 thread_handle;
};

/* What a system call returned. With `waits` it did not return yet. */
struct answer {
	u64 status, value;
	bool waits;
	u32 parts; /* how often the thread made the call */
};

struct arguments {
	u64 at[6];
};

void world_boot(u32 cpus);
void world_begin(void);
void world_end(void);

/* Works until no processor has anything left to do, dead objects included. */
void world_settle(void);

/* The first process, with all authority. */
struct user *world_init(void);
u64 init_handle(enum init_handle place);
/* Handle, in init, of the test's own group. */
u64 world_group(void);
/* Handle, in init, of a signal that outlives all tests. */
u64 world_signal(void);

/* A process with a thread and memory, in the test's group or another one (handle in init). */
struct user user_new(void);
struct user user_new_in(u64 group);
/* The same; faults go through init's endpoint handle. */
struct user user_new_with_faults(u64 faults);
/* One more thread of the same process; it has its part of the same memory. */
struct user user_thread(const struct user *user);
/* Kills the process and drops init's handles to it. */
void user_end(struct user *user);

/* Makes a thread the running one of some processor, which is selected. */
u32 user_bring(struct thread *thread);
bool user_waits(const struct user *user);
bool user_ended(const struct user *user);

/* A system call: number, then up to six arguments. */
#define CALL(user, number, ...) user_call((user), (number), (struct arguments){ { __VA_ARGS__ } })
struct answer user_call(const struct user *user, enum syscall_number number, struct arguments arguments);
/* What a call that waited has returned by now. */
struct answer user_answer(const struct user *user);

/* A handle that a call returned; the test fails if it did not. */
#define HANDLE(user, number, ...) user_handle((user), (number), (struct arguments){ { __VA_ARGS__ } })
u64 user_handle(const struct user *user, enum syscall_number number, struct arguments arguments);

/* A message call. `handles`: endpoint, and the reply object in the high half. */
struct answer user_message(const struct user *user, enum syscall_number number, u64 handles, u64 info, u64 deadline);
static inline u64 both(u64 endpoint, u64 reply) { return endpoint | reply << 32; }
void user_word(const struct user *user, u32 index, u64 value);
u64 user_word_at(const struct user *user, u32 index);
/* The capability place `index` of the message buffer. */
void user_cap(const struct user *user, u32 index, u64 handle, u32 rights);
u64 user_cap_at(const struct user *user, u32 index);
void user_buffers(const struct user *user, u64 in, u64 in_bytes, u64 out, u64 out_bytes);

/* Its memory. */
void user_put(const struct user *user, u64 offset, struct span bytes);
void user_get(const struct user *user, u64 offset, struct mspan bytes);
void user_put_u64(const struct user *user, u64 offset, u64 value);
u64 user_get_u64(const struct user *user, u64 offset);

/* Copies a capability of init to the user, or of the user to init. */
u64 give_to(const struct user *user, u64 handle, u32 rights);
/* Copies between users: `from` must hold a capability to the other process with GRANT. */
u64 object_id(const struct user *user, u64 handle);

#endif
