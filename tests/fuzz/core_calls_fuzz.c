/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: sequences of system calls of two processes on the simulated machine. Nothing that
 * they do may break an invariant of the kernel, and when they are gone nothing may be left of them.
 *
 * Each operation takes 16 bytes: who, which call, and six arguments of two bytes each.
 */
#include "kernel/core/cpu/cpu.h"
#include "lib/base/fuzz/fuzz.h"
#include "tests/host/kernel/report.h"
#include "tests/host/kernel/world.h"

enum : u32 { OPERATION_BYTES = 16, OPERATIONS_MAX = 64, USERS = 2, CPUS = 2 };

static bool booted;

/* A number of a kind that calls ask for, from two bytes. */
static u64 argument(const struct user *user, u8 kind, u8 value)
{
	switch (kind % 10) {
	case 0:
		return value;
	case 1:
	case 2:
	case 3: /* a handle of the first generation, where most are */
		return 1u << 16 | value % 24;
	case 4:
		return (u64)(1 + value / 24) << 16 | value % 24;
	case 5:
		return user->scratch + value * 64u;
	case 6:
		return (u64)value << PAGE_SHIFT;
	case 7:
		return fake_now() + value * 10000u;
	case 8:
		return U64_MAX >> (value % 64);
	default:
		return 1ull << (value % 64);
	}
}

static void operation(const struct user *user, struct span bytes)
{
	struct hal_frame *frame = &user->thread->frame;
	enum thread_state state = user->thread->state;

	if (state != THREAD_STATE_RUNNING && state != THREAD_STATE_READY)
		return;
	u32 cpu = user_bring(user->thread);

	frame->status = span_u8(bytes, 1) % (SYSCALL_COUNT + 1);
	if (frame->status == SYSCALL_YIELD)
		return; /* who is next is the schedule's to say */
	frame->arg0 = argument(user, span_u8(bytes, 2), span_u8(bytes, 3));
	frame->arg1 = argument(user, span_u8(bytes, 4), span_u8(bytes, 5));
	for (u32 i = 0; i < 4; i++)
		*ELEM(frame->word, i) = argument(user, span_u8(bytes, 6 + 2 * i), span_u8(bytes, 7 + 2 * i));
	frame->deadline = argument(user, 7, span_u8(bytes, 14));
	/* Message calls take two handles in one register, and a well-formed description now and then. */
	if ((span_u8(bytes, 15) & 1) != 0) {
		frame->arg0 |= (1ull << 16 | span_u8(bytes, 15) % 24) << 32;
		frame->arg1 = msg_info_make(0, span_u8(bytes, 4) % 66, span_u8(bytes, 5) % 6, 0, span_u8(bytes, 6) & 1);
		for (u32 i = 0; i < 4; i++)
			user_cap(user, i, argument(user, 1, span_u8(bytes, 7 + i)), COPY_ALL >> span_u8(bytes, 11) % 24);
		user_buffers(user, user->scratch, 5000, user->scratch + 100, 300);
	}
	fake_syscall(cpu);
	fake_settle();
}

void fuzz_one(struct span input)
{
	if (!booted)
		world_boot(CPUS);
	booted = true;
	report_begin("system calls");
	world_begin();
	struct user user[USERS] = { user_new(), user_new() };
	u64 endpoint = HANDLE(world_init(), SYSCALL_ENDPOINT_CREATE, world_group(), 2);
	u64 signal = HANDLE(world_init(), SYSCALL_SIGNAL_CREATE, world_group());

	/* Both know each other, and share an endpoint and a signal. */
	for (u32 i = 0; i < USERS; i++) {
		(void)give_to(ELEM(user, i), world_group(), COPY_ALL);
		(void)give_to(ELEM(user, i), ELEM(user, 1 - i)->process_handle, COPY_ALL);
		(void)give_to(ELEM(user, i), ELEM(user, i)->process_handle, COPY_ALL);
		(void)give_to(ELEM(user, i), endpoint, COPY_ALL);
		(void)give_to(ELEM(user, i), signal, COPY_ALL);
		(void)give_to(ELEM(user, i), ELEM(user, 1 - i)->thread_handle, COPY_ALL);
		(void)HANDLE(ELEM(user, i), SYSCALL_REPLY_CREATE, 1u << 16 | 1);
	}
	for (u32 at = 0; at < OPERATIONS_MAX && span_has(input, at * OPERATION_BYTES, OPERATION_BYTES); at++) {
		struct span bytes = span_part(input, at * OPERATION_BYTES, OPERATION_BYTES);

		operation(ELEM(user, span_u8(bytes, 0) % USERS), bytes);
	}
	world_end();
	INVARIANT(!report_failing(), "TEST: something is left, or wrong: see the lines above");
}
