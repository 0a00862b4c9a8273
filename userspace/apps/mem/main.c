/* SPDX-License-Identifier: Apache-2.0
 *
 * mem: memory of the machine: how much there is, who has it.
 */
#include "lib/tool/tool.h"
#include "abi/stubs.h"

static void row(struct span name, u64 bytes)
{
	TEXT_BUFFER(line, 96);
	TEXT_BUFFER(size, 24);

	text_add_padded(&line, name, 22);
	text_add_size(&size, bytes);
	text_add_repeated(&line, ' ', size.used < 12 ? 12 - (u32)size.used : 0);
	text_add_span(&line, text_span(&size));
	text_add_u64_right(&line, bytes, 16);
	text_add(&line, " B\n");
	print_text(&line);
}

static enum status show_machine(void)
{
	struct machine_stat stat;
	enum status status = sys_machine_stat(rt_handle(span_text("machine")), &stat);

	if (status != STATUS_OK)
		return status;
	row(span_text("memory"), stat.frames_total * stat.page_bytes);
	row(span_text("free"), stat.frames_free * stat.page_bytes);
	row(span_text("used"), (stat.frames_total - stat.frames_free) * stat.page_bytes);
	row(span_text("kernel image"), stat.kernel_image_bytes);
	row(span_text("kernel objects"), stat.kernel_object_bytes);
	return STATUS_OK;
}

static enum status show_root(void)
{
	struct group_stat stat;
	enum status status = sys_group_stat(rt_handle(span_text("root")), &stat);

	if (status != STATUS_OK)
		return status;
	row(span_text("user space"), stat.frames << PAGE_SHIFT);
	row(span_text("user space at most"), stat.frames_peak << PAGE_SHIFT);
	TEXT_BUFFER(line, 128);

	text_add_u64(&line, stat.objects);
	text_add(&line, " kernel objects, ");
	text_add_u64(&line, stat.caps);
	text_add(&line, " capabilities, ");
	text_add_u64(&line, stat.threads);
	text_add(&line, " threads\n");
	print_text(&line);
	return STATUS_OK;
}

u64 program_main(const struct rt_args *args)
{
	if (args->count > 0)
		return tool_usage(span_text("(no arguments)"));
	enum status status = show_machine();

	if (status == STATUS_OK)
		status = show_root();
	print_flush();
	return status == STATUS_OK ? TOOL_OK : tool_fail_status(span_text("cannot ask the kernel"), status);
}
