/* SPDX-License-Identifier: Apache-2.0
 *
 * Limits of units. See limits.h.
 */
#include "userspace/services/keeper/limits.h"
#include "lib/limits/limits.h"
#include "abi/stubs.h"
#include "abi/structs.h"

enum : u64 { KIB_IN_FRAME = PAGE_BYTES / 1024 };

/* One account of a group, in units that a person counts in. */
struct use {
	struct span name;
	u64 used, limit;
};

enum : u32 { ACCOUNTS = 4 };

static struct use use_of(const struct group_stat *stat, u32 account)
{
	u64 kib = stat->frames_limit == U64_MAX ? U64_MAX : stat->frames_limit * KIB_IN_FRAME;

	switch (account) {
	case 0: return (struct use){ span_text("KiB of memory"), stat->frames * KIB_IN_FRAME, kib };
	case 1: return (struct use){ span_text("objects"), stat->objects, stat->objects_limit };
	case 2: return (struct use){ span_text("capabilities"), stat->caps, stat->caps_limit };
	default: return (struct use){ span_text("threads"), stat->threads, stat->threads_limit };
	}
}

static bool look(const struct unit *unit, struct group_stat *stat)
{
	return !handle_is_none(unit->kept) && sys_group_stat(unit->kept, stat) == STATUS_OK;
}

static void add_use(struct text *t, const struct use *use)
{
	text_add_u64(t, use->used);
	text_add(t, " of ");
	if (use->limit == U64_MAX)
		text_add(t, "any number of");
	else
		text_add_u64(t, use->limit);
	text_add(t, " ");
	text_add_span(t, use->name);
}

bool limits_add_reached(const struct unit *unit, enum status status, struct text *line)
{
	return limits_add(line, (struct limits_of){ unit->kept, unit->process }, status);
}

void limits_log_reached(const struct unit *unit, enum status status)
{
	TEXT_BUFFER(line, 160);

	text_add(&line, "problem: ");
	if (limits_add_reached(unit, status, &line))
		unit_log(unit, text_span(&line));
}

void limits_describe(const struct unit *unit, struct text *t)
{
	struct group_stat stat = {};

	for (u32 i = 0; i < ACCOUNTS && look(unit, &stat); i++) {
		struct use use = use_of(&stat, i);
		TEXT_BUFFER(line, 80);

		add_use(&line, &use);
		text_add_field(t, span_text("uses"), text_span(&line));
	}
}
