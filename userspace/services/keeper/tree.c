/* SPDX-License-Identifier: Apache-2.0
 *
 * /services: a directory for each unit with `status` and `ctl`, and the table of all in `table`.
 * ctl takes one word, kill, restart, stop, start, complain, strayed or found, or `complain MS' of who waits no longer, or
 * `replace PROGRAM', which is answered when it is decided.
 */
#include "userspace/services/keeper/domains.h"
#include "userspace/services/keeper/forest.h"
#include "userspace/services/keeper/limits.h"
#include "userspace/services/keeper/pulse.h"
#include "userspace/services/keeper/replace.h"
#include "userspace/services/keeper/tree.h"
#include "userspace/services/keeper/unit.h"
#include "lib/base/text.h"
#include "lib/keep/layout.h"
#include "abi/names.h"
#include "abi/structs.h"
#include "abi/stubs.h"

/* Nodes: 0 the root, 1 the table, else (unit + 1) << 8 | which file. */
enum : u32 { NODE_TABLE = 1, FILE_DIRECTORY = 0, FILE_STATUS = 1, FILE_CTL = 2, FILE_COUNT = 3 };
enum : u32 { TABLE_BYTES = 8192, COMMAND_BYTES = 64, COMPLAINT_MS_MAX = 60000 };

static u8 table_bytes[TABLE_BYTES];
static bool may_hang;

void tree_may_hang(bool may) { may_hang = may; }

static u64 unit_node(u32 unit, u32 which) { return (u64)(unit + 1) << 8 | which; }

static struct unit *node_unit(u64 node)
{
	u64 index = (node >> 8) - 1;

	return node >> 8 == 0 || index >= units_count() ? nullptr : unit_at((u32)index);
}

static u64 walk_from_unit(u64 node, struct span name)
{
	if (span_equal(name, span_text("status")))
		return node | FILE_STATUS;
	if (span_equal(name, span_text("ctl")))
		return node | FILE_CTL;
	return U64_MAX;
}

/* The node below `node` with that name, or U64_MAX. */
static u64 walk(u64 node, struct span name)
{
	if (node == NODE_TABLE || (node & 0xff) != FILE_DIRECTORY)
		return U64_MAX;
	if (node != 0)
		return walk_from_unit(node, name);
	if (span_equal(name, span_text("table")))
		return NODE_TABLE;
	struct unit *unit = unit_named(name);

	return unit == nullptr ? U64_MAX : unit_node(unit_index(unit), FILE_DIRECTORY);
}

enum status tree_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	u64 node = from->node;

	(void)call;
	while (span_len(path) > 0 && node != U64_MAX)
		node = walk(node, path_next(&path));
	if (node == U64_MAX)
		return STATUS_NOT_FOUND;
	file->node = node;
	file->qid_type = node == 0 || (node != NODE_TABLE && (node & 0xff) == FILE_DIRECTORY) ? QID_DIRECTORY : QID_FILE;
	return STATUS_OK;
}

enum status tree_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	if (directory->node != 0) {
		if (index >= FILE_COUNT - 1)
			return STATUS_NOT_FOUND;
		service_set_entry(out, index == 0 ? span_text("status") : span_text("ctl"), QID_FILE, directory->node | (index + 1), 0);
		return STATUS_OK;
	}
	if (index == 0) {
		service_set_entry(out, span_text("table"), QID_FILE, NODE_TABLE, 0);
		return STATUS_OK;
	}
	if (index > units_count())
		return STATUS_NOT_FOUND;
	service_set_entry(out, unit_name(unit_at((u32)index - 1)), QID_DIRECTORY, unit_node((u32)index - 1, 0), 0);
	return STATUS_OK;
}

/* What lib/keep says of the state that it keeps. */
static void describe_state(const struct unit *unit, struct text *t)
{
	pages_t pages = {};

	if (handle_is_none(unit->memory) || rt_pages_map(unit->memory, 0, PAGE_BYTES, MAP_READ, &pages) != STATUS_OK)
		return;
	struct span head = rt_pages_span(pages);

	if (span_u64(head, 0) == KEEP_MAGIC) {
		text_add_field_u64(t, span_text("version"), span_u64(head, __builtin_offsetof(struct keep_head, version)));
		text_add_field_u64(t, span_text("taken-over"), span_u64(head, __builtin_offsetof(struct keep_head, restored)));
		text_add_field_u64(t, span_text("begun-anew"), span_u64(head, __builtin_offsetof(struct keep_head, begun_anew)));
	}
	rt_pages_release(pages);
}

