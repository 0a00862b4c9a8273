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

static const struct kind {
	enum status status;
	enum resource resource;
	char word[16];
} kinds[] = {
	{ STATUS_OUT_OF_FRAMES, RESOURCE_MEMORY, "memory" },
	{ STATUS_OUT_OF_OBJECTS, RESOURCE_OBJECTS, "objects" },
	{ STATUS_OUT_OF_CAPS, RESOURCE_CAPABILITIES, "capabilities" },
	{ STATUS_OUT_OF_THREADS, RESOURCE_THREADS, "threads" },
};

static const struct kind *kind_of(enum status status)
{
	for (u32 i = 0; i < ARRAY_LEN(kinds); i++) {
		if (ELEM(kinds, i)->status == status)
			return ELEM(kinds, i);
	}
	return nullptr;
}

static void add(struct text *line, const struct kind *kind, struct span whose, struct span name, u64 limit)
{
	bool memory = kind->resource == RESOURCE_MEMORY;

	text_add(line, "out of ");
	text_add_span(line, span_until_zero(SPAN_OF_ARRAY(kind->word)));
	text_add(line, ", ");
	text_add_span(line, whose);
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
	const struct kind *kind = kind_of(status);
	struct group_limit limit = {};
	struct process_info info = {};

	if (kind == nullptr)
		return false;
	if (find_full(of.group, kind->resource, &limit))
		add(line, kind, span_text("group"), span_until_zero(SPAN_OF_ARRAY(limit.name)), limit.limit);
	else if (kind->resource == RESOURCE_CAPABILITIES && find_full_space(of.process, &info))
		add(line, kind, span_text("process"), span_until_zero(SPAN_OF_ARRAY(info.name)), SLOTS_MOST);
	else
		return false;
	return true;
}

void limits_add_status(struct text *line, struct limits_of of, enum status status)
{
	if (!limits_add(line, of, status))
		text_add_cstr(line, status_text(status));
}
