/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of authority. A shell's own come from its manifest (or, in a shell that was started by
 * a shell, from there); what it does not have itself it does not pass on.
 */
#include "lib/authority/authority.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "abi/structs.h"

enum : u32 { PASS_ON = RIGHT_DUPLICATE | RIGHT_TRANSFER, USUAL_PRIORITY = 64 };

struct authority {
	char program[16];
	char handle[16];
	u32 rights;
};

static const struct authority table[] = {
	{ "shell", "machine", PASS_ON | RIGHT_INSPECT | MACHINE_RIGHT_POWER },
	{ "shell", "root", PASS_ON | RIGHT_INSPECT },
	{ "shell", "trace", PASS_ON | TRACE_RIGHTS_ALL },
	{ "shell", "loader", PASS_ON | ENDPOINT_RIGHT_SEND },
	{ "shell", "log", PASS_ON | KLOG_RIGHT_WRITE },
	{ "poweroff", "machine", MACHINE_RIGHT_POWER },
	{ "reboot", "machine", MACHINE_RIGHT_POWER },
	{ "mem", "machine", RIGHT_INSPECT },
	{ "mem", "root", RIGHT_INSPECT },
	{ "uptime", "machine", RIGHT_INSPECT },
	{ "trace", "machine", PASS_ON | RIGHT_INSPECT | MACHINE_RIGHT_POWER },
	{ "trace", "root", PASS_ON | RIGHT_INSPECT },
	{ "trace", "trace", PASS_ON | TRACE_RIGHT_READ | TRACE_RIGHT_CONTROL },
	{ "trace", "loader", PASS_ON | ENDPOINT_RIGHT_SEND },
	{ "trace", "log", PASS_ON | KLOG_RIGHT_WRITE },
	{ "bench", "trace", TRACE_RIGHT_READ | TRACE_RIGHT_CONTROL },
	{ "bench", "machine", RIGHT_INSPECT },
	{ "bench", "root", RIGHT_INSPECT },
	{ "bench", "loader", ENDPOINT_RIGHT_SEND },
	{ "files-test", "loader", ENDPOINT_RIGHT_SEND },
	{ "torture", "loader", PASS_ON | ENDPOINT_RIGHT_SEND },
	{ "torture", "trace", PASS_ON | TRACE_RIGHT_READ | TRACE_RIGHT_CONTROL },
	{ "conform", "loader", PASS_ON | ENDPOINT_RIGHT_SEND },
	{ "conform", "machine", RIGHT_INSPECT | RIGHT_DUPLICATE },
	{ "conform", "trace", RIGHT_DUPLICATE | TRACE_RIGHTS_ALL },
};

/* Programs that get a resource group of their own, to make groups below it and set limits. */
struct group_owner {
	char program[16];
	u32 max_priority; /* 0: the shell's */
};

static const struct group_owner owners[] = {
	{ "shell", 0 }, { "trace", 0 }, { "wakeup", 0 }, { "conform", USUAL_PRIORITY }, { "bench", USUAL_PRIORITY },
};

static const struct group_owner *owner(struct span name)
{
	for (u32 i = 0; i < ARRAY_LEN(owners); i++) {
		if (span_equal(span_until_zero(SPAN_OF_ARRAY(ELEM(owners, i)->program)), name))
			return ELEM(owners, i);
	}
	return nullptr;
}

/* Without the right to make groups it shares the shell's, as every other program. */
static void add_group(struct spawn *child, struct span name, u32 max_priority)
{
	struct group_limits limits = { .max_priority = max_priority };
	handle_t group;

	if (sys_group_create(rt_group(), &limits, name, &group) != STATUS_OK)
		return;
	child->group = group;
	child->group_rights = GROUP_RIGHTS_ALL;
}

void authority_add(struct spawn *child, struct span name)
{
	const struct group_owner *owns = owner(name);

	if (owns != nullptr)
		add_group(child, name, owns->max_priority);
	for (u32 i = 0; i < ARRAY_LEN(table); i++) {
		const struct authority *entry = ELEM(table, i);
		struct span handle = span_until_zero(SPAN_OF_ARRAY(entry->handle));

		if (span_equal(span_until_zero(SPAN_OF_ARRAY(entry->program)), name))
			spawn_add_handle(child, handle, rt_handle(handle), entry->rights);
	}
}

void authority_done(struct spawn *child)
{
	if (child->group.v != rt_group().v)
		sys_cap_drop(child->group);
}
