/* SPDX-License-Identifier: Apache-2.0
 *
 * From a manifest to a running process with exactly what the manifest declares: resource group,
 * namespace, capabilities, arguments.
 */
#include "userspace/services/keeper/unit.h"
#include "userspace/services/keeper/found.h"
#include "userspace/services/keeper/grants.h"
#include "userspace/services/keeper/hold.h"
#include "userspace/services/keeper/stop.h"
#include "lib/service/service.h"
#include "lib/spawn/spawn.h"
#include "abi/names.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 {
	GROUP_OF_SERVICE = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | GROUP_RIGHT_CREATE,
	ENDPOINT_OF_CLIENT = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | ENDPOINT_RIGHT_SEND,
	ENDPOINT_OF_SERVICE = ENDPOINT_OF_CLIENT | ENDPOINT_RIGHT_RECEIVE | ENDPOINT_RIGHT_BADGE,
	/* It may take back what it gives of it. */
	SIGNAL_OF_SERVICE = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_REVOKE | SIGNAL_RIGHT_RAISE | SIGNAL_RIGHT_WAIT,
	STATE_OF_SERVICE = RIGHT_INSPECT | MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE,
	VAULT_OF_SERVICE = NAMESPACE_RIGHT_LOOKUP | NAMESPACE_RIGHT_BIND,
	LOG_OF_SERVICE = RIGHT_DUPLICATE | RIGHT_TRANSFER | KLOG_RIGHT_WRITE,
};
static struct spawn child;
static struct machine_stat machine; /* too large for a stack */

static enum status fail(struct unit *unit, struct span what, enum status status)
{
	if (status != STATUS_OK)
		unit_set_problem(unit, what, span_of_cstr(status_text(status)));
	return status;
}

/* Bound here, because a binding outlives the instance that a service of its own would make it in. WHY held first: what is
 * bound and not held would be lost with the keeper, and the endpoint could not be bound again. */
static enum status make_signal(struct unit *unit)
{
	bool there = !handle_is_none(unit->signal);
	enum status status = there ? STATUS_OK : hold(unit, HELD_SIGNAL, sys_signal_create(service_kept_group(), &unit->signal));

	if (status == STATUS_OK)
		status = sys_endpoint_bind(unit->endpoint, unit->signal, U64_MAX);
	return status == STATUS_BUSY ? STATUS_OK : status; /* an earlier instance of the keeper has bound it */
}

enum status unit_make_client(struct unit *unit)
{
	return handle_is_none(unit->client) ? sys_cap_derive(unit->endpoint, ENDPOINT_OF_CLIENT, 0, 0, &unit->client) : STATUS_OK;
}

enum status unit_make_permanent(struct unit *unit)
{
	enum status status = STATUS_OK;

	if (!handle_is_none(unit->faults))
		return STATUS_OK;
	if (handle_is_none(unit->endpoint))
		status = hold(unit, HELD_ENDPOINT, sys_endpoint_create(service_kept_group(), 0, &unit->endpoint));
	if (status == STATUS_OK)
		status = unit_make_client(unit);
	if (status == STATUS_OK)
		status = make_signal(unit);
	if (status == STATUS_OK)
		status = sys_cap_derive(service_endpoint(), ENDPOINT_OF_CLIENT, UNIT_BADGE | unit_index(unit), 0, &unit->faults);
	return status;
}

static enum status make_kept_group(struct unit *unit, const struct manifest_record *m)
{
	struct group_limits limits = {
		.frames = m->frames, .objects = m->objects, .caps = m->caps, .threads = m->threads, .weight = m->weight,
		.max_priority = m->max_priority,
	};

	return hold(unit, HELD_KEPT, sys_group_create(rt_handle(span_text("root-group")), &limits, unit_name(unit), &unit->kept));
}

/* What outlives an instance besides: the group with the declared limits, and what it keeps. */
static enum status make_kept(struct unit *unit, const struct manifest_record *m)
{
	enum status status = handle_is_none(unit->kept) ? make_kept_group(unit, m) : STATUS_OK;