/* Degraded: what it needs was given up, and it goes on. */
static struct span state_of(const struct unit *unit)
{
	if (unit->state == UNIT_RUNNING && unit->lost)
		return span_text("degraded");
	return span_of_cstr(unit_state_name(unit->state));
}

static void describe_needs(const struct unit *unit, struct text *t)
{
	for (u32 i = 0; i < units_count(); i++) {
		if ((unit->needs & 1ull << i) != 0)
			text_add_field(t, span_text("needs"), unit_name(unit_at(i)));
	}
}

/* Those whose manifests let them call it: they wait when it is stopped. */
static void describe_callers(const struct unit *unit, struct text *t)
{
	TEXT_BUFFER(callers, 400);

	for (u32 i = 0; i < units_count(); i++) {
		if ((unit_at(i)->calls & 1ull << unit_index(unit)) == 0)
			continue;
		text_add_span(&callers, callers.used == 0 ? span_empty() : span_text(" "));
		text_add_span(&callers, unit_name(unit_at(i)));
	}
	if (callers.used != 0)
		text_add_field(t, span_text("called-by"), text_span(&callers));
}

static void describe(const struct unit *unit, struct text *t)
{
	text_add_field(t, span_text("name"), unit_name(unit));
	text_add_field(t, span_text("description"), manifest_text(unit->description));
	text_add_field(t, span_text("program"), manifest_text(unit->program));
	text_add_field(t, span_text("state"), state_of(unit));
	describe_needs(unit, t);
	describe_callers(unit, t);
	if (unit->state == UNIT_RUNNING)
		text_add_field_u64(t, span_text("process"), unit->process_id);
	if (unit->state == UNIT_RUNNING && unit->ready) {
		text_add_field_u64(t, span_text("started-us"), unit->started_ns / 1000);
		text_add_field_u64(t, span_text("ready-us"), unit->ready_ns / 1000);
	}
	text_add_field_u64(t, span_text("starts"), unit->starts);
	text_add_field_u64(t, span_text("failures"), unit->failures);
	text_add_field_u64(t, span_text("hangs"), unit->hangs);
	if (unit->provides[0] != 0)
		text_add_field(t, span_text("provides"), manifest_text(unit->provides));
	if (!handle_is_none(unit->dma[0]))
		domains_describe(unit, t);
	if (unit->recoveries != 0) {
		text_add_field_u64(t, span_text("recoveries"), unit->recoveries);
		text_add_field_u64(t, span_text("back-us"), unit->recovery_ns / 1000);
		text_add_field_u64(t, span_text("worst-us"), unit->recovery_worst_ns / 1000);
	}
	describe_state(unit, t);
	limits_describe(unit, t);
	if (unit->ended_before) {
		text_add_field(t, span_text("last-end"), span_of_cstr(exit_reason_name(unit->exit_reason)));
		text_add_field_u64(t, span_text("last-status"), unit->exit_status);
	}
	if (unit->problem[0] != 0)
		text_add_field(t, span_text("problem"), manifest_text(unit->problem));
}

static void add_line(struct text *t, const struct unit *unit, u32 depth)
{
	TEXT_BUFFER(name, 64);

	text_add_repeated(&name, ' ', depth * 2);
	text_add_span(&name, unit_name(unit));
	text_add_padded(t, text_span(&name), 19);
	text_add_padded(t, state_of(unit), 9);
	if (unit->state == UNIT_RUNNING)
		text_add_u64_right(t, unit->process_id, 8);
	else
		text_add(t, "       -");
	text_add_u64_right(t, unit->starts == 0 ? 0 : unit->starts - 1, 10);
	if (unit->recoveries != 0)
		text_add_u64_right(t, unit->recovery_ns / 1000, 12);
	else
		text_add(t, "           -");
	text_add(t, "  ");
	text_add_span(t, unit->provides[0] == 0 ? span_text("-") : manifest_text(unit->provides));
	text_add_span(t, domains_trusted(unit) ? span_text("  trusted\n") : span_text("\n"));
}

