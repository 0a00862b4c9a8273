/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the generated dispatcher on the host, for every call of the table: each wrong argument gives
 * the error that the manual promises and does not reach the handler; right ones reach it unchanged.
 * run.py writes one handler for each call; it only notes what it was given.
 */
#include "abi/fuzz_table.h"
#include "abi/kernel_calls.h"
#include "abi/names.h"
#include "abi/stubs.h"
#include "fake_kernel.h"

#include <stdio.h>
#include <string.h>

u64 seen[SEEN_MAX];
u32 seen_count, seen_number;
struct sys_result next_result;

static struct process process;
static struct thread thread = { .process = &process };
static struct object objects[OBJECT_COUNT];
static u32 rights_held = U32_MAX;
static u32 calls_begun, calls_returned;
static u32 finished, copied_out, passed_count, failed_count;

void saw(u64 value)
{
	if (seen_count < SEEN_MAX)
		seen[seen_count++] = value;
}

struct sys_result handled(u32 number)
{
	seen_number = number;
	return next_result;
}

void syscall_finish(struct hal_frame *frame, struct sys_result result)
{
	if (result.status == SYS_NO_RESULT)
		return;
	finished++;
	frame->status = result.status;
	frame->arg0 = result.value;
}

enum status cap_resolve_full(struct process *in, handle_t handle, enum object_type type, u32 rights, struct cap *out)
{
	(void)in;
	if ((handle.v & 0xff) == 0 || (handle.v & 0xff) >= OBJECT_COUNT)
		return STATUS_BAD_HANDLE;
	if ((handle.v & 0xff) != type)
		return STATUS_WRONG_TYPE;
	if ((rights & ~rights_held) != 0)
		return STATUS_DENIED;
	out->object = ELEM(objects, type);
	return STATUS_OK;
}

struct cap_found cap_resolve(struct process *in, handle_t handle, enum object_type type, u32 rights)
{
	struct cap cap = {};
	enum status status = cap_resolve_full(in, handle, type, rights, &cap);

	return (struct cap_found){ status, cap.object };
}

enum status user_copy_in(struct process *in, struct mspan to, uaddr_t from)
{
	(void)in;
	mspan_fill(to, 0x5a);
	return from.v == FAKE_GOOD_ADDRESS ? STATUS_OK : STATUS_BAD_ADDRESS;
}

enum status user_copy_out(struct process *in, uaddr_t to, struct span from)
{
	(void)in, (void)from;
	copied_out++;
	return to.v == FAKE_GOOD_ADDRESS ? STATUS_OK : STATUS_BAD_ADDRESS;
}

bool trace_on(u32 classes) { return classes != 0; }
void trace_emit(u32 id, u64 f0, u64 f1, u64 f2, u64 f3) { (void)id, (void)f0, (void)f1, (void)f2, (void)f3; }
void trace_emit_by(struct thread *by, u32 id, u64 f0, u64 f1, u64 f2, u64 f3)
{
	(void)by;
	trace_emit(id, f0, f1, f2, f3);
}
void trace_emit_always(u32 id, u64 f0, u64 f1, u64 f2, u64 f3) { trace_emit(id, f0, f1, f2, f3); }
void trace_call_begins(struct thread *self) { calls_begun += self == &thread; }
void trace_call_returns(struct thread *self) { calls_returned += self == &thread; }
NORETURN void invariant_broken(const char *name)
{
	printf("invariant broken: %s\n", name);
	__builtin_trap();
}

static u64 register_get(const struct hal_frame *frame, u32 slot)
{
	return slot == 0 ? frame->arg0 : slot == 1 ? frame->arg1 : frame->word[slot - 2];
}

static void register_set(struct hal_frame *frame, u32 slot, u64 value)
{
	if (slot == 0)
		frame->arg0 = value;
	else if (slot == 1)
		frame->arg1 = value;
	else
		frame->word[slot - 2] = value;
}

/* Arguments that pass every check. */
static struct hal_frame good_frame(u32 number)
{
	struct hal_frame frame = { .status = number };
	const struct abi_call *call = ELEM(abi_calls, number);

