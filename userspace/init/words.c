/* SPDX-License-Identifier: Apache-2.0
 *
 * What went wrong, in words: a status or the end of a process; and how much memory is left, the first
 * thing to be asked.
 */
#include "userspace/init/boot.h"
#include "abi/names.h"
#include "abi/stubs.h"

static struct machine_stat machine; /* too large for a stack */

static void add_free_memory(struct text *line)
{
	if (sys_machine_stat(first_handle(INIT_HANDLE_MACHINE), &machine) != STATUS_OK)
		return;
	text_add(line, "; ");
	text_add_u64(line, machine.frames_free * machine.page_bytes / 1024);
	text_add(line, " KiB free of ");
	text_add_u64(line, machine.frames_total * machine.page_bytes / 1024);
	text_add(line, " KiB");
}

void boot_add_status(struct text *line, enum status status)
{
	text_add_cstr(line, status_text(status));
	if (status == STATUS_OUT_OF_FRAMES)
		add_free_memory(line);
}

void boot_add_end(struct text *line, const struct process_info *info)
{
	text_add_cstr(line, exit_reason_name(info->exit_reason));
	text_add(line, " ");
	if (info->exit_reason == EXIT_REASON_FAULTED)
		text_add_cstr(line, fault_kind_name((u32)info->exit_status));
	else
		text_add_u64(line, info->exit_status);
	add_free_memory(line);
}

void boot_crash(const struct text *line)
{
	TEXT_BUFFER(whole, 256);

	text_add(&whole, "crash: ");
	text_add_span(&whole, text_span(line));
	text_add(&whole, "\n");
	sys_klog_write(first_handle(INIT_HANDLE_KLOG), text_span(&whole));
}

void boot_crash_head(const struct process_info *info, struct span what)
{
	TEXT_BUFFER(line, 200);

	text_add(&line, "process ");
	text_add_u64(&line, info->id);
	text_add(&line, " (");
	text_add_span(&line, span_until_zero(SPAN_OF_ARRAY(info->name)));
	text_add(&line, "): ");
	text_add_span(&line, what);
	text_add(&line, ", time ");
	text_add_seconds(&line, rt_now_ns());
	boot_crash(&line);
}

void boot_give_up(struct span what)
{
	rt_log(what);
	rt_exit(1);
}

bool boot_asked(struct span word)
{
	if (sys_machine_stat(first_handle(INIT_HANDLE_MACHINE), &machine) != STATUS_OK)
		return false;
	for (struct span left = span_until_zero(SPAN_OF_ARRAY(machine.command_line)); span_len(left) > 0;) {
		if (span_equal(span_split(&left, ' '), word))
			return true;
	}
	return false;
}
