/* SPDX-License-Identifier: Apache-2.0
 *
 * What the table says of every argument of every call. One argument at a time is wrong, all
 * others are right, so that the call is refused for that argument and changes nothing. What takes objects that no program
 * here has (code, klog, dma, irq, ioport) is tried with all of it in tests/host/kernel/rights_test.c.
 */
#include "abi/fuzz_table.h"
#include "tests/conform/objects.h"
#include "tests/conform/raw_call.h"
#include "tests/conform/suites.h"

/* One object of each type that can be had, with all rights. */
static handle_t object[OBJECT_COUNT];
static handle_t dropped;
static u64 room[1024];

static void make_objects(void)
{
	object[OBJECT_PROCESS] = new_process();
	EXPECT_OK(sys_thread_self(ELEM(object, OBJECT_THREAD)));
	object[OBJECT_ACTIVITY] = new_activity();
	object[OBJECT_MEMORY] = new_memory(1);
	object[OBJECT_ENDPOINT] = new_endpoint(0);
	object[OBJECT_REPLY] = new_reply();
	object[OBJECT_SIGNAL] = new_signal();
	object[OBJECT_TIMER] = new_timer(object[OBJECT_SIGNAL], 1);
	object[OBJECT_GROUP] = new_group();
	object[OBJECT_NAMESPACE] = new_names();
	object[OBJECT_TRACE] = rt_handle(span_text("trace"));
	object[OBJECT_MACHINE] = rt_handle(span_text("machine"));
	span_copy(MSPAN_OF_ARRAY(room), span_text("/conform"));
	dropped = new_signal();
	drop(dropped);
}

static void drop_objects(void)
{
	for (u32 type = OBJECT_PROCESS; type <= OBJECT_NAMESPACE; type++) {
		if (object[type].v != 0)
			drop(object[type]);
	}
}

static u64 room_address(void)
{
	return span_address(SPAN_OF_ARRAY(room));
}

/* Where any type will do, a signal. */
static handle_t right_object(const struct abi_argument *argument)
{
	return object[argument->object != 0 ? argument->object : OBJECT_SIGNAL];
}

/* Puts a right value for one argument into the call. */
static void put_right(struct any_call *call, const struct abi_call *entry, const struct abi_argument *argument)
{
	u64 *slot = ELEM(call->argument, argument->slot);

	switch ((enum abi_kind)argument->kind) {
	case ABI_HANDLE:
		if (entry->message && argument->slot == 1)
			call->argument[0] |= (u64)object[argument->object].v << 32;
		else
			*slot |= object[argument->object].v;
		break;
	/* WHY 0 there: its two raw handles are of different types, and either may be left out. */
	case ABI_RAW_HANDLE: *slot = call->number == SYSCALL_PROCESS_CREATE ? 0 : right_object(argument).v; break;
	case ABI_USER_IN:
	case ABI_USER_OUT:
		*slot = room_address();
		*ELEM(call->argument, argument->slot + 1u) = 8;
		break;
	case ABI_STRUCT_IN:
	case ABI_STRUCT_OUT: *slot = room_address(); break;
	case ABI_U64: *slot = PAGE_BYTES; break;
	case ABI_FLAGS: *slot = 1; break;
	case ABI_U32:
	default: break;
	}
}

static struct any_call right_call(u32 number)
{
	const struct abi_call *entry = ELEM(abi_calls, number);
	struct any_call call = { .number = number, .message = entry->message };

	for (u32 i = 0; i < entry->argument_count; i++)
		put_right(&call, entry, ELEM(entry->argument, i));
	return call;
}

/* The name of the test: "CALL ARGUMENT: WHAT". */
static void begin(u32 number, const struct abi_argument *argument, struct span what)
{
	TEXT_BUFFER(name, 80);

	text_add_cstr(&name, ELEM(abi_calls, number)->name);
	text_add(&name, " ");
	text_add_cstr(&name, argument->name);
	text_add(&name, ": ");
	text_add_span(&name, what);
	check_begin(text_span(&name));
}

static void expect_handle(u32 number, const struct abi_argument *argument, handle_t handle, enum status expected)
{
	const struct abi_call *entry = ELEM(abi_calls, number);
	struct any_call call = right_call(number);

	if (entry->message && argument->slot == 1)
		call.argument[0] = (u32)call.argument[0] | (u64)handle.v << 32;
	else if (entry->message)
		call.argument[0] = (call.argument[0] >> 32 << 32) | handle.v;
	else
		*ELEM(call.argument, argument->slot) = handle.v;
	EXPECT(expected, any_call(&call).status);
}

static void test_no_handle(u32 number, const struct abi_argument *argument)
{
	begin(number, argument, span_text("no handle, and handles of nothing"));
	if (!argument->optional)
		expect_handle(number, argument, handle_none(), STATUS_BAD_HANDLE);
	expect_handle(number, argument, dropped, STATUS_BAD_HANDLE);
	expect_handle(number, argument, (handle_t){ 0x0001ffff }, STATUS_BAD_HANDLE);
	expect_handle(number, argument, (handle_t){ U32_MAX }, STATUS_BAD_HANDLE);
	check_end();
}

static void test_wrong_type(u32 number, const struct abi_argument *argument)
{
	if (argument->object == 0)
		return;
	begin(number, argument, span_text("objects of every other type"));
	for (u32 type = 1; type < OBJECT_COUNT; type++) {
		if (type != argument->object && object[type].v != 0)
			expect_handle(number, argument, object[type], STATUS_WRONG_TYPE);
	}
	check_end();
}