	for (u32 i = 0; i < call->argument_count; i++) {
		const struct abi_argument *a = ELEM(call->argument, i);
		if (a->kind == ABI_HANDLE)
			register_set(&frame, a->slot, 0x10000u | a->object);
		else if (a->kind == ABI_RAW_HANDLE)
			register_set(&frame, a->slot, 0x20000u | OBJECT_MEMORY);
		else if (a->kind == ABI_USER_IN || a->kind == ABI_USER_OUT || a->kind == ABI_STRUCT_IN ||
			 a->kind == ABI_STRUCT_OUT)
			register_set(&frame, a->slot, FAKE_GOOD_ADDRESS);
		else
			register_set(&frame, a->slot, a->max);
		if (a->kind == ABI_USER_IN || a->kind == ABI_USER_OUT)
			register_set(&frame, a->slot + 1u, a->max);
	}
	return frame;
}

/* Makes the call and compares status and whether the handler was reached. */
static void expect(const char *what, u32 number, struct hal_frame frame, u64 status, bool reached)
{
	seen_number = U32_MAX;
	seen_count = 0;
	finished = 0;
	syscall_finish(&frame, syscall_dispatch(&thread, &frame, frame.status));
	if (frame.status == status && (seen_number == number) == reached && finished == 1) {
		passed_count++;
		return;
	}
	failed_count++;
	printf("%s, %s: expected %s, handler %sreached; found %s, handler %sreached, finished %u times\n",
		syscall_name(number), what, status_name((u32)status), reached ? "" : "not ",
		status_name((u32)frame.status), seen_number == number ? "" : "not ", finished);
}

static void expect_true(const char *what, bool condition)
{
	if (condition) {
		passed_count++;
		return;
	}
	failed_count++;
	printf("%s\n", what);
}

static void test_handle(u32 number, const struct abi_argument *a)
{
	struct hal_frame frame = good_frame(number);

	register_set(&frame, a->slot, register_get(&frame, a->slot) | 1ull << 32);
	expect("a handle with an upper bit", number, frame, STATUS_BAD_HANDLE, false);
	if (a->kind == ABI_RAW_HANDLE)
		return;
	register_set(&frame, a->slot, 0x10000u | (a->object == OBJECT_GROUP ? OBJECT_KLOG : OBJECT_GROUP));
	expect("a handle of another type", number, frame, STATUS_WRONG_TYPE, false);
	register_set(&frame, a->slot, 0);
	expect("handle 0", number, frame, a->optional ? STATUS_OK : STATUS_BAD_HANDLE, a->optional);
	for (u32 bit = 0; bit < 32; bit++) {
		if ((a->rights >> bit & 1) == 0)
			continue;
		rights_held = ~(1u << bit);
		expect("a right is missing", number, good_frame(number), STATUS_DENIED, false);
		rights_held = U32_MAX;
	}
}

static void test_argument(u32 number, const struct abi_argument *a)
{
	struct hal_frame frame = good_frame(number);

	switch (a->kind) {
	case ABI_HANDLE:
	case ABI_RAW_HANDLE:
		test_handle(number, a);
		break;
	case ABI_U64:
	case ABI_U32:
		if (a->kind == ABI_U32) {
			register_set(&frame, a->slot, 1ull << 32);
			expect("a number above 32 bits", number, frame, STATUS_INVALID, false);
		}
		if (a->max < (a->kind == ABI_U32 ? U32_MAX : U64_MAX)) {
			register_set(&frame, a->slot, a->max + 1);
			expect("a number above its bound", number, frame, STATUS_RANGE, false);
		}
		break;
	case ABI_FLAGS:
		register_set(&frame, a->slot, a->max + 1);
		expect("an undefined flag", number, frame, STATUS_INVALID, false);
		register_set(&frame, a->slot, 1ull << 63);
		expect("an undefined upper flag", number, frame, STATUS_INVALID, false);
		break;
	case ABI_USER_IN:
	case ABI_USER_OUT:
		if (a->max < U64_MAX) {
			register_set(&frame, a->slot + 1u, a->max + 1);
			expect("a buffer above its bound", number, frame, STATUS_TOO_LONG, false);
		}
		break;
	case ABI_STRUCT_IN:
	case ABI_STRUCT_OUT:
		register_set(&frame, a->slot, FAKE_GOOD_ADDRESS + 8);
		expect("a bad address", number, frame, STATUS_BAD_ADDRESS, a->kind == ABI_STRUCT_OUT);
		break;
	default:
		expect_true("the table has an argument of unknown kind", false);
	}
}

