/* SPDX-License-Identifier: Apache-2.0
 *
 * Mostly what the contract asks for; sometimes something near it; seldom anything.
 */
#include "tests/fuzz/guest/argument.h"
#include "abi/fuzz_table.h"
#include "lib/base/text.h"
#include "tests/fuzz/guest/random.h"
#include "tests/fuzz/guest/raw.h"

enum : u64 { LONG_NS = 60000 };

static u64 any_number(void)
{
	static const u64 edges[] = { 0, 1, 2, 7, 8, 63, 64, 65, 255, 4095, 4096, 4097, 8192, 1ull << 31, U32_MAX, 1ull << 32,
		1ull << 47, 0xffff800000000000ull, 1ull << 63, U64_MAX - 4095, U64_MAX };

	switch (draw_below(4)) {
	case 0: return draw() << draw_below(16);
	case 1: return draw_below(16);
	default: return *ELEM(edges, draw_below(ARRAY_LEN(edges)));
	}
}

static void set(struct op *op, u32 slot, enum form form, u64 value)
{
	*ELEM(op->form, slot) = form;
	*ELEM(op->value, slot) = value;
}

/* ---- numbers by what they mean ---- */

static u64 some_bytes(void)
{
	return one_in(12) ? draw_below(2 * PAGE_BYTES) : (1 + draw_below(4)) * PAGE_BYTES;
}

static u64 some_rights(void)
{
	switch (draw_below(4)) {
	case 0: return draw() & draw() & 0x3ff;
	case 1: return 0x3ff & ~(1u << draw_below(10));
	default: return U32_MAX;
	}
}

/* A number that stands in a struct: nothing is worked out when the operation runs. */
static u64 number(u32 means, u64 max)
{
	if (one_in(12))
		return any_number();
	switch ((enum abi_meaning)means) {
	case ABI_MEANS_RIGHTS: return some_rights();
	case ABI_MEANS_BITS: return one_in(3) ? draw() : 1ull << draw_below(8);
	case ABI_MEANS_BYTES: return some_bytes();
	case ABI_MEANS_OFFSET: return one_in(3) ? some_bytes() : 0;
	case ABI_MEANS_DEADLINE:
	case ABI_MEANS_DURATION: return one_in(3) ? 0 : draw_below(10) * draw_below(LONG_NS);
	case ABI_MEANS_LIMIT: return one_in(2) ? 0 : draw_below(100);
	case ABI_MEANS_PPM: return one_in(2) ? 0 : draw_below(4) * 100000;
	case ABI_MEANS_PRIORITY: return one_in(3) ? draw_below(256) : 64;
	case ABI_MEANS_WEIGHT: return one_in(2) ? 0 : draw_below(1000);
	case ABI_MEANS_SMALL: return draw_below(min_u64(max, 8) + 1);
	case ABI_MEANS_CPUS: return one_in(2) ? 0 : 1 + draw_below(15);
	case ABI_MEANS_PART: return one_in(3) ? 1 + draw_below(3) : 0;
	case ABI_MEANS_CODE: return worker_address();
	case ABI_MEANS_STACK: return STACKS_AT + (1 + THREADS_MAX + draw_below(STACKS - THREADS_MAX)) * STACK_PAGES * PAGE_BYTES - 16;
	case ABI_MEANS_PLAIN: return draw_below(min_u64(max, 255) + 1);
	case ABI_MEANS_ADDRESS:
	case ABI_MEANS_ID:
	case ABI_MEANS_RESULT:
	case ABI_MEANS_TEXT:
	default: return any_number();
	}
}

static void put_address(struct op *op, u32 slot)
{
	switch (draw_below(8)) {
	case 0: set(op, slot, FORM_VALUE, 0); break;
	case 1: set(op, slot, FORM_SCRATCH, page_floor(draw_below(SCRATCH_BYTES))); break;
	case 2: set(op, slot, FORM_VALUE, any_number()); break;
	case 3:
	case 4: set(op, slot, FORM_VALUE, MAPPINGS_AT + draw_below(16) * PAGE_BYTES); break;
	default: set(op, slot, FORM_ADDRESS, draw_below(ADDRESSES) | (one_in(2) ? 0 : draw_below(4) * PAGE_BYTES << 8));
	}
}

