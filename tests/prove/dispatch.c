/* SPDX-License-Identifier: Apache-2.0
 *
 * The way in of a system call: the choice by its number, and the checks of its arguments, which are generated from the
 * table. Any number, any registers. All handlers are modelled, from the table too: they state that they are handed
 * exactly what it promises.
 */
#include "kernel/core/ipc/fastpath.h"
#include "kernel/core/thread/thread.h"

static void tried_fast(struct cpu *cpu, struct thread *self, u64 deadline_ns, u64 arg0, u64 arg1, u64 number);
#include "kernel/core/ipc/fastpath.c"
#include "abi/goldens/kernel_dispatch.c.golden"

enum : u32 { FOUND_MAX = 3 };

struct cpu *prove_this_cpu;
u32 trace_classes;
u64 object_grace_wanted;

static struct thread *self_thread;
static u64 number, deadline, register0, register1;
static bool called_one, answered, finished, left;
static struct sys_result answer;             /* the handler's */
static struct sys_result told;               /* what reached the caller's registers otherwise */
static u64 copied_from, copied_to, promised_to;  /* addresses of structs */
static bool copied, gave, promised;

/* What handles were resolved to. */
static struct object *any_object[FOUND_MAX];
static u32 found_count;
static struct {
	u32 handle, rights;
	enum object_type type;
	struct object *object;
} found[FOUND_MAX];

/* ---- what is modelled ---- */

/* The fast path, which fastpath.c shows: it does all or nothing, and what it does does not come back. */
static void tried_fast(struct cpu *cpu, struct thread *self, u64 deadline_ns, u64 arg0, u64 arg1, u64 which)
{
	PROVE(cpu == prove_this_cpu && self == self_thread && deadline_ns == deadline && arg0 == register0 && arg1 == register1,
		"the fast path is told of this call");
	PROVE(number == which, "and only of one that it is for");
}

void trace_call_begins(struct thread *self) { PROVE(self == self_thread && !called_one, "told before"); }
void trace_call_returns(struct thread *self) { PROVE(self == self_thread, "told after"); }
void sched_leave_kernel_slowly(struct cpu *cpu) { PROVE(cpu == prove_this_cpu && !left, "once"); left = true; }

void syscall_finish_otherwise(struct hal_frame *frame, struct sys_result result)
{
	PROVE(frame == &self_thread->frame && result.status != STATUS_OK && result.status != SYS_NO_RESULT && !finished,
		"a refusal is told once, to who called");
	finished = true;
	told = result;
}

static struct object *resolve_any(const struct process *process, handle_t handle, enum object_type type, u32 rights)
{
	PROVE(process == self_thread->process && found_count < FOUND_MAX && rights != 0, "a handle of the caller's, with rights");
	if (MAYBE())
		return nullptr;
	struct object *object = any_object[found_count];

	object->type = type; /* handles.c shows it */
	found[found_count].handle = handle.v;
	found[found_count].rights = rights;
	found[found_count].type = type;
	found[found_count++].object = object;
	return object;
}

struct cap_found cap_resolve(struct process *process, handle_t handle, enum object_type type, u32 rights)
{
	struct object *object = resolve_any(process, handle, type, rights);

	return (struct cap_found){ .status = object != nullptr ? STATUS_OK : STATUS_DENIED, .object = object };
}

enum status cap_resolve_full(struct process *process, handle_t handle, enum object_type type, u32 rights, struct cap *out)
{
	*out = (struct cap){ .object = resolve_any(process, handle, type, rights), .type = type, .rights = rights };
	return out->object != nullptr ? STATUS_OK : STATUS_DENIED;
}

enum status user_copy_in(struct process *process, struct mspan to, uaddr_t from)
{
	PROVE(process == self_thread->process && to.raw_n != 0 && !copied && !called_one, "a struct is the caller's, read once");
	to.raw_p[0] = ANY(u8);
	to.raw_p[to.raw_n - 1] = ANY(u8);
	if (MAYBE())
		return STATUS_BAD_ADDRESS;
	copied = true;
	copied_from = from.v;
	return STATUS_OK;
}

enum status user_copy_out(struct process *process, uaddr_t to, struct span from)
{
	PROVE(process == self_thread->process && from.raw_n != 0 && called_one && answer.status == STATUS_OK && !gave,
		"a struct goes to the caller, once, if the call succeeds");
	PROVE(from.raw_p[0] == 7 && from.raw_p[from.raw_n - 1] == 7, "all that the handler stored");
	gave = true;
	copied_to = to.v;
	return MAYBE() ? STATUS_OK : STATUS_BAD_ADDRESS;
}

