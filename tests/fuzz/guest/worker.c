/* SPDX-License-Identifier: Apache-2.0
 *
 * A thread that runs a list of operations, in a process that may lose anything at any time.
 *
 * WHY it has no variables of its own but on its stack: the program's data is mapped read-only here, and shared.
 */
#include "abi/fuzz_table.h"
#include "abi/stubs.h"
#include "tests/fuzz/guest/raw.h"

struct worker {
	struct arena *arena;
	struct list *list;
	u64 list_address;
	struct msg_buffer *buffer;
	u64 result;
};

static u64 now_ns(void)
{
	u64 now = 0;

	return sys_clock(&now) == STATUS_OK ? now : 0;
}

/* ---- handles ---- */

/* Where the first live handle of a type stands, from place `which` on; without any, of any type. */
static u32 place_of(const struct arena *arena, u32 form, u64 value)
{
	u64 type = value & 0xff, which = form == FORM_HANDLE ? value >> 8 : value;
	u32 other = 0;

	for (u32 i = 0; i < HANDLES; i++) {
		u32 at = (u32)((which + i) % HANDLES);
		u32 kind = shared_load(ELEM(arena->type, at));

		if (kind == OBJECT_NONE)
			continue;
		if (form != FORM_HANDLE || kind == type)
			return at;
		other = at;
	}
	return other;
}

static u64 pick(const struct arena *arena, u32 form, u64 value)
{
	return shared_load(ELEM(arena->handle, place_of(arena, form, value)));
}

/* A new handle takes an older one's place, which is dropped: exhaustion comes, but not for good. */
static void keep(struct arena *arena, u64 handle)
{
	struct cap_info info = {};

	if ((handle & U32_MAX) == 0 || sys_cap_inspect((handle_t){ (u32)handle }, &info) != STATUS_OK)
		return;
	u32 at = HANDLES_FIRST + shared_add(&arena->next_handle, 1u) % (HANDLES - HANDLES_FIRST);
	u32 before = shared_swap(ELEM(arena->handle, at), (u32)handle);

	shared_store(ELEM(arena->type, at), (u8)info.type);
	if (before != 0)
		sys_cap_drop((handle_t){ before });
}

/* What an operation found dead, by itself or because it was moved away, is not chosen again. */
static void forget_dead(struct worker *w, u32 index)
{
	const struct op *op = ELEM(w->list->op, index);
	struct cap_info info = {};

	for (u32 i = 0; i < ARGUMENTS; i++) {
		if (*ELEM(op->form, i) != FORM_HANDLE && *ELEM(op->form, i) != FORM_ANY_HANDLE)
			continue;
		u32 place = place_of(w->arena, *ELEM(op->form, i), *ELEM(op->value, i));
		u32 handle = shared_load(ELEM(w->arena->handle, place));

		if (handle != 0 && sys_cap_inspect((handle_t){ handle }, &info) == STATUS_BAD_HANDLE) {
			shared_store(ELEM(w->arena->handle, place), 0u);
			shared_store(ELEM(w->arena->type, place), (u8)OBJECT_NONE);
		}
	}
}

static void keep_address(struct arena *arena, u64 address)
{
	u32 at = shared_add(&arena->next_address, 1u) % ADDRESSES;

	shared_store(ELEM(arena->address, at), address);
}

/* ---- arguments ---- */

static u64 resolve(const struct worker *w, u32 index, u32 argument)
{
	const struct op *op = ELEM(w->list->op, index);
	u64 value = *ELEM(op->value, argument);

	switch ((enum form)*ELEM(op->form, argument)) {
	case FORM_HANDLE:
	case FORM_ANY_HANDLE: return pick(w->arena, *ELEM(op->form, argument), value);
	case FORM_STALE: return pick(w->arena, FORM_ANY_HANDLE, value) ^ 0x10000u;
	case FORM_DEADLINE: return now_ns() + value;
	case FORM_SCRATCH: return SCRATCH_AT + value;
	case FORM_ADDRESS: return shared_load(ELEM(w->arena->address, value % ADDRESSES)) + (value >> 8);
	case FORM_DATA: return w->list_address + __builtin_offsetof(struct list, op) + index * sizeof(struct op) +
			__builtin_offsetof(struct op, data) + value;
	case FORM_ID: return *ELEM(w->arena->id, value % IDS);
	case FORM_RESULT: return w->result;
	case FORM_VALUE:
	case FORMS:
	default: return value;
	}
}