	if (status == STATUS_OK && m->state_pages != 0 && handle_is_none(unit->memory))
		status = hold(unit, HELD_MEMORY, sys_memory_create(unit->kept, m->state_pages << PAGE_SHIFT, &unit->memory));
	if (status == STATUS_OK && m->state_pages != 0 && handle_is_none(unit->vault))
		status = hold(unit, HELD_VAULT, sys_ns_create(unit->kept, &unit->vault));
	return status;
}

/* The instance's own group: all that it started ends with it. */
static enum status make_group(struct unit *unit, const struct manifest_record *m)
{
	struct group_limits none = {};
	enum status status = make_kept(unit, m);

	if (status == STATUS_OK)
		status = hold(unit, HELD_GROUP, sys_group_create(unit->kept, &none, unit_name(unit), &unit->group));
	return status;
}

/* Binds what the unit calls, and nothing else. */
static enum status bind_calls(struct unit *unit, const struct manifest_record *m, handle_t names)
{
	enum status status = STATUS_OK;

	for (u32 i = 0; i < m->calls_count && status == STATUS_OK; i++) {
		struct span name = manifest_text(ELEM(m->calls, i)->text);
		struct unit *called = unit_named(name);

		if (span_equal(name, span_text("keeper"))) {
			status = sys_ns_bind(names, span_text("/services"), grants_own_client(), NS_ORDER_REPLACE);
			continue;
		}
		if (called == nullptr)
			return STATUS_NOT_FOUND;
		unit->calls |= 1ull << unit_index(called);
		/* WHY not bound: it has no device, and whoever looks for it shall know at once. */
		if (called->state == UNIT_ABSENT)
			continue;
		status = unit_make_permanent(called);
		if (unit_out_of_service(called))
			refuse_begin(called);
		if (status == STATUS_OK && called->provides[0] != 0)
			status = sys_ns_bind(names, manifest_text(called->provides), called->client, NS_ORDER_AFTER);
	}
	return status;
}

static void add_stdio(const struct manifest_record *m)
{
	if (m->stdin_path[0] != 0)
		spawn_add_path(&child, span_text("stdin"), manifest_text(m->stdin_path), OPEN_READ);
	if (m->stdout_path[0] != 0)
		spawn_add_path(&child, span_text("stdout"), manifest_text(m->stdout_path), OPEN_WRITE);
	if (m->stderr_path[0] != 0)
		spawn_add_path(&child, span_text("stderr"), manifest_text(m->stderr_path), OPEN_WRITE);
}

static void describe(struct unit *unit, const struct manifest_record *m, handle_t group, handle_t names)
{
	struct span args = span_first(SPAN_OF_ARRAY(m->args), m->args_bytes);

	spawn_begin(&child, manifest_text(unit->program));
	mspan_set_text(MSPAN_OF_ARRAY(child.request.name), unit_name(unit));
	mspan_set_text(MSPAN_OF_ARRAY(child.block.program), unit_name(unit));
	child.request.stack_pages = m->stack_pages;
	child.block.instance = unit->instances;
	child.group = group;
	child.group_rights = (m->flags & MANIFEST_FLAG_SUBGROUPS) != 0 ? GROUP_RIGHTS_ALL : GROUP_OF_SERVICE;
	child.names = names;
	child.faults = unit->faults;
	child.priority = m->priority;
	spawn_add_handle(&child, span_text("endpoint"), unit->endpoint, ENDPOINT_OF_SERVICE);
	spawn_add_handle(&child, span_text("signal"), unit->signal, SIGNAL_OF_SERVICE);
	spawn_add_handle(&child, span_text("log"), rt_handle(span_text("klog")), LOG_OF_SERVICE);
	if (m->state_pages != 0) {
		spawn_add_handle(&child, span_text("state"), unit->memory, STATE_OF_SERVICE);
		spawn_add_handle(&child, span_text("vault"), unit->vault, VAULT_OF_SERVICE);
		spawn_add_handle(&child, span_text("kept-group"), unit->kept, GROUP_OF_SERVICE);
	}
	for (u32 i = 0; i < m->args_count; i++)
		spawn_add_arg(&child, span_split(&args, 0));
	add_stdio(m);
}