/* Each below what it needs. */
static void fill_table(struct text *t)
{
	static struct forest forest;

	forest.count = units_count();
	for (u32 i = 0; i < units_count(); i++)
		*ELEM(forest.needs, i) = unit_at(i)->needs;
	forest_make(&forest);
	text_add(t, "NAME               STATE     PROCESS  RESTARTS  BACK IN us  PROVIDES\n");
	for (u32 i = 0; i < units_count(); i++) {
		u32 who = *ELEM(forest.order, i);

		add_line(t, unit_at(who), *ELEM(forest.depth, who));
	}
}

enum status tree_read(struct service_call *call, struct service_file *file)
{
	const struct unit *unit = node_unit(file->node);

	if (file->node == NODE_TABLE) {
		struct text t = text_on(MSPAN_OF_ARRAY(table_bytes));

		fill_table(&t);
		return service_put_at(call, text_span(&t));
	}
	if (unit == nullptr || (file->node & 0xff) != FILE_STATUS)
		return STATUS_NOT_SUPPORTED;
	struct text t = text_on(MSPAN_OF_ARRAY(table_bytes));

	describe(unit, &t);
	return service_put_at(call, text_span(&t));
}

enum status tree_other(struct service_call *call)
{
	struct unit *unit = unit_of_badge(call->badge);

	if (unit == nullptr)
		return STATUS_UNKNOWN_CALL;
	switch (call->op) {
	case SERVICE_READY: watch_ready(unit); return STATUS_OK;
	case SERVICE_EXHAUSTED: limits_log_reached(unit, (enum status)call->word[0]); return STATUS_OK;
	default: return STATUS_UNKNOWN_CALL;
	}
}

/* A client may say how long it waits at most. */
static enum status complain(const struct unit *unit, struct span limit)
{
	u64 limit_ms = 0;

	if (span_len(limit) != 0 && (!span_parse_u64(limit, &limit_ms) || limit_ms == 0 || limit_ms > COMPLAINT_MS_MAX))
		return STATUS_INVALID;
	return pulse_complain(unit, (u32)limit_ms);
}

static enum status hang(void)
{
	while (may_hang)
		sys_yield();
	return STATUS_INVALID;
}

static enum status command(struct service_call *call, struct unit *unit, struct span line)
{
	struct span word = span_split(&line, ' ');

	if (span_equal(word, span_text("replace")))
		return replace_begin(call, unit, span_trim(line));
	if (span_equal(word, span_text("complain")))
		return complain(unit, span_trim(line));
	if (span_len(line) != 0)
		return STATUS_INVALID;
	if (span_equal(word, span_text("kill")))
		return unit_kill(unit);
	/* From the IOMMU's driver. */
	if (span_equal(word, span_text("strayed")))
		return domains_strayed(unit);
	/* From the service that finds devices, and the IOMMU's driver: drivers may be started now. */
	if (span_equal(word, span_text("found"))) {
		watch_start_ready();
		return STATUS_OK;
	}
	if (span_equal(word, span_text("stop")))
		return unit_stop(unit);
	if (span_equal(word, span_text("start")))
		return unit_start(unit);
	if (span_equal(word, span_text("restart")))
		return unit->state == UNIT_RUNNING ? unit_kill(unit) : unit_start(unit);
	return span_equal(word, span_text("hang")) ? hang() : STATUS_INVALID;
}

enum status tree_write(struct service_call *call, struct service_file *file)
{
	u8 bytes[COMMAND_BYTES];
	u64 got = 0;
	struct unit *unit = node_unit(file->node);

	if (unit == nullptr || (file->node & 0xff) != FILE_CTL)
		return STATUS_NOT_SUPPORTED;
	if (call->count > sizeof(bytes))
		return STATUS_TOO_LONG;
	enum status status = service_take(call, 0, MSPAN_OF_ARRAY(bytes), &got);

	return status == STATUS_OK ? command(call, unit, span_trim(span_first(SPAN_OF_ARRAY(bytes), got))) : status;
}
