/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking firmware's tables which memory is near which processor. No trouble with them keeps the
 * machine from booting: it is told, and the kernel hears of one node.
 */
#include "boot/uefi/firmware.h"
#include "boot/uefi/message.h"
#include "boot/uefi/plan.h"
#include "lib/acpi/acpi.h"

enum : u32 { MESSAGE_BYTES = 256 };

static struct span view(u64 at, u64 bytes)
{
	return span_of(firmware_memory(at, bytes));
}

static void one_node(const struct plan *plan, enum nodes_problem problem)
{
	TEXT_BUFFER(text, MESSAGE_BYTES);
	struct span source = plan->nodes_of_tree ? span_text("the device tree") : span_text("the table of NUMA nodes (ACPI SRAT)");
	nodes_explain(&text, source, problem);
	message_problem(&text);
}

static enum nodes_problem nodes_of_tree(struct plan *plan)
{
	struct fdt fdt;
	plan->nodes_of_tree = true;
	if (plan->tree_bytes == 0 || !fdt_open(span_of(firmware_memory(plan->info.dtb, plan->tree_bytes)), &fdt))
		return NODES_OK;
	return nodes_read_tree(&fdt, &plan->info, &plan->nodes);
}

static enum nodes_problem nodes_find(struct plan *plan)
{
	struct span table;
	switch (acpi_find(&plan->info, view, span_text("SRAT"), &table)) {
	case ACPI_ABSENT: break;
	case ACPI_DAMAGED: return NODES_NO_TABLE;
	case ACPI_GOOD: return nodes_read(table, &plan->info, &plan->nodes);
	}
	return nodes_of_tree(plan);
}

void plan_nodes(struct plan *plan)
{
	enum nodes_problem problem = nodes_find(plan);
	if (problem != NODES_OK)
		one_node(plan, problem);
}

void plan_nodes_apply(const struct plan *plan, struct memory_map *list)
{
	if (!nodes_apply(&plan->nodes, list))
		one_node(plan, NODES_NO_ROOM);
}
