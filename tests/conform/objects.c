/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects to test with.
 */
#include "tests/conform/objects.h"

handle_t new_signal(void)
{
	handle_t handle = {};

	EXPECT_OK(sys_signal_create(rt_group(), &handle));
	return handle;
}

handle_t new_endpoint(u32 depth)
{
	handle_t handle = {};

	EXPECT_OK(sys_endpoint_create(rt_group(), depth, &handle));
	return handle;
}

handle_t new_reply(void)
{
	handle_t handle = {};

	EXPECT_OK(sys_reply_create(rt_group(), &handle));
	return handle;
}

handle_t new_memory(u64 pages)
{
	handle_t handle = {};

	EXPECT_OK(sys_memory_create(rt_group(), pages << PAGE_SHIFT, &handle));
	return handle;
}

handle_t new_group(void)
{
	struct group_limits limits = {};
	handle_t handle = {};

	EXPECT_OK(sys_group_create(rt_group(), &limits, span_text("conform-sub"), &handle));
	return handle;
}

handle_t new_names(void)
{
	handle_t handle = {};

	EXPECT_OK(sys_ns_create(rt_group(), &handle));
	return handle;
}

handle_t new_process(void)
{
	handle_t handle = {};

	EXPECT_OK(sys_process_create(rt_group(), handle_none(), handle_none(), span_text("conform-empty"), &handle));
	return handle;
}

handle_t new_timer(handle_t signal, u64 bits)
{
	handle_t handle = {};

	EXPECT_OK(sys_timer_create(rt_group(), signal, bits, &handle));
	return handle;
}

handle_t new_activity(void)
{
	struct activity_params params = { .priority = 64 };
	handle_t handle = {};

	EXPECT_OK(sys_activity_create(rt_group(), &params, &handle));
	return handle;
}

handle_t derived(handle_t parent, u32 rights)
{
	handle_t handle = {};

	EXPECT_OK(sys_cap_derive(parent, rights, 0, 0, &handle));
	return handle;
}

void drop(handle_t handle)
{
	EXPECT_OK(sys_cap_drop(handle));
}

bool signalled(handle_t signal, u64 bits)
{
	u64 found = 0;

	return sys_signal_wait(signal, bits, before_long(), &found) == STATUS_OK && (found & bits) != 0;
}

struct cap_info inspected(handle_t handle)
{
	struct cap_info info = {};

	EXPECT_OK(sys_cap_inspect(handle, &info));
	return info;
}

handle_t start_thread_handle(rt_thread_entry *entry, u64 argument)
{
	handle_t thread = {};

	EXPECT_OK(rt_thread_start(entry, argument, 4, handle_none(), &thread));
	return thread;
}

enum status stands(handle_t thread, struct thread_registers *registers)
{
	enum status status = STATUS_BUSY;

	for (u64 deadline = before_long(); status == STATUS_BUSY && rt_now_ns() < deadline;) {
		status = sys_thread_registers(thread, registers);
		(void)sys_yield();
	}
	return status;
}

void start_thread(rt_thread_entry *entry, u64 argument)
{
	drop(start_thread_handle(entry, argument));
}