/* Every needed right is left away once. */
static void test_missing_rights(u32 number, const struct abi_argument *argument)
{
	handle_t whole = right_object(argument);

	if (whole.v == 0 || argument->rights == 0 || (inspected(whole).rights & RIGHT_DUPLICATE) == 0)
		return;
	begin(number, argument, span_text("a right is missing"));
	for (u32 bit = 0; bit < 16; bit++) {
		if ((argument->rights & 1u << bit) == 0)
			continue;
		handle_t less = derived(whole, ALL_RIGHTS & ~(1u << bit));

		expect_handle(number, argument, less, STATUS_DENIED);
		drop(less);
	}
	check_end();
}

static void test_handle(u32 number, const struct abi_argument *argument)
{
	test_no_handle(number, argument);
	test_wrong_type(number, argument);
	test_missing_rights(number, argument);
	if (ELEM(abi_calls, number)->message)
		return;
	begin(number, argument, span_text("more than 32 bits"));
	struct any_call call = right_call(number);

	*ELEM(call.argument, argument->slot) |= 1ull << 40;
	EXPECT(STATUS_BAD_HANDLE, any_call(&call).status);
	check_end();
}

static void test_raw_handle(u32 number, const struct abi_argument *argument)
{
	begin(number, argument, span_text("handles of nothing"));
	/* Without a namespace or a fault endpoint it has none: 0 says so. */
	if (number != SYSCALL_PROCESS_CREATE)
		expect_handle(number, argument, handle_none(), STATUS_BAD_HANDLE);
	expect_handle(number, argument, dropped, STATUS_BAD_HANDLE);
	expect_handle(number, argument, (handle_t){ U32_MAX }, STATUS_BAD_HANDLE);
	check_end();
	test_wrong_type(number, argument);
	test_missing_rights(number, argument);
}

static void expect_value(u32 number, u32 slot, u64 value, enum status expected)
{
	struct any_call call = right_call(number);

	*ELEM(call.argument, slot) = value;
	EXPECT(expected, any_call(&call).status);
}

static void test_number(u32 number, const struct abi_argument *argument)
{
	begin(number, argument, span_text("numbers beyond the bound"));
	expect_value(number, argument->slot, 1ull << 32, STATUS_INVALID);
	expect_value(number, argument->slot, U64_MAX, STATUS_INVALID);
	if (argument->max < U32_MAX)
		expect_value(number, argument->slot, argument->max + 1, STATUS_RANGE);
	check_end();
}

static void test_flags(u32 number, const struct abi_argument *argument)
{
	begin(number, argument, span_text("unknown bits"));
	expect_value(number, argument->slot, argument->max + 1, STATUS_INVALID);
	expect_value(number, argument->slot, 1ull << 40, STATUS_INVALID);
	check_end();
}

static void test_length(u32 number, const struct abi_argument *argument)
{
	if (argument->max >= U32_MAX)
		return;
	begin(number, argument, span_text("longer than allowed"));
	expect_value(number, argument->slot + 1u, argument->max + 1, STATUS_TOO_LONG);
	expect_value(number, argument->slot + 1u, U64_MAX, STATUS_TOO_LONG);
	check_end();
}

static void test_struct(u32 number, const struct abi_argument *argument)
{
	begin(number, argument, span_text("bad addresses"));
	expect_value(number, argument->slot, 0, STATUS_BAD_ADDRESS);
	expect_value(number, argument->slot, BAD_USER_ADDRESS, STATUS_BAD_ADDRESS);
	expect_value(number, argument->slot, KERNEL_ADDRESS, STATUS_BAD_ADDRESS);
	expect_value(number, argument->slot, U64_MAX - 3, STATUS_BAD_ADDRESS);
	check_end();
}

static void test_argument(u32 number, const struct abi_argument *argument)
{
	switch ((enum abi_kind)argument->kind) {
	case ABI_HANDLE: test_handle(number, argument); break;
	case ABI_RAW_HANDLE: test_raw_handle(number, argument); break;
	case ABI_U32: test_number(number, argument); break;
	case ABI_FLAGS: test_flags(number, argument); break;
	case ABI_USER_IN: test_length(number, argument); break;
	case ABI_STRUCT_IN: test_struct(number, argument); break;
	/* Any number is right; of outputs only what the call does can tell. */
	case ABI_U64:
	case ABI_USER_OUT:
	case ABI_STRUCT_OUT:
	default: break;
	}
}

/* All that is looked at before that argument: of a handle the handles before it, of others all handles. */
static bool can_be_right(const struct abi_call *entry, u32 which)
{
	u32 end = entry->argument[which].kind == ABI_HANDLE ? which : entry->argument_count;

	for (u32 i = 0; i < end; i++) {
		const struct abi_argument *argument = ELEM(entry->argument, i);

		if (i != which && argument->kind == ABI_HANDLE && object[argument->object].v == 0)
			return false;
	}
	return true;
}

void test_generated(struct span filter)
{
	if (span_len(filter) > 0 && !span_equal(filter, span_text("generated")))
		return;
	check_begin(span_text("objects to test with can be made"));
	make_objects();
	check_end();
	for (u32 number = 0; number < SYSCALL_COUNT; number++) {
		const struct abi_call *entry = ELEM(abi_calls, number);

		for (u32 i = 0; i < entry->argument_count && !entry->reserved; i++) {
			if (can_be_right(entry, i))
				test_argument(number, ELEM(entry->argument, i));
		}
	}
	check_begin(span_text("objects to test with can be dropped"));
	drop_objects();
	check_end();
}
