/* SPDX-License-Identifier: Apache-2.0
 *
 * From a loaded process to a running one: its handles, its start block, its first thread.
 */
#include "lib/spawn/spawn.h"
#include "lib/limits/limits.h"
#include "lib/rt/message.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "abi/structs.h"

static enum status fail(struct spawn *s, struct span what, enum status status)
{
	struct text reason = text_on(mspan_first(MSPAN_OF_ARRAY(s->reason), SPAWN_REASON_BYTES - 1));

	if (status == STATUS_OK)
		return status;
	mspan_fill(MSPAN_OF_ARRAY(s->reason), 0);
	text_add(&reason, "cannot give it ");
	text_add_span(&reason, what);
	text_add(&reason, ": ");
	limits_add_status(&reason, (struct limits_of){ s->group, rt_self() }, status);
	return status;
}

/* The child's own process, group and namespace under their usual names, unless others were given. */
static void add_standard(struct spawn *s, const struct loaded *loaded)
{
	spawn_add_handle(s, span_text("self"), loaded->process, s->self_rights);
	if (s->group_rights != 0)
		spawn_add_handle(s, span_text("group"), s->group, s->group_rights);
	if (s->names_rights != 0)
		spawn_add_handle(s, span_text("names"), s->names, s->names_rights);
	spawn_add_handle(s, span_text("faults"), s->faults, MSG_ALL_RIGHTS);
}

static enum status grant_all(struct spawn *s, handle_t process)
{
	for (u32 i = 0; i < s->block.handle_count; i++) {
		struct start_handle *handle = ELEM(s->block.handle, i);
		handle_t there;

		if (handle_is_none(s->source[i]))
			continue;
		enum status status = sys_cap_grant(process, s->source[i], s->rights[i], &there);

		if (status != STATUS_OK)
			return fail(s, span_until_zero(SPAN_OF_ARRAY(handle->name)), status);
		handle->handle = there.v;
	}
	return STATUS_OK;
}

static enum status write_block(struct spawn *s, handle_t memory)
{
	pages_t pages;
	/* WHY populate: the page is charged to the program's group, which may be full, or gone: a status, not a fault here. */
	enum status status = rt_pages_map(memory, 0, PAGE_BYTES, MAP_READ | MAP_WRITE | MAP_POPULATE, &pages);

	if (status != STATUS_OK)
		return fail(s, span_text("its start block"), status);
	span_copy(rt_pages_mspan(pages), SPAN_OF_STRUCT(s->block));
	rt_pages_release(pages);
	return STATUS_OK;
}

static enum status start_thread(struct spawn *s, const struct loaded *loaded, handle_t activity)
{
	struct thread_start start = {
		.entry = loaded->entry, .stack = loaded->stack, .argument = loaded->start_address,
	};
	handle_t thread;
	enum status status = sys_thread_create(loaded->process, &start, activity, &thread);

	if (status == STATUS_OK)
		sys_cap_drop(thread);
	return fail(s, span_text("a thread"), status);
}

enum status spawn_finish(struct spawn *s, const struct loaded *loaded)
{
	struct activity_params params = { .priority = s->priority };
	handle_t activity;
	enum status status = sys_activity_create(s->group, &params, &activity);

	if (status == STATUS_OK) {
		spawn_add_handle(s, span_text("activity"), activity, RIGHT_INSPECT | ACTIVITY_RIGHT_USE);
		add_standard(s, loaded);
		status = s->overflow ? fail(s, span_text("that many handles"), STATUS_TOO_LONG) :
			grant_all(s, loaded->process);
		if (status == STATUS_OK)
			status = write_block(s, loaded->start_memory);
		if (status == STATUS_OK)
			status = start_thread(s, loaded, activity);
		sys_cap_drop(activity);
	} else {
		fail(s, span_text("an activity"), status);
	}
	sys_cap_drop(loaded->start_memory);
	if (status != STATUS_OK) {
		sys_process_kill(loaded->process, 1);
		sys_cap_drop(loaded->process);
	}
	return status;
}

enum status spawn_wait(handle_t process, u64 deadline_ns, u64 *exit_status, u32 *exit_reason)
{
	handle_t signal;
	u64 bits;
	struct process_info info;
	enum status status = sys_signal_create(rt_group(), &signal);

	if (status != STATUS_OK)
		return status;
	status = sys_process_watch(process, signal, 1);
	if (status == STATUS_OK)
		status = sys_signal_wait(signal, 1, deadline_ns, &bits);
	sys_cap_drop(signal);
	if (status == STATUS_OK)
		status = sys_process_stat(process, &info);
	if (status == STATUS_OK) {
		*exit_status = info.exit_status;
		*exit_reason = info.exit_reason;
	}
	return status;
}
