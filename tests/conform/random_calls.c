/* SPDX-License-Identifier: Apache-2.0
 *
 * Random system calls. See random_calls.h.
 */
#include "tests/conform/random_calls.h"
#include "abi/fuzz_table.h"
#include "abi/stubs.h"
#include "lib/rt/message.h"
#include "tests/conform/raw_call.h"

enum : u64 { SOON_NS = 20000 };

static u64 scratch; /* address of memory that calls may write to */

/* SPEC: xorshift64*, Vigna, An experimental exploration of Marsaglia's xorshift generators. */
static u64 draw(struct worker *w)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return w->random * 0x2545f4914f6cdd1dull;
}

static u64 draw_below(struct worker *w, u64 bound)
{
	return draw(w) % bound;
}

/* ---- arguments ---- */

static u64 any_handle(struct worker *w)
{
	switch (draw_below(w, 8)) {
	case 0: return draw(w);
	/* WHY only another generation: a lucky guess would be a handle that the program itself needs. */
	case 1: return *ELEM(w->handle, draw_below(w, HANDLES)) ^ 0x10000u << draw_below(w, 16);
	default: return *ELEM(w->handle, draw_below(w, HANDLES));
	}
}

static u64 any_number(struct worker *w)
{
	static const u64 edges[] = { 0, 1, 2, 7, 8, 63, 64, 65, 255, 4095, 4096, 4097, 8192, 1ull << 31, U32_MAX, 1ull << 32,
		1ull << 47, 0xffff800000000000ull, 1ull << 63, U64_MAX - 4095, U64_MAX };

	switch (draw_below(w, 4)) {
	case 0: return draw(w);
	case 1: return draw_below(w, 16);
	default: return *ELEM(edges, draw_below(w, ARRAY_LEN(edges)));
	}
}

static u64 any_address(struct worker *w)
{
	switch (draw_below(w, 8)) {
	case 0: return any_number(w);
	case 1: return scratch + 4096 - draw_below(w, 64); /* ends in an unmapped page */
	default: return scratch + draw_below(w, 4096);
	}
}

static void put_argument(struct worker *w, struct any_call *call, const struct abi_argument *argument)
{
	u64 *slot = ELEM(call->argument, argument->slot);

	switch ((enum abi_kind)argument->kind) {
	case ABI_HANDLE:
	case ABI_RAW_HANDLE:
		if (call->message)
			call->argument[0] |= (any_handle(w) & U32_MAX) << (argument->slot == 1 ? 32 : 0);
		else
			*slot = any_handle(w);
		break;
	case ABI_U64:
		/* Waits must end soon, or the load would hang where a program would wait. */
		*slot = argument->means == ABI_MEANS_DEADLINE ? rt_now_ns() + draw_below(w, SOON_NS) : any_number(w);
		break;
	case ABI_U32: *slot = draw_below(w, 3) == 0 ? any_number(w) : draw_below(w, min_u64(argument->max, 65535) + 2); break;
	case ABI_FLAGS: *slot = draw_below(w, 4) == 0 ? any_number(w) : draw(w) & argument->max; break;
	case ABI_USER_IN:
	case ABI_USER_OUT:
		*slot = any_address(w);
		*ELEM(call->argument, argument->slot + 1u) = draw_below(w, 4) == 0 ? any_number(w) : draw_below(w, 64);
		break;
	case ABI_STRUCT_IN:
	case ABI_STRUCT_OUT: *slot = any_address(w); break;
	default: *slot = draw(w); break;
	}
}

/* ---- calls ---- */

/* Calls that would end the thread or the process, or give away what the others need. */
static bool left_out(u64 number)
{
	switch (number) {
	case SYSCALL_EXIT:
	case SYSCALL_THREAD_EXIT:
	case SYSCALL_THREAD_SET_TLS:
	case SYSCALL_UNMAP:
	case SYSCALL_PROTECT:
	case SYSCALL_THREAD_CREATE:
	case SYSCALL_THREAD_KILL:
	case SYSCALL_THREAD_SUSPEND:
	case SYSCALL_PROCESS_KILL:
	case SYSCALL_GROUP_DESTROY: return true;
	default: return false;
	}
}

static struct any_call random_call(struct worker *w)
{
	struct any_call call = { .number = draw_below(w, SYSCALL_COUNT), .deadline = rt_now_ns() + draw_below(w, SOON_NS) };