static enum status start_process(struct unit *unit, const struct manifest_record *m, handle_t group, handle_t names)
{
	struct grants_made made = {};

	describe(unit, m, group, names);
	enum status status = grants_add(m, &child, &made);

	if (status == STATUS_OK)
		status = found_grant(unit, m, &child, &made);
	if (status == STATUS_OK) {
		status = spawn_start(&child, &unit->process);
		if (status != STATUS_OK)
			unit_set_problem(unit, span_text("cannot be started: "), spawn_reason(&child));
		else
			status = fail(unit, span_text("cannot be kept hold of: "), hold(unit, HELD_PROCESS, STATUS_OK));
	} else {
		fail(unit, span_text("a capability of its manifest cannot be made: "), status);
	}
	grants_drop(&made);
	return status;
}

static enum status watch_process(struct unit *unit)
{
	struct process_info info;
	enum status status = sys_process_stat(unit->process, &info);

	if (status == STATUS_OK)
		status = sys_process_watch(unit->process, service_signal(), 1ull << unit_index(unit));
	unit->process_id = info.id;
	return status;
}

static enum status launch_in_group(struct unit *unit, const struct manifest_record *m)
{
	handle_t group = unit->group;
	handle_t names = {};
	enum status status = fail(unit, span_text("no namespace: "), sys_ns_create(group, &names));

	if (status != STATUS_OK)
		return status;
	status = fail(unit, span_text("a service it calls cannot be bound: "), bind_calls(unit, m, names));
	if (status == STATUS_OK)
		status = start_process(unit, m, group, names);
	sys_cap_drop(names);
	if (status == STATUS_OK)
		status = fail(unit, span_text("cannot be watched: "), watch_process(unit));
	return status;
}

/* After a start that failed for lack of memory: how much the unit may have, how much there is. What was
 * made for the start is given back before. */
static void log_memory(const struct unit *unit)
{
	const struct manifest_record *m = unit_manifest(unit);
	TEXT_BUFFER(line, 160);

	if (m == nullptr || sys_machine_stat(rt_handle(span_text("machine")), &machine) != STATUS_OK)
		return;
	text_add(&line, "memory: ");
	text_add_u64(&line, machine.frames_free * machine.page_bytes / 1024);
	text_add(&line, " KiB free in the machine");
	if (m->frames != 0) {
		text_add(&line, ", ");
		text_add_u64(&line, m->frames * machine.page_bytes / 1024);
		text_add(&line, " KiB allowed by its manifest");
	}
	unit_log(unit, text_span(&line));
}

void unit_drop_instance(struct unit *unit)
{
	stop_device(unit);
	hold_end(unit, HELD_PROCESS);
	if (!handle_is_none(unit->group))
		sys_group_destroy(unit->group);
	hold_end(unit, HELD_GROUP);
}

static enum status launch(struct unit *unit)
{
	const struct manifest_record *m = unit_manifest(unit);

	if (m == nullptr)
		return fail(unit, span_text("its manifest is damaged: "), STATUS_BAD_FORMAT);
	enum status status = fail(unit, span_text("no endpoint: "), unit_make_permanent(unit));

	if (status != STATUS_OK)
		return status;
	status = fail(unit, span_text("no resource group: "), make_group(unit, m));
	if (status == STATUS_OK)
		status = launch_in_group(unit, m);
	if (status != STATUS_OK)
		unit_drop_instance(unit);
	return status;
}

enum status unit_launch(struct unit *unit)
{
	enum status status = launch(unit);

	if (status == STATUS_OUT_OF_FRAMES)
		log_memory(unit);
	return status;
}
