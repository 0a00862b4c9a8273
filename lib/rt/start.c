/* SPDX-License-Identifier: Apache-2.0
 *
 * From the entry code to program_main: thread pointer, stack guard, start block; and the end of
 * the process.
 */
#include "lib/rt/raw_start.h"
#include "lib/rt/rt.h"
#include "lib/rt/exit.h"
#include "abi/stubs.h"

u64 __stack_chk_guard = 0x00007a5b3cf10d91ull; /* replaced at start */
const u32 rt_thread_exit_number = SYSCALL_THREAD_EXIT;

static struct rt_thread first_thread;
static const struct start_block *start_block;
static rt_exit_hook *exit_hook;

static bool block_valid(const struct start_block *block)
{
	return block->magic == START_MAGIC && block->version == START_VERSION &&
	       block->bytes == sizeof(struct start_block) && block->handle_count <= START_HANDLES_MAX &&
	       block->arg_count <= START_ARGS_MAX && block->args_bytes <= START_ARGS_BYTES;
}

void rt_adopt(const struct start_block *block)
{
	if (block != nullptr && block_valid(block))
		start_block = block;
}

const struct start_block *rt_start(void)
{
	return start_block;
}

void rt_set_exit_hook(rt_exit_hook *hook)
{
	exit_hook = hook;
}

UNSAFE_BEGIN("SAFETY: the kernel and lib/spawn give the address of the message buffer and of the start block, both mapped for the process' life; the guard is set before any function that checks it can return");
__attribute__((no_stack_protector)) void raw_begin(const struct start_block *block, u64 buffer)
{
	struct raw_result random;

	first_thread.self = &first_thread;
	first_thread.buffer = buffer;
	first_thread.used = 1;
	raw_syscall(SYSCALL_THREAD_SET_TLS, (u64)(uptr)&first_thread, 0, 0, 0, 0, 0);
	random = raw_syscall(SYSCALL_RANDOM, 0, 0, 0, 0, 0, 0);
	/* WHY a zero byte: text that overflows can then not carry the guard. */
	__stack_chk_guard = random.value & ~0xffull;
	rt_adopt(block);
	rt_run();
}
UNSAFE_END();

void rt_run(void)
{
	struct rt_args args = { .count = start_block == nullptr ? 0 : start_block->arg_count };

	rt_exit(program_main(&args));
}

void rt_exit(u64 status)
{
	rt_exit_hook *hook = exit_hook;

	exit_hook = nullptr;
	if (hook != nullptr)
		hook();
	sys_exit(status);
	__builtin_trap();
}