	if (draw_below(w, 64) == 0) {
		call.number = any_number(w);
		if (call.number < SYSCALL_COUNT)
			call.number += SYSCALL_COUNT;
		return call;
	}
	while (left_out(call.number))
		call.number = draw_below(w, SYSCALL_COUNT);
	const struct abi_call *entry = ELEM(abi_calls, call.number);

	call.message = entry->message;
	for (u32 i = 0; i < ARRAY_LEN(call.argument) && call.message; i++)
		call.argument[i] = i == 0 ? 0 : draw(w);
	/* Mostly messages that make sense: few words, sometimes capabilities and buffers. */
	if (call.message && draw_below(w, 4) != 0)
		call.argument[1] = msg_info_make((u32)draw(w), draw_below(w, 12), draw_below(w, 3), 0, draw_below(w, 2));
	for (u32 i = 0; i < entry->argument_count; i++)
		put_argument(w, &call, ELEM(entry->argument, i));
	return call;
}

/* What cap_grant returns is a handle of another process: here it would be one that the program needs. */
static bool returns_own_handle(u64 number)
{
	return number < SYSCALL_COUNT && number != SYSCALL_CAP_GRANT && ELEM(abi_calls, number)->returns_handle;
}

/* Keeps a new handle in place of an older one, which is dropped: exhaustion comes, but not for good. */
static void keep(struct worker *w, u64 handle)
{
	u32 *slot = ELEM(w->handle, 8 + w->next % (HANDLES - 8));

	w->next++;
	if (*slot != 0)
		sys_cap_drop((handle_t){ *slot });
	*slot = (u32)handle;
}

u64 random_calls_step(struct worker *w)
{
	struct any_call call = random_call(w);

	__atomic_store_n(&w->doing, call.number, __ATOMIC_RELAXED);
	struct any_result result = any_call(&call);

	__atomic_store_n(&w->doing, DOING_NOTHING, __ATOMIC_RELAXED);
	if (result.status == STATUS_OK && returns_own_handle(call.number))
		keep(w, result.value & U32_MAX);
	return result.status;
}

const char *random_calls_name(u64 number)
{
	return number < SYSCALL_COUNT && !ELEM(abi_calls, number)->reserved ? ELEM(abi_calls, number)->name : "unknown";
}

/* The objects that every thread starts with. Its own process and namespace are not among them: to lose
 * them would end the run. */
void random_calls_prepare(struct worker *w, u64 seed)
{
	struct activity_params params = { .priority = 64 };
	handle_t h = {};

	*w = (struct worker){ .random = seed * 0x9e3779b97f4a7c15ull + 1, .doing = DOING_NOTHING };
	for (u32 i = 0; i < 8; i++)
		(void)draw(w);
	/* A failure leaves 0, which is as good an argument as any. */
	w->handle[0] = sys_cap_derive(rt_group(), GROUP_RIGHT_CREATE | RIGHT_INSPECT, 0, 0, &h) == STATUS_OK ? h.v : 0;
	w->handle[1] = sys_signal_create(rt_group(), &h) == STATUS_OK ? h.v : 0;
	w->handle[2] = sys_endpoint_create(rt_group(), 4, &h) == STATUS_OK ? h.v : 0;
	w->handle[3] = sys_reply_create(rt_group(), &h) == STATUS_OK ? h.v : 0;
	w->handle[4] = sys_memory_create(rt_group(), 4 * PAGE_BYTES, &h) == STATUS_OK ? h.v : 0;
	w->handle[5] = sys_ns_create(rt_group(), &h) == STATUS_OK ? h.v : 0;
	w->handle[6] = sys_process_create(rt_group(), handle_none(), handle_none(), span_text("fuzzed"), &h) == STATUS_OK ? h.v : 0;
	w->handle[7] = sys_activity_create(rt_group(), &params, &h) == STATUS_OK ? h.v : 0;
}

bool random_calls_begin(void)
{
	handle_t memory;
	u64 address = 0;

	if (sys_memory_create(rt_group(), PAGE_BYTES, &memory) != STATUS_OK ||
	    sys_map(rt_self(), memory, 0x0000001810000000ull, 0, PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_FIXED | MAP_POPULATE,
		    &address) != STATUS_OK)
		return false;
	scratch = address;
	return true;
}
