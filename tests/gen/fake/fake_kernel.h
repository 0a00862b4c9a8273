/* SPDX-License-Identifier: Apache-2.0
 *
 * Just enough of the kernel to run the generated dispatcher on the host: what a handle names is
 * in its low byte (an object type), and one set of rights is held for all.
 */
#ifndef TESTS_GEN_FAKE_KERNEL_H
#define TESTS_GEN_FAKE_KERNEL_H

#include "abi/errors.h"
#include "abi/objects.h"
#include "lib/base/addr.h"
#include "lib/base/span.h"

struct object { u32 type; };
struct cap { struct object *object; enum object_type type; };
struct cap_found { enum status status; struct object *object; };
struct process { u64 id; };
struct thread { struct process *process; };
struct hal_frame { u64 status, arg0, arg1, word[8], deadline; };
struct user_span { uaddr_t at; u64 bytes; };
struct sys_result { u64 status, value; };
static inline struct sys_result sys_none(void) { return (struct sys_result){ .status = U64_MAX }; }

#define SYS_NO_RESULT U64_MAX
#define HAL_HANDLER_CALL

enum : u64 { FAKE_GOOD_ADDRESS = 0x1000 };

void syscall_finish(struct hal_frame *frame, struct sys_result result);
struct cap_found cap_resolve(struct process *process, handle_t handle, enum object_type type, u32 rights);
enum status cap_resolve_full(struct process *process, handle_t handle, enum object_type type, u32 rights, struct cap *out);
enum status user_copy_in(struct process *process, struct mspan to, uaddr_t from);
enum status user_copy_out(struct process *process, uaddr_t to, struct span from);
bool trace_on(u32 classes);
void trace_emit(u32 id, u64 f0, u64 f1, u64 f2, u64 f3);
void trace_emit_by(struct thread *by, u32 id, u64 f0, u64 f1, u64 f2, u64 f3);
void trace_emit_always(u32 id, u64 f0, u64 f1, u64 f2, u64 f3);
void trace_call_begins(struct thread *self);
void trace_call_returns(struct thread *self);

/* What the handlers (written by run.py) saw. */
enum : u32 { SEEN_MAX = 12 };
extern u64 seen[SEEN_MAX];
extern u32 seen_count, seen_number;
extern struct sys_result next_result;
void saw(u64 value);
struct sys_result handled(u32 number);

#endif
