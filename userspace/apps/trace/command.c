/* SPDX-License-Identifier: Apache-2.0
 *
 * See command.h.
 */
#include "userspace/apps/trace/command.h"
#include "lib/authority/authority.h"
#include "lib/spawn/spawn.h"
#include "lib/tool/tool.h"
#include "abi/stubs.h"

enum : u32 { COMMAND_BYTES = 1024 };
enum : u64 { STATUS_NOT_STARTED = 127, STATUS_FAULT = 139 };

static struct spawn shell;
static handle_t process;

enum status command_prepare(const struct rt_args *args, u32 first, u64 *group)
{
	struct group_stat stat = {};
	TEXT_BUFFER(text, COMMAND_BYTES);

	for (u32 i = first; i < args->count; i++) {
		if (i > first)
			text_add(&text, " ");
		text_add_span(&text, rt_arg(i));
	}
	spawn_begin(&shell, span_text("bin/shell"));
	spawn_add_arg(&shell, span_text("-c"));
	spawn_add_arg(&shell, text_span(&text));
	spawn_inherit_files(&shell);
	authority_add(&shell, span_text("shell"));
	if (text.cut)
		return STATUS_TOO_LONG;
	if (shell.group.v == rt_group().v)
		return STATUS_DENIED;
	enum status status = sys_group_stat(shell.group, &stat);

	*group = stat.id;
	return status;
}

bool command_start(handle_t signal, u64 bits)
{
	if (spawn_start(&shell, &process) != STATUS_OK) {
		(void)tool_fail(span_text("the command"), spawn_reason(&shell));
		return false;
	}
	enum status status = sys_process_watch(process, signal, bits);

	if (status != STATUS_OK)
		(void)tool_fail_status(span_text("the command cannot be watched"), status);
	return status == STATUS_OK;
}

u64 command_status(void)
{
	struct process_info info = {};

	if (sys_process_stat(process, &info) != STATUS_OK)
		return STATUS_NOT_STARTED;
	return info.exit_reason == EXIT_REASON_FAULTED ? STATUS_FAULT : info.exit_status;
}