/* Values are checked before handles, and a failed handler's struct is not copied. */
static void test_order(u32 number)
{
	const struct abi_call *call = ELEM(abi_calls, number);
	struct hal_frame frame = good_frame(number);
	bool has_out = false, has_value = false;

	for (u32 i = 0; i < call->argument_count; i++) {
		const struct abi_argument *a = ELEM(call->argument, i);
		if (a->kind == ABI_HANDLE || a->kind == ABI_RAW_HANDLE)
			register_set(&frame, a->slot, U64_MAX);
		has_value |= a->kind == ABI_FLAGS || a->kind == ABI_U32;
		if (a->kind == ABI_FLAGS || a->kind == ABI_U32)
			register_set(&frame, a->slot, U64_MAX);
		has_out |= a->kind == ABI_STRUCT_OUT;
	}
	if (has_value)
		expect("a bad number beside bad handles", number, frame, STATUS_INVALID, false);
	if (has_out) {
		copied_out = 0;
		next_result.status = STATUS_NOT_FOUND;
		expect("a handler that fails", number, good_frame(number), STATUS_NOT_FOUND, true);
		expect_true("a struct was written although the call failed", copied_out == 0);
		next_result.status = STATUS_OK;
	}
}

static void test_calls(void)
{
	for (u32 number = 0; number < SYSCALL_COUNT; number++) {
		const struct abi_call *call = ELEM(abi_calls, number);
		if (call->message)
			continue;
		if (call->reserved) {
			expect("a reserved number", number, (struct hal_frame){ .status = number }, STATUS_UNKNOWN_CALL, false);
			continue;
		}
		expect("good arguments", number, good_frame(number), STATUS_OK, true);
		test_order(number);
		for (u32 i = 0; i < call->argument_count; i++)
			test_argument(number, ELEM(call->argument, i));
	}
	struct hal_frame frame = { .status = SYSCALL_COUNT };
	expect("the number after the last", SYSCALL_COUNT, frame, STATUS_UNKNOWN_CALL, false);
	frame.status = U64_MAX;
	expect("the largest number", SYSCALL_COUNT, frame, STATUS_UNKNOWN_CALL, false);
	frame.status = 1ull << 32;
	expect("a number whose low half is a call's", 0, frame, STATUS_UNKNOWN_CALL, false);
}

/* A result that the core still owes must leave the registers alone. */
static void test_no_result(void)
{
	struct hal_frame frame = { .status = SYSCALL_YIELD, .arg0 = 77 };

	next_result = (struct sys_result){ .status = SYS_NO_RESULT, .value = 5 };
	syscall_finish(&frame, syscall_dispatch(&thread, &frame, frame.status));
	expect_true("SYS_NO_RESULT changed the frame", frame.status == SYSCALL_YIELD && frame.arg0 == 77);
	next_result = (struct sys_result){ .status = STATUS_OK, .value = 0x1234 };
}

struct raw_result raw_syscall(u64 number, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	struct hal_frame frame = { .status = number, .arg0 = a0, .arg1 = a1, .word = { a2, a3, a4, a5 } };

	seen_count = 0;
	syscall_finish(&frame, syscall_dispatch(&thread, &frame, frame.status));
	return (struct raw_result){ .status = frame.status, .value = frame.arg0 };
}

