/* SPDX-License-Identifier: Apache-2.0
 *
 * proc: every process as a directory, at /proc: status, caps, ns and ctl; and /proc/table with one
 * line for each. Holds the root group with the right to enumerate it.
 */
#include "lib/base/text.h"
#include "lib/service/service.h"
#include "userspace/services/proc/describe.h"
#include "abi/objects.h"
#include "abi/stubs.h"

/* Nodes: 0 the root, 1 the table, else process id << 8 | which file. */
enum : u32 { NODE_TABLE = 1, FILE_DIRECTORY = 0, FILE_STATUS, FILE_CAPS, FILE_NS, FILE_CTL, FILE_COUNT };
enum : u32 { TEXT_BYTES = 32768, COMMAND_BYTES = 32, KILL_STATUS = 137 };

static u8 text_bytes[TEXT_BYTES];

handle_t proc_group(void)
{
	return rt_handle(span_text("root-group"));
}

static struct span file_name(u64 which)
{
	switch (which) {
	case FILE_STATUS: return span_text("status");
	case FILE_CAPS: return span_text("caps");
	case FILE_NS: return span_text("ns");
	case FILE_CTL: return span_text("ctl");
	default: return span_empty();
	}
}

static enum status open_process(u64 id, u32 rights, handle_t *process)
{
	return sys_group_open_process(proc_group(), id, rights, process);
}

static bool process_exists(u64 id)
{
	handle_t process;

	if (open_process(id, RIGHT_INSPECT, &process) != STATUS_OK)
		return false;
	sys_cap_drop(process);
	return true;
}

static u64 walk(u64 node, struct span name)
{
	u64 id;

	if (node == 0) {
		if (span_equal(name, span_text("table")))
			return NODE_TABLE;
		return span_parse_u64(name, &id) && id != 0 && id < 1ull << 48 && process_exists(id) ? id << 8 : U64_MAX;
	}
	if (node == NODE_TABLE || (node & 0xff) != FILE_DIRECTORY)
		return U64_MAX;
	for (u64 which = FILE_STATUS; which < FILE_COUNT; which++) {
		if (span_equal(name, file_name(which)))
			return node | which;
	}
	return U64_MAX;
}

static enum status proc_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	u64 node = from->node;

	(void)call;
	while (span_len(path) > 0 && node != U64_MAX)
		node = walk(node, path_next(&path));
	if (node == U64_MAX)
		return STATUS_NOT_FOUND;
	file->node = node;
	file->qid_type = node != NODE_TABLE && (node & 0xff) == FILE_DIRECTORY ? QID_DIRECTORY : QID_FILE;
	return STATUS_OK;
}

static enum status root_entry(u64 index, struct dir_entry *out)
{
	struct process_info info = {};
	TEXT_BUFFER(name, 24);

	if (index == 0) {
		service_set_entry(out, span_text("table"), QID_FILE, NODE_TABLE, 0);
		return STATUS_OK;
	}
	for (u64 i = 0; i < index; i++) {
		enum status status = sys_group_next_process(proc_group(), info.id, &info);

		if (status != STATUS_OK)
			return status;
	}
	text_add_u64(&name, info.id);
	service_set_entry(out, text_span(&name), QID_DIRECTORY, info.id << 8, 0);
	return STATUS_OK;
}

static enum status proc_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	if (directory->node == 0)
		return root_entry(index, out);
	if (index >= FILE_COUNT - FILE_STATUS)
		return STATUS_NOT_FOUND;
	service_set_entry(out, file_name(FILE_STATUS + index), QID_FILE, directory->node | (FILE_STATUS + index), 0);
	return STATUS_OK;
}

static enum status proc_read(struct service_call *call, struct service_file *file)
{
	struct text t = text_on(MSPAN_OF_ARRAY(text_bytes));
	handle_t process = {};

	if (file->node == NODE_TABLE) {
		describe_table(proc_group(), &t);
		return service_put_at(call, text_span(&t));
	}
	enum status status = open_process(file->node >> 8, RIGHT_INSPECT | PROCESS_RIGHT_DEBUG, &process);

	if (status != STATUS_OK)
		return status;
	switch (file->node & 0xff) {
	case FILE_STATUS: status = describe_status(process, &t); break;
	case FILE_CAPS: describe_caps(process, &t); break;
	case FILE_NS: status = describe_names(process, &t); break;
	default: status = STATUS_NOT_SUPPORTED; break;
	}
	sys_cap_drop(process);
	return status == STATUS_OK ? service_put_at(call, text_span(&t)) : status;
}

static enum status kill_process(u64 id)
{
	handle_t process;
	enum status status = open_process(id, PROCESS_RIGHT_KILL, &process);

	if (status != STATUS_OK)
		return status;
	status = sys_process_kill(process, KILL_STATUS);
	sys_cap_drop(process);
	return status;
}

static enum status proc_write(struct service_call *call, struct service_file *file)
{
	u8 bytes[COMMAND_BYTES];
	u64 got = 0;

	if (file->node == NODE_TABLE || (file->node & 0xff) != FILE_CTL)
		return STATUS_NOT_SUPPORTED;
	if (call->count > sizeof(bytes))
		return STATUS_TOO_LONG;
	enum status status = service_take(call, 0, MSPAN_OF_ARRAY(bytes), &got);

	if (status != STATUS_OK)
		return status;
	struct span word = span_trim(span_first(SPAN_OF_ARRAY(bytes), got));

	return span_equal(word, span_text("kill")) ? kill_process(file->node >> 8) : STATUS_INVALID;
}

static const struct service_ops ops = {
	.open = proc_open, .read = proc_read, .write = proc_write, .entry = proc_entry,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	service_run(&ops);
}
