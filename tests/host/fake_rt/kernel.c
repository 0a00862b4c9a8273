/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs of user space on the host. See kernel.h.
 */
#include "tests/host/fake_rt/kernel.h"

#include <setjmp.h>

#include "lib/rt/exit.h"
#include "lib/rt/raw_start.h"
#include "lib/rt/rt.h"
#include "lib/rt/thread.h"
#include "rt_arch/thread.h"

static jmp_buf way_out;
static struct msg_buffer message_buffer;
static struct start_block block;
static struct rt_thread only_thread;

UNSAFE_BEGIN("SAFETY: raw_ names are the architecture's part of the runtime, which this file plays");
struct raw_result raw_syscall(u64 number, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5)
{
	struct fake_rt_arguments arguments = { { a0, a1, a2, a3, a4, a5 } };

	return fake_rt_call(number, &arguments);
}

u64 raw_message_syscall(u64 number, struct raw_message *m) { return fake_rt_message(number, m); }

struct msg_buffer *raw_thread_buffer(void) { return &message_buffer; }
struct rt_thread *raw_thread_self(void) { return &only_thread; }
void raw_thread_trampoline(void) { }
NORETURN void raw_thread_leave(u32 *ended)
{
	(void)ended;
	fake_rt_stop();
}

struct mspan fake_rt_memory(u64 address, u64 bytes)
{
	return (struct mspan){ .raw_p = (u8 *)(uptr)address, .raw_n = bytes };
}
UNSAFE_END();

struct msg_buffer *fake_rt_buffer(void) { return &message_buffer; }

void fake_rt_run(void (*program)(void))
{
UNSAFE_BEGIN("SAFETY: the program is left in the middle of a system call; nothing on the skipped stack owns anything");
	int left = setjmp(way_out);
UNSAFE_END();
	if (left == 0)
		program();
}

NORETURN void fake_rt_stop(void)
{
UNSAFE_BEGIN("SAFETY: the other end is in fake_rt_run, which explains why");
	longjmp(way_out, 1);
UNSAFE_END();
}

static void add_handle(struct span name)
{
	struct start_handle *handle = ELEM(block.handle, block.handle_count);

	(void)mspan_set_text(MSPAN_OF_ARRAY(handle->name), name);
	block.handle_count++;
	handle->handle = block.handle_count;
}

void fake_rt_adopt(void)
{
	block = (struct start_block){ .magic = START_MAGIC, .version = START_VERSION, .bytes = sizeof(block), .instance = 1 };
	add_handle(span_text("self"));
	add_handle(span_text("group"));
	add_handle(span_text("names"));
	add_handle(span_text("endpoint"));
	add_handle(span_text("signal"));
	add_handle(span_text("state"));
	rt_adopt(&block);
}

/* Programs under test are called by their parts. */
u64 program_main(const struct rt_args *args)
{
	(void)args;
	return 0;
}