/* Stub, dispatcher and handler agree on which register is what. */
static void test_stubs(void)
{
	handle_t group = { .v = 0x10000u | OBJECT_GROUP }, made = { .v = 0 };
	handle_t target = { .v = 0x10000u | OBJECT_PROCESS }, memory = { .v = 0x30000u | OBJECT_MEMORY };
	u64 at = 0;

	enum status status = sys_map(target, memory, 0x11000, 0x2000, 0x3000, MAP_READ | MAP_WRITE, &at);
	const u64 mapped[] = { OBJECT_PROCESS, memory.v, 0x11000, 0x2000, 0x3000, MAP_READ | MAP_WRITE };
	expect_true("sys_map: arguments", status == STATUS_OK && memcmp(seen, mapped, sizeof mapped) == 0);
	expect_true("sys_map: value", at == 0x1234);
	struct span name = span_text("shell");
	status = sys_process_create(group, (handle_t){ .v = 0 }, (handle_t){ .v = 0 }, name, &made);
	const u64 created[] = { OBJECT_GROUP, 0, 0, span_address(name), 5 };
	expect_true("sys_process_create: arguments", status == STATUS_OK && memcmp(seen, created, sizeof created) == 0);
	expect_true("sys_process_create: value", made.v == 0x1234);
}

static void test_bitfield(void)
{
	u64 info = msg_info_make(0xffffffff, 64, 4, MSG_KIND_CALL, 1);

	expect_true("msg_info: label", msg_info_label(info) == 0xffffffff);
	expect_true("msg_info: words", msg_info_words(info) == 64);
	expect_true("msg_info: caps", msg_info_caps(info) == 4);
	expect_true("msg_info: buffers", msg_info_buffers(info) == 1);
	info = msg_info_set_kind(info, MSG_KIND_NOTE_FAULT);
	expect_true("msg_info: kind", msg_info_kind(info) == MSG_KIND_NOTE_FAULT && msg_info_words(info) == 64);
	expect_true("msg_info: only defined bits", (msg_info_make(U64_MAX, U64_MAX, U64_MAX, U64_MAX, U64_MAX) &
		~(u64)MSG_INFO_DEFINED) == 0);
}

/* Every name function answers for every number; the pieces of an event put together are its text. */
static void test_names(void)
{
	static const u32 numbers[] = { 0, 1, 4, 9, 31, 32, 63, 64, 255, 256, 65535, U32_MAX - 1, U32_MAX };

	for (u32 i = 0; i < ARRAY_LEN(numbers); i++) {
		u32 n = numbers[i];
		expect_true("a name function answered null", status_name(n) && status_text(n) && object_type_name(n) &&
			syscall_name(n) && event_name(n) && event_format(n) && event_class_name(n) && ninep_op_name(n) &&
			right_name(n, n) && right_name(1, n) && right_name(n, 4) && event_field_name(n, n) &&
			event_piece(n, n).text && event_piece(1, n).text && exit_reason_name(n));
	}
	expect_true("right_name", strcmp(right_name(OBJECT_ENDPOINT, 5), "RECEIVE") == 0);
	expect_true("unknown right", strcmp(right_name(OBJECT_REPLY, 31), "?") == 0);
	for (u32 id = 1; id < EVENT_COUNT; id++) {
		char text[256] = "";
		for (u32 i = 0; i < event_piece_count(id); i++) {
			struct event_piece piece = event_piece(id, i);
			bool literal = piece.style == EVENT_STYLE_TEXT;
			strcat(text, literal ? piece.text : "{");
			strcat(text, literal ? "" : event_field_name(id, piece.field));
			const char *format = event_format(id) + strlen(text);
			/* a style, if the placeholder has one, is in the format only */
			if (!literal && *format == ':')
				strncat(text, format, strcspn(format, "}"));
			strcat(text, literal ? "" : "}");
		}
		expect_true(event_format(id), strcmp(text, event_format(id)) == 0);
	}
	expect_true("style of an error", strcmp(event_style_name(EVENT_STYLE_ERROR, 1), "BAD_HANDLE") == 0);
	expect_true("style of a huge number", strcmp(event_style_name(EVENT_STYLE_ERROR, U64_MAX), "?") == 0);
	expect_true("style of a plain number", event_style_name(EVENT_STYLE_HEX, 1) == nullptr);
}

int main(void)
{
	for (u32 i = 0; i < OBJECT_COUNT; i++)
		objects[i].type = i;
	next_result.value = 0x1234;
	test_calls();
	test_no_result();
	test_stubs();
	test_bitfield();
	test_names();
	expect_true("every call that was traced came back", calls_begun > 0 && calls_begun == calls_returned);
	printf("%u passed, %u failed\n", passed_count, failed_count);
	return failed_count != 0;
}
