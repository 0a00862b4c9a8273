/* SPDX-License-Identifier: Apache-2.0
 *
 * Who waits for whom. See waits.h.
 */
#include "userspace/services/keeper/waits.h"
#include "userspace/services/keeper/unit.h"
#include "abi/names.h"
#include "abi/ninep.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { CHAIN_MAX = 8, LABELS_OF_SERVICES = 0x100 };

static struct waiting seen[WAITS_MAX];
static u32 seen_count;

const struct waiting *waits_at(u32 index) { return ELEM(seen, index); }

/* ---- looking ---- */

static void look_at(const struct process_info *process, handle_t handle)
{
	for (u64 after = 0; seen_count < WAITS_MAX;) {
		struct waiting *waiting = ELEM(seen, seen_count);

		*waiting = (struct waiting){ .process = process->id };
		if (sys_process_next_thread(handle, after, &waiting->info) != STATUS_OK)
			return;
		span_copy(MSPAN_OF_ARRAY(waiting->name), SPAN_OF_ARRAY(process->name));
		after = waiting->info.id;
		seen_count++;
	}
}

static handle_t open_process(u64 id)
{
	handle_t handle = {};

	if (sys_group_open_process(rt_handle(span_text("root-group")), id, PROCESS_RIGHT_DEBUG, &handle) != STATUS_OK)
		return handle_none();
	return handle;
}

void waits_look(void)
{
	struct process_info process = {};

	seen_count = 0;
	while (sys_group_next_process(rt_handle(span_text("root-group")), process.id, &process) == STATUS_OK) {
		handle_t handle = open_process(process.id);

		if (handle_is_none(handle))
			continue;
		look_at(&process, handle);
		sys_cap_drop(handle);
	}
}

/* ---- finding ---- */

u32 waits_of_thread(u64 thread)
{
	for (u32 i = 0; i < seen_count; i++) {
		if (waits_at(i)->info.id == thread)
			return i;
	}
	return WAITS_NONE;
}

u32 waits_of_trace(u64 trace)
{
	for (u32 i = 0; i < seen_count && trace != 0; i++) {
		if (waits_at(i)->info.trace_low == trace)
			return i;
	}
	return WAITS_NONE;
}

u32 waits_of_process(u64 process)
{
	u32 found = WAITS_NONE;

	for (u32 i = 0; i < seen_count; i++) {
		bool idle = waits_at(i)->info.state == THREAD_STATE_RECEIVING;

		if (waits_at(i)->process == process && (found == WAITS_NONE || !idle))
			found = i;
		if (found == i && !idle)
			break;
	}
	return found;
}

u32 waits_caller(u32 index)
{
	u64 serving = waits_at(index)->info.serving;

	for (u32 i = 0; i < seen_count && serving != 0; i++) {
		if (waits_at(i)->info.awaits == serving)
			return i;
	}
	return WAITS_NONE;
}

static u32 server_of(u64 awaits)
{
	for (u32 i = 0; i < seen_count && awaits != 0; i++) {
		if (waits_at(i)->info.serving == awaits)
			return i;
	}
	return WAITS_NONE;
}

/* The object that a handle of another process names; 0: none any more. */
static u64 object_of(u64 process, u32 handle)
{
	struct cap_info info = {};
	u64 next = 0;
	handle_t opened = open_process(process);

	if (handle_is_none(opened))
		return 0;
	enum status status = sys_process_next_cap(opened, handle & 0xffff, &info, &next);

	sys_cap_drop(opened);
	return status == STATUS_OK && info.handle == handle ? info.object_id : 0;
}

static const struct unit *unit_with_endpoint(u64 object)
{
	for (u32 i = 0; i < units_count() && object != 0; i++) {
		struct cap_info info = {};

		if (!handle_is_none(unit_at(i)->endpoint) && sys_cap_inspect(unit_at(i)->endpoint, &info) == STATUS_OK &&
		    info.object_id == object)
			return unit_at(i);
	}
	return nullptr;
}

static bool asks(const struct waiting *waiting)
{
	return waiting->info.state == THREAD_STATE_CALLING || waiting->info.state == THREAD_STATE_SENDING;
}

/* WHY by the endpoint where nobody serves the call: it queues, or its answer was put off. */
u32 waits_next(u32 index)
{
	const struct waiting *waiting = waits_at(index);
	u32 server = asks(waiting) ? server_of(waiting->info.awaits) : WAITS_NONE;

	if (server != WAITS_NONE || !asks(waiting))
		return server;
	const struct unit *unit = unit_with_endpoint(object_of(waiting->process, (u32)waiting->info.through));

	return unit == nullptr || unit->state != UNIT_RUNNING ? WAITS_NONE : waits_of_process(unit->process_id);
}

/* ---- in words ---- */

void waits_add_name(u32 index, struct text *line)
{
	text_add_span(line, span_until_zero(SPAN_OF_ARRAY(waits_at(index)->name)));
	text_add(line, "/");
	text_add_u64(line, waits_at(index)->info.id);
	text_add(line, " (process ");
	text_add_u64(line, waits_at(index)->process);
	text_add(line, ")");
}

static void add_asked(u32 label, struct text *line)
{
	text_add(line, "calls ");
	if (label < LABELS_OF_SERVICES)
		text_add_cstr(line, ninep_op_name(label));
	else
		text_add_hex(line, label);
	text_add(line, " of ");
}

void waits_add_doing(u32 index, struct text *line)
{
	u32 next = waits_next(index);

	switch ((enum thread_state)waits_at(index)->info.state) {
	case THREAD_STATE_SENDING:
	case THREAD_STATE_CALLING:
		add_asked(waits_at(index)->info.label, line);
		if (next == WAITS_NONE)
			text_add(line, "nobody who runs");
		else
			waits_add_name(next, line);
		break;
	case THREAD_STATE_WAITING: text_add(line, "waits for a signal"); break;
	case THREAD_STATE_WORD: text_add(line, "waits for a word of memory"); break;
	case THREAD_STATE_RECEIVING: text_add(line, "waits for requests"); break;
	case THREAD_STATE_SUSPENDED: text_add(line, "is suspended"); break;
	case THREAD_STATE_READY:
	case THREAD_STATE_RUNNING: text_add(line, "runs"); break;
	case THREAD_STATE_NEW:
	case THREAD_STATE_DEAD:
	case THREAD_STATE_COUNT:
	default: text_add(line, "is no more"); break;
	}
}

u32 waits_add_chain(u32 index, struct text *line)
{
	u32 next = waits_next(index);

	waits_add_name(index, line);
	text_add(line, " ");
	waits_add_doing(index, line);
	for (u32 i = 0; i < CHAIN_MAX && next != WAITS_NONE; i++) {
		index = next;
		text_add(line, ", which ");
		waits_add_doing(index, line);
		next = waits_next(index);
	}
	return index;
}
