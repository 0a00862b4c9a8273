/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes in words.
 */
#include "userspace/services/proc/describe.h"
#include "abi/names.h"
#include "abi/objects.h"
#include "abi/stubs.h"

static struct span name_of(const struct process_info *info)
{
	return span_until_zero(SPAN_OF_ARRAY(info->name));
}

void describe_table(handle_t group, struct text *t)
{
	struct process_info info = {};

	text_add(t, "    PID NAME                 STATE    THREADS  CAPS     MEMORY   CPU s\n");
	while (sys_group_next_process(group, info.id, &info) == STATUS_OK) {
		TEXT_BUFFER(memory, 24);

		text_add_u64_right(t, info.id, 7);
		text_add(t, " ");
		text_add_padded(t, name_of(&info), 21);
		text_add_padded(t, span_of_cstr(process_state_name(info.state)), 8);
		text_add_u64_right(t, info.threads, 8);
		text_add_u64_right(t, info.caps, 6);
		text_add_size(&memory, info.frames << PAGE_SHIFT);
		text_add_repeated(t, ' ', memory.used < 11 ? 11 - (u32)memory.used : 0);
		text_add_span(t, text_span(&memory));
		text_add(t, "  ");
		text_add_seconds(t, info.cpu_ns);
		text_add(t, "\n");
	}
}

enum status describe_status(handle_t process, struct text *t)
{
	struct process_info info;
	enum status status = sys_process_stat(process, &info);

	if (status != STATUS_OK)
		return status;
	text_add_field_u64(t, span_text("process"), info.id);
	text_add_field(t, span_text("name"), name_of(&info));
	text_add_field(t, span_text("state"), span_of_cstr(process_state_name(info.state)));
	text_add_field_u64(t, span_text("group"), info.group_id);
	text_add_field_u64(t, span_text("threads"), info.threads);
	text_add_field_u64(t, span_text("caps"), info.caps);
	text_add_field_u64(t, span_text("memory-bytes"), info.frames << PAGE_SHIFT);
	text_add_field_u64(t, span_text("cpu-ns"), info.cpu_ns);
	text_add_field_u64(t, span_text("start-ns"), info.start_ns);
	if (info.state != PROCESS_STATE_RUNNING) {
		text_add_field(t, span_text("end"), span_of_cstr(exit_reason_name(info.exit_reason)));
		text_add_field_u64(t, span_text("end-status"), info.exit_status);
	}
	return STATUS_OK;
}

static void add_rights(struct text *t, u32 type, u32 rights)
{
	bool first = true;

	for (u32 bit = 0; bit < 32; bit++) {
		if ((rights & 1u << bit) == 0)
			continue;
		if (!first)
			text_add(t, ",");
		text_add_cstr(t, right_name(type, bit));
		first = false;
	}
	if (first)
		text_add(t, "none");
}

void describe_caps(handle_t process, struct text *t)
{
	struct cap_info info;
	u64 next = 0;

	text_add(t, "HANDLE     TYPE         OBJECT  DEPTH  VALUE               COUNT  RIGHTS\n");
	while (next < U32_MAX && sys_process_next_cap(process, (u32)next, &info, &next) == STATUS_OK) {
		TEXT_BUFFER(value, 24);

		text_add(t, "0x");
		text_add_hex_digits(t, info.handle, 8);
		text_add(t, " ");
		text_add_padded(t, span_of_cstr(object_type_name(info.type)), 11);
		text_add_u64_right(t, info.object_id, 8);
		text_add_u64_right(t, info.depth, 7);
		text_add(t, "  ");
		text_add_hex(&value, info.value);
		text_add_padded(t, text_span(&value), 18);
		text_add_u64_right(t, info.count, 7);
		text_add(t, "  ");
		add_rights(t, info.type, info.rights);
		text_add(t, "\n");
	}
}

enum status describe_names(handle_t process, struct text *t)
{
	struct ns_entry entry;
	handle_t names;
	enum status status = sys_process_names(process, &names);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK; /* it has no namespace */
	if (status != STATUS_OK)
		return status;
	for (u32 i = 0; sys_ns_entry(names, i, &entry) == STATUS_OK; i++) {
		text_add_padded(t, span_until_zero(SPAN_OF_ARRAY(entry.path)), 24);
		text_add(t, " ");
		text_add_padded(t, span_of_cstr(object_type_name(entry.type)), 10);
		add_rights(t, entry.type, entry.rights);
		text_add(t, "\n");
	}
	sys_cap_drop(names);
	return STATUS_OK;
}
