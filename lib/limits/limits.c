/* SPDX-License-Identifier: Apache-2.0
 *
 * Which limit was met. See limits.h.
 */
#include "lib/limits/limits.h"
#include "lib/rt/rt.h"
#include "abi/names.h"
#include "abi/stubs.h"
#include "abi/structs.h"

/* A handle's slot has 16 bits, and slot 0 is never used. */
enum : u32 { SLOTS_MOST = 65535 };
/* WHY not one alone: whoever was refused may have asked for several at once, and given some back since. */
enum : u32 { ONE = 1, SOME = 16 };
enum : u64 { KIB_IN_PAGE = PAGE_BYTES / 1024 };

static enum resource resource_of(enum status status)
{
	if (status == STATUS_OUT_OF_FRAMES)
		return RESOURCE_MEMORY;
	if (status == STATUS_OUT_OF_OBJECTS)
		return RESOURCE_OBJECTS;
	if (status == STATUS_OUT_OF_CAPS)
		return RESOURCE_CAPABILITIES;
	return status == STATUS_OUT_OF_THREADS ? RESOURCE_THREADS : RESOURCE_COUNT;
}

static struct span resource_word(enum resource resource)
{
	switch (resource) {
	case RESOURCE_MEMORY: return span_text("memory");
	case RESOURCE_OBJECTS: return span_text("objects");
	case RESOURCE_CAPABILITIES: return span_text("capabilities");
	case RESOURCE_THREADS:
	case RESOURCE_TIME:
	case RESOURCE_COUNT:
	default: return span_text("threads");
	}
}

static void add(struct text *line, enum resource resource, struct span kind, struct span name, u64 limit)
{
	bool memory = resource == RESOURCE_MEMORY;

	text_add(line, "out of ");
	text_add_span(line, resource_word(resource));
	text_add(line, ", ");
	text_add_span(line, kind);
	text_add(line, " ");
	text_add_quoted(line, name);
	text_add(line, ", limit ");
	text_add_u64(line, memory ? limit * KIB_IN_PAGE : limit);
	if (memory)
		text_add(line, " KiB");
}

static bool find_full(handle_t group, enum resource resource, struct group_limit *limit)
{
	return !handle_is_none(group) && (sys_group_full(group, resource, ONE, limit) == STATUS_OK ||
	       (resource != RESOURCE_THREADS && sys_group_full(group, resource, SOME, limit) == STATUS_OK));
}

/* The space of capabilities of a process is full, whatever its group may have. */
static bool find_full_space(handle_t process, struct process_info *info)
{
	return !handle_is_none(process) && sys_process_stat(process, info) == STATUS_OK && info->caps > SLOTS_MOST - SOME;
}

bool limits_add(struct text *line, struct limits_of of, enum status status)
{
	enum resource resource = resource_of(status);
	struct group_limit limit = {};
	struct process_info info = {};

	if (resource == RESOURCE_COUNT)
		return false;
	if (find_full(of.group, resource, &limit))
		add(line, resource, span_text("group"), span_until_zero(SPAN_OF_ARRAY(limit.name)), limit.limit);
	else if (resource == RESOURCE_CAPABILITIES && find_full_space(of.process, &info))
		add(line, resource, span_text("process"), span_until_zero(SPAN_OF_ARRAY(info.name)), SLOTS_MOST);
	else
		return false;
	return true;
}

void limits_add_status(struct text *line, struct limits_of of, enum status status)
{
	if (!limits_add(line, of, status))
		text_add_cstr(line, status_text(status));
}