/* ---- messages ---- */

static void fill_buffer(const struct worker *w, u32 index)
{
	const struct op *op = ELEM(w->list->op, index);
	u64 buffers = op->data[DATA_BUFFERS];

	for (u32 i = 0; i < ARRAY_LEN(w->buffer->cap); i++) {
		u32 rights = (u32)(op->data[DATA_RIGHTS] >> 16 * i) & 0xffff;

		*ELEM(w->buffer->cap, i) = (u32)resolve(w, index, 2 + i);
		*ELEM(w->buffer->cap_rights, i) = rights == 0xffff ? U32_MAX : (rights & 0x7fff) | (rights & 0x8000) << 16;
	}
	w->buffer->in_address = SCRATCH_AT + (buffers & 0xffff);
	w->buffer->in_bytes = buffers >> 16 & 0xffff;
	w->buffer->out_address = SCRATCH_AT + (buffers >> 32 & 0xffff);
	w->buffer->out_bytes = buffers >> 48;
}

static struct raw_answer message(const struct worker *w, u32 index)
{
	const struct op *op = ELEM(w->list->op, index);
	u64 wait = op->data[DATA_WAIT];
	u64 handles = (resolve(w, index, 0) & U32_MAX) | resolve(w, index, 1) << 32;

	fill_buffer(w, index);
	struct raw_answer answer = any_message(op->call, handles, op, wait == 0 || wait == U64_MAX ? wait : now_ns() + wait);
	u64 count = answer.status == STATUS_OK ? min_u64(msg_info_caps(answer.info), ARRAY_LEN(w->buffer->cap)) : 0;

	for (u32 i = 0; i < count; i++)
		keep(w->arena, *ELEM(w->buffer->cap, i));
	return answer;
}

/* ---- one operation ---- */

static struct raw_answer call(const struct worker *w, u32 index)
{
	const struct op *op = ELEM(w->list->op, index);
	struct arguments arguments = {};

	for (u32 i = 0; i < ARGUMENTS; i++)
		*ELEM(arguments.value, i) = resolve(w, index, i);
	return any_call(op->call, &arguments);
}

static void use_result(struct worker *w, u32 number, const struct raw_answer *answer)
{
	const struct abi_call *entry = ELEM(abi_calls, number);

	if (entry->returns_handle || entry->returns_low_handle)
		keep(w->arena, answer->value);
	if (entry->returns_address)
		keep_address(w->arena, answer->value);
	w->result = answer->value;
}

static void run(struct worker *w, u32 index)
{
	u32 number = ELEM(w->list->op, index)->call;
	struct raw_answer answer = {};

	if (number >= OPERATIONS)
		return;
	(void)shared_add(ELEM(w->arena->made, number), 1u);
	if (number == OP_FLOAT)
		use_float();
	else if (number >= SYSCALL_COUNT)
		touch(resolve(w, index, 0), number == OP_WRITE);
	else
		answer = ELEM(abi_calls, number)->message ? message(w, index) : call(w, index);
	(void)shared_add(ELEM(*ELEM(w->arena->ended, number), answer.status % STATUSES), (u16)1);
	if (answer.status == STATUS_BAD_HANDLE || number == SYSCALL_CAP_DROP)
		forget_dead(w, index);
	if (answer.status == STATUS_OK && number < SYSCALL_COUNT)
		use_result(w, number, &answer);
}

static bool may_go_on(struct arena *arena)
{
	return (i32)shared_add(&arena->left, U32_MAX) > 0;
}

static void run_list(struct worker *w)
{
	for (u32 i = 0; i < OPS_MAX && i < shared_load(&w->list->count) && may_go_on(w->arena); i++) {
		shared_store(&w->list->at, i);
		run(w, i);
	}
}

void worker_start(u64 list, u64 buffer)
{
	u64 at = LISTS_AT + list % THREADS_MAX * PAGE_BYTES;
	struct worker w = { .arena = arena_at(ARENA_AT), .list = list_at(at), .list_address = at,
		.buffer = message_buffer_at(buffer) };

	for (u32 i = 0; i < shared_load(&w.list->times); i++)
		run_list(&w);
	sys_signal_raise((handle_t){ w.arena->done }, 1ull << list % THREADS_MAX);
	sys_thread_exit();
	__builtin_trap();
}