static void put_number(struct op *op, u32 slot, u32 means, u64 max)
{
	switch ((enum abi_meaning)means) {
	case ABI_MEANS_ADDRESS: put_address(op, slot); return;
	case ABI_MEANS_DEADLINE:
		if (!one_in(6))
			set(op, slot, FORM_DEADLINE, draw_below(LONG_NS));
		else
			set(op, slot, FORM_VALUE, one_in(12) ? U64_MAX : draw_below(2));
		return;
	case ABI_MEANS_ID: set(op, slot, one_in(3) ? FORM_VALUE : FORM_ID, draw_below(IDS)); return;
	case ABI_MEANS_RESULT: set(op, slot, one_in(2) ? FORM_RESULT : FORM_VALUE, draw_below(2000)); return;
	case ABI_MEANS_PLAIN:
	case ABI_MEANS_BITS:
	case ABI_MEANS_BYTES:
	case ABI_MEANS_CODE:
	case ABI_MEANS_CPUS:
	case ABI_MEANS_DURATION:
	case ABI_MEANS_LIMIT:
	case ABI_MEANS_OFFSET:
	case ABI_MEANS_PART:
	case ABI_MEANS_PPM:
	case ABI_MEANS_PRIORITY:
	case ABI_MEANS_RIGHTS:
	case ABI_MEANS_SMALL:
	case ABI_MEANS_STACK:
	case ABI_MEANS_TEXT:
	case ABI_MEANS_WEIGHT:
	default: break;
	}
	set(op, slot, one_in(20) ? FORM_RESULT : FORM_VALUE, number(means, max));
}

/* ---- handles ---- */

static void put_handle(struct op *op, u32 slot, u32 type, bool optional)
{
	u64 which = one_in(2) ? 0 : draw_below(HANDLES); /* often the same, so that threads meet */

	if (optional && one_in(3)) {
		set(op, slot, FORM_VALUE, 0);
		return;
	}
	switch (draw_below(16)) {
	case 0: set(op, slot, FORM_STALE, which); break;
	case 1: set(op, slot, FORM_VALUE, any_number()); break;
	case 2: set(op, slot, FORM_ANY_HANDLE, which); break;
	default:
		if (type == OBJECT_NONE && one_in(2))
			type = 1 + (u32)draw_below(OBJECT_COUNT - 1);
		if (type == OBJECT_NONE)
			set(op, slot, FORM_ANY_HANDLE, draw_below(HANDLES));
		else
			set(op, slot, FORM_HANDLE, type | which << 8);
	}
}

/* ---- memory ---- */

static void put_text(struct op *op, u32 slot)
{
	static const char texts[][DATA_WORDS] = { "/", "/a", "/a/b", "/a/b/c", "a", "", "/b", "/a/bb" };
	struct span text = SPAN_OF_ARRAY(*ELEM(texts, draw_below(ARRAY_LEN(texts))));

	op->data[0] = span_le64(text, 0);
	set(op, slot, FORM_DATA, 0);
	set(op, slot + 1, FORM_VALUE, one_in(8) ? number(ABI_MEANS_BYTES, U64_MAX) : span_find(text, 0, 0));
}

static void put_room(struct op *op, u32 slot)
{
	if (one_in(8))
		put_address(op, slot);
	else
		set(op, slot, FORM_SCRATCH, one_in(8) ? SCRATCH_BYTES - draw_below(64) : draw_below(SCRATCH_BYTES));
	set(op, slot + 1, FORM_VALUE, one_in(8) ? any_number() : draw_below(one_in(3) ? 2 * PAGE_BYTES : 256));
}

static void put_struct(struct op *op, u32 slot, u32 layout_number)
{
	const struct abi_layout *layout = ELEM(abi_layouts, layout_number);
	struct mspan data = MSPAN_OF_ARRAY(op->data);

	for (u32 i = 0; i < layout->field_count; i++) {
		const struct abi_field *field = ELEM(layout->field, i);

		mspan_put_le(data, field->offset, number(field->means, U64_MAX), field->bytes);
	}
	set(op, slot, FORM_DATA, 0);
}

/* Those that stand first are those that most of the others go with. */
static u64 some_flags(u64 defined)
{
	if (one_in(12))
		return any_number();
	return (one_in(3) ? draw() : 1 + 2 * draw_below(2)) & defined;
}

static bool may_be_none(const struct abi_argument *argument)
{
	return argument->optional || (argument->kind == ABI_RAW_HANDLE && argument->object == OBJECT_ENDPOINT);
}