/* ---- handlers ---- */

static void called(u64 which, struct thread *self)
{
	PROVE(which == number, "a number reaches the handler of that name, and no other");
	PROVE(self == self_thread && !called_one && self->frame.status == number, "once, for who called");
	called_one = true;
}

static void was_found(const struct object *object, enum object_type type, u32 rights, u64 handle)
{
	bool is = false;

	for (u32 i = 0; i < FOUND_MAX; i++)
		is = is || (i < found_count && found[i].object == object && found[i].type == type && found[i].handle == handle &&
			(rights & ~found[i].rights) == 0);
	PROVE(is, "an object is the one that the handle names, of the type and with the rights that the call needs");
}

static void handed(const struct object *object, enum object_type type, u32 rights, u64 handle)
{
	PROVE(object != nullptr && object->type == type, "of the right type");
	was_found(object, type, rights, handle);
}

static void handed_cap(const struct cap *cap, enum object_type type, u32 rights, u64 handle)
{
	PROVE(cap != nullptr && cap->type == type && (rights & ~cap->rights) == 0, "a whole capability");
	was_found(cap->object, type, rights, handle);
}

static void handed_number(u64 value, u64 given, u64 most)
{
	PROVE(value == given && value <= most, "a number within its bounds");
}

static void handed_flags(u64 value, u64 given, u64 all) { PROVE(value == given && (value & ~all) == 0, "flags that there are"); }

static void handed_span(struct user_span span, u64 at, u64 bytes, u64 most)
{
	PROVE(span.at.v == at && span.bytes == bytes && bytes <= most, "memory of the caller's, no longer than it may be");
}

static void copied_in(const void *copy, u64 at) { PROVE(copy != nullptr && copied && copied_from == at, "a struct, copied"); }

/* WHY 7: the bytes are to be those that go to the caller. */
static void to_copy_out_bytes(u8 *bytes, u64 count, u64 at)
{
	bytes[0] = 7;
	bytes[count - 1] = 7;
	promised = true;
	promised_to = at;
}
#define to_copy_out(to, at) to_copy_out_bytes((u8 *)(to), sizeof(*(to)), at)

/* By the time a handler is done others may have changed the registers. */
static struct sys_result any_answer(struct thread *self)
{
	self->frame.arg0 = ANY(u64);
	self->frame.arg1 = ANY(u64);
	for (u32 i = 0; i < MESSAGE_REGISTER_WORDS; i++)
		self->frame.word[i] = ANY(u64);
	answer = (struct sys_result){ ANY(u64), ANY(u64) };
	return answer;
}

static void answered_itself(struct thread *self)
{
	(void)self;
	answered = true;
}

#include "tests/prove/include/handlers.h"

/* ---- the proof ---- */

void prove_number(void)
{
	struct hal_frame before;

	prove_this_cpu = NEW(struct cpu);
	self_thread = NEW(struct thread);
	self_thread->process = NEW(struct process);
	prove_this_cpu->current = self_thread;
	trace_classes = ANY(u32);
	number = ANY(u64);
	deadline = ANY(u64);
	register0 = self_thread->frame.arg0;
	register1 = self_thread->frame.arg1;
	called_one = answered = finished = left = copied = gave = promised = false;
	found_count = 0;
	for (u32 i = 0; i < FOUND_MAX; i++)
		any_object[i] = NEW(struct object);
	before = self_thread->frame;
	core_syscall(prove_this_cpu, self_thread, number, deadline, register0, register1);
	PROVE(called_one || (finished && told.status != STATUS_OK), "what reaches no handler is refused");
	PROVE(number < SYSCALL_COUNT || (!called_one && told.status == STATUS_UNKNOWN_CALL),
		"a number that there is not, as unknown");
	if (!called_one) {
		PROVE(self_thread->frame.arg0 == before.arg0 && self_thread->frame.word[0] == before.word[0] && !gave,
			"and changes nothing");
		return;
	}
	PROVE(!gave || (promised && copied_to == promised_to), "a struct goes where the call said");
	PROVE(!promised || answer.status != STATUS_OK || gave, "if there is one");
	if (answered)
		return;
	PROVE(finished || answer.status == SYS_NO_RESULT || (answer.status == STATUS_OK && self_thread->frame.status == STATUS_OK &&
		self_thread->frame.arg0 == answer.value), "the caller has the handler's answer");
	PROVE(!finished || (answer.status != STATUS_OK ? told.status == answer.status && told.value == answer.value :
		gave && told.status == STATUS_BAD_ADDRESS), "also one that is a refusal");
}
