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

static void node_row(u32 node, const struct machine_stat *stat)
{
	TEXT_BUFFER(name, 24);
	TEXT_BUFFER(cpus, 160);

	text_add(&name, "node ");
	text_add_u64(&name, node);
	row(text_span(&name), *ELEM(stat->node_frames_total, node) * stat->page_bytes);
	text_add(&name, " free");
	row(text_span(&name), *ELEM(stat->node_frames_free, node) * stat->page_bytes);
	text_add(&cpus, "node ");
	text_add_u64(&cpus, node);
	text_add(&cpus, " CPUs");
	for (u32 cpu = 0; cpu < 64; cpu++) {
		if ((*ELEM(stat->node_cpus, node) >> cpu & 1) == 0)
			continue;
		text_add(&cpus, " ");
		text_add_u64(&cpus, cpu);
	}
	text_add(&cpus, "\n");
	print_text(&cpus);
}

/* One node is all memory, which was said. */
static void show_nodes(const struct machine_stat *stat)
{
	if (stat->node_frames_total[0] == stat->frames_total)
		return;
	for (u32 node = 0; node < ARRAY_LEN(stat->node_frames_total); node++)
		if (*ELEM(stat->node_frames_total, node) != 0)
			node_row(node, stat);
}

/* Too large for a stack, with its command line. */
static struct machine_stat machine;

static enum status show_machine(void)
{
	enum status status = sys_machine_stat(rt_handle(span_text("machine")), &machine);

	if (status != STATUS_OK)
		return status;
	row(span_text("memory"), machine.frames_total * machine.page_bytes);
	row(span_text("free"), machine.frames_free * machine.page_bytes);
	row(span_text("used"), (machine.frames_total - machine.frames_free) * machine.page_bytes);
	row(span_text("kernel image"), machine.kernel_image_bytes);
	row(span_text("kernel objects"), machine.kernel_object_bytes);
	show_nodes(&machine);
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