static void put_argument(struct op *op, const struct abi_argument *argument)
{
	u32 slot = argument->slot;

	switch ((enum abi_kind)argument->kind) {
	case ABI_HANDLE:
	case ABI_RAW_HANDLE: put_handle(op, slot, argument->object, may_be_none(argument)); break;
	case ABI_U64:
	case ABI_U32: put_number(op, slot, argument->means, argument->max); break;
	case ABI_FLAGS: set(op, slot, FORM_VALUE, some_flags(argument->max)); break;
	case ABI_USER_IN:
		if (argument->means == ABI_MEANS_TEXT && !one_in(8))
			put_text(op, slot);
		else
			put_room(op, slot);
		break;
	case ABI_USER_OUT: put_room(op, slot); break;
	case ABI_STRUCT_IN: put_struct(op, slot, argument->layout); break;
	case ABI_STRUCT_OUT:
	default: set(op, slot, FORM_SCRATCH, one_in(16) ? SCRATCH_BYTES - draw_below(64) : draw_below(PAGE_BYTES) & ~7ull);
	}
}

/* ---- messages ---- */

static u64 some_buffers(void)
{
	u64 in = draw_below(SCRATCH_BYTES), out = draw_below(SCRATCH_BYTES);
	u64 in_bytes = one_in(3) ? draw_below(9000) : draw_below(100), out_bytes = one_in(3) ? draw_below(9000) : draw_below(100);

	return in | in_bytes << 16 | out << 32 | out_bytes << 48;
}

static u64 some_wait(void)
{
	if (one_in(64))
		return U64_MAX;
	return one_in(6) ? 0 : draw_below(LONG_NS);
}

static void put_message_word(struct op *op, u32 index)
{
	u64 caps = one_in(3) ? draw_below(5) : 0;

	switch (index) {
	case DATA_INFO:
		op->data[DATA_INFO] = one_in(16) ? any_number()
			: msg_info_make((u32)draw(), one_in(8) ? draw_below(66) : draw_below(10), caps, 0, draw_below(2));
		break;
	case DATA_WAIT: op->data[DATA_WAIT] = some_wait(); break;
	case DATA_RIGHTS: op->data[DATA_RIGHTS] = one_in(2) ? U64_MAX : draw() << 8 ^ draw(); break;
	case DATA_BUFFERS: op->data[DATA_BUFFERS] = some_buffers(); break;
	default: *ELEM(op->data, index) = draw();
	}
}

static void put_message(struct op *op)
{
	put_handle(op, 0, OBJECT_ENDPOINT, false);
	put_handle(op, 1, OBJECT_REPLY, false);
	for (u32 i = 2; i < ARGUMENTS; i++)
		put_handle(op, i, OBJECT_NONE, false);
	for (u32 i = 0; i < DATA_WORDS; i++)
		put_message_word(op, i);
}

/* ---- the operation ---- */

/* Calls that end most of the program: seldom. */
static bool rare(u32 number)
{
	switch (number) {
	case SYSCALL_EXIT:
	case SYSCALL_THREAD_EXIT:
	case SYSCALL_THREAD_KILL:
	case SYSCALL_THREAD_SUSPEND:
	case SYSCALL_PROCESS_KILL:
	case SYSCALL_GROUP_DESTROY:
	case SYSCALL_KLOG_WRITE:
	case OP_READ:
	case OP_WRITE: return true;
	default: return false;
	}
}

static bool is_message(u32 number)
{
	return number < SYSCALL_COUNT && ELEM(abi_calls, number)->message;
}

static u32 some_call(void)
{
	u32 number = (u32)draw_below(OPERATIONS);

	if (one_in(4))
		while (!is_message(number))
			number = (u32)draw_below(OPERATIONS);
	while ((rare(number) && !one_in(24)) || (number < SYSCALL_COUNT && ELEM(abi_calls, number)->reserved))
		number = (u32)draw_below(OPERATIONS);
	return number;
}

void random_op(struct op *op)
{
	*op = (struct op){ .call = (u16)some_call() };
	if (op->call >= SYSCALL_COUNT) {
		put_address(op, 0);
		return;
	}
	const struct abi_call *entry = ELEM(abi_calls, op->call);

	if (entry->message) {
		put_message(op);
		return;
	}
	for (u32 i = 0; i < entry->argument_count; i++)
		put_argument(op, ELEM(entry->argument, i));
}

void random_argument(struct op *op)
{
	if (op->call >= SYSCALL_COUNT) {
		put_address(op, 0);
		return;
	}
	const struct abi_call *entry = ELEM(abi_calls, op->call);
	u32 i = (u32)draw_below(entry->message ? ARGUMENTS : max_u64(entry->argument_count, 1));

	if (entry->message && one_in(2))
		put_message_word(op, (u32)draw_below(DATA_WORDS));
	else if (entry->message)
		put_handle(op, i, i == 0 ? OBJECT_ENDPOINT : i == 1 ? OBJECT_REPLY : OBJECT_NONE, false);
	else if (entry->argument_count > 0)
		put_argument(op, ELEM(entry->argument, i));
}
