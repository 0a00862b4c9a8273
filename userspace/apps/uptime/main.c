/* SPDX-License-Identifier: Apache-2.0
 *
 * uptime: time since the kernel started.
 */
#include "lib/tool/tool.h"
#include "abi/stubs.h"

u64 program_main(const struct rt_args *args)
{
	struct machine_stat stat;
	TEXT_BUFFER(line, 160);

	(void)args;
	text_add(&line, "up ");
	text_add_seconds(&line, rt_now_ns());
	text_add(&line, " s");
	if (sys_machine_stat(rt_handle(span_text("machine")), &stat) == STATUS_OK) {
		text_add(&line, ", ");
		text_add_u64(&line, stat.cpus);
		text_add_span(&line, stat.cpus == 1 ? span_text(" CPU") : span_text(" CPUs"));
		text_add(&line, ", first user instruction after ");
		text_add_seconds(&line, stat.first_user_ns);
		text_add(&line, " s");
	}
	text_add(&line, "\n");
	print_text(&line);
	print_flush();
	return TOOL_OK;
}
