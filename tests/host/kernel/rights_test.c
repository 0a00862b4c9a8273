/* SPDX-License-Identifier: Apache-2.0
 *
 * Types and rights, made from the contract's table: every handle of every system call is, one at a time, of every other type,
 * and lacks each right that it needs, while all else is as it should be. So the call is refused for that, and changes nothing.
 * The same on the booted kernel, of the types that a program can have: tests/conform/generated.c.
 */
#include "abi/fuzz_table.h"
#include "tests/host/kernel/tests.h"

/* A handle of each type with all its rights, in init. */
static u64 object[OBJECT_COUNT];

static u64 made(enum syscall_number number) { return HANDLE(world_init(), number, world_group()); }

static void make_objects(struct user *other)
{
	const struct user *init = world_init();
	struct activity_params params = { .priority = 64 };

	user_put(init, 0, SPAN_OF_STRUCT(params));
	object[OBJECT_PROCESS] = other->process_handle;
	object[OBJECT_THREAD] = other->thread_handle;
	object[OBJECT_ACTIVITY] = HANDLE(init, SYSCALL_ACTIVITY_CREATE, world_group(), init->scratch);
	object[OBJECT_MEMORY] = HANDLE(init, SYSCALL_MEMORY_CREATE, world_group(), PAGE_BYTES);
	object[OBJECT_ENDPOINT] = made(SYSCALL_ENDPOINT_CREATE);
	object[OBJECT_REPLY] = made(SYSCALL_REPLY_CREATE);
	object[OBJECT_SIGNAL] = made(SYSCALL_SIGNAL_CREATE);
	object[OBJECT_TIMER] = HANDLE(init, SYSCALL_TIMER_CREATE, world_group(), object[OBJECT_SIGNAL], 1);
	object[OBJECT_IRQ] = init_handle(INIT_HANDLE_IRQS);
	object[OBJECT_IOPORT] = init_handle(INIT_HANDLE_IOPORTS);
	object[OBJECT_GROUP] = world_group();
	object[OBJECT_NAMESPACE] = made(SYSCALL_NS_CREATE);
	object[OBJECT_TRACE] = init_handle(INIT_HANDLE_TRACE);
	object[OBJECT_KLOG] = init_handle(INIT_HANDLE_KLOG);
	object[OBJECT_MACHINE] = init_handle(INIT_HANDLE_MACHINE);
	object[OBJECT_CODE] = init_handle(INIT_HANDLE_CODE);
	object[OBJECT_DMA] = init_handle(INIT_HANDLE_DMA);
	user_put(init, 0, span_text("/rights")); /* where a call wants a path, a name, or what may be anything */
}

static void put_handle(struct arguments *arguments, const struct abi_call *call, const struct abi_argument *argument, u64 handle)
{
	if (!call->message)
		*ELEM(arguments->at, argument->slot) = handle;
	else if (argument->slot == 1)
		arguments->at[0] = (u32)arguments->at[0] | handle << 32;
	else
		arguments->at[0] = (arguments->at[0] >> 32 << 32) | handle;
}

/* WHY nothing for process_create's own: either may be left out, and which of two wrong ones is told of nobody is promised. */
static void put_right(struct arguments *arguments, const struct abi_call *call, const struct abi_argument *argument,
	bool may_be_none)
{
	u64 *slot = ELEM(arguments->at, argument->slot);

	switch ((enum abi_kind)argument->kind) {
	case ABI_HANDLE:
	case ABI_RAW_HANDLE:
		if (!may_be_none || argument->kind == ABI_HANDLE)
			put_handle(arguments, call, argument, object[argument->object != 0 ? argument->object : OBJECT_SIGNAL]);
		break;
	case ABI_USER_IN:
	case ABI_USER_OUT:
		*slot = world_init()->scratch;
		*ELEM(arguments->at, argument->slot + 1u) = 8;
		break;
	case ABI_STRUCT_IN:
	case ABI_STRUCT_OUT: *slot = world_init()->scratch; break;
	case ABI_U64: *slot = PAGE_BYTES; break;
	case ABI_FLAGS: *slot = 1; break;
	case ABI_U32:
	default: break;
	}
}

/* The call with one handle put in place of the right one. */
static struct answer call_with(u32 number, const struct abi_argument *argument, u64 handle)
{
	const struct abi_call *call = ELEM(abi_calls, number);
	struct arguments arguments = {};

	for (u32 i = 0; i < call->argument_count; i++)
		put_right(&arguments, call, ELEM(call->argument, i), number == SYSCALL_PROCESS_CREATE);
	put_handle(&arguments, call, argument, handle);
	return user_call(world_init(), (enum syscall_number)number, arguments);
}

static u32 tried; /* in reports: which of all trials it was */

static void expect(u32 number, const struct abi_argument *argument, u64 handle, enum status expected)
{
	struct answer answer = call_with(number, argument, handle);

	tried++;
	report_status(answer.waits ? STATUS_OK : answer.status, expected, argument->name, ELEM(abi_calls, number)->name, tried);
}

static void every_other_type(u32 number, const struct abi_argument *argument)
{
	for (u32 type = 1; type < OBJECT_COUNT && argument->object != 0; type++) {
		if (type != argument->object)
			expect(number, argument, object[type], STATUS_WRONG_TYPE);
	}
}

static void each_right_missing(u32 number, const struct abi_argument *argument)
{
	const struct user *init = world_init();
	u64 whole = object[argument->object != 0 ? argument->object : OBJECT_SIGNAL];

	for (u32 bit = 0; bit < 16; bit++) {
		if ((argument->rights & 1u << bit) == 0)
			continue;
		u64 less = HANDLE(init, SYSCALL_CAP_DERIVE, whole, 0xffffu & ~(1u << bit), 0, 0);

		expect(number, argument, less, STATUS_DENIED);
		EXPECT_STATUS(CALL(init, SYSCALL_CAP_DROP, less).status, STATUS_OK);
	}
}

static void every_type_and_right_is_asked_for(void)
{
	struct user other = user_new();
	u32 handles = 0;

	make_objects(&other);
	for (u32 type = 1; type < OBJECT_COUNT; type++)
		EXPECT(object[type] != 0);
	tried = 0;
	for (u32 number = 0; number < SYSCALL_COUNT; number++) {
		const struct abi_call *call = ELEM(abi_calls, number);

		for (u32 i = 0; i < call->argument_count && !call->reserved; i++) {
			const struct abi_argument *argument = ELEM(call->argument, i);

			if (argument->kind != ABI_HANDLE && argument->kind != ABI_RAW_HANDLE)
				continue;
			handles++;
			every_other_type(number, argument);
			each_right_missing(number, argument);
		}
	}
	EXPECT(handles > 80 && tried > handles * 15);
	user_end(&other);
}

void rights_tests(void)
{
	RUN(every_type_and_right_is_asked_for);
}
