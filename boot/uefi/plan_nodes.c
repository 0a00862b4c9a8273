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

static void one_node(struct span what)
{
	TEXT_BUFFER(text, MESSAGE_BYTES);
	text_add(&text, "the table of NUMA nodes (ACPI SRAT) ");
	text_add_span(&text, what);
	text_add(&text, "; going on as if all memory were equally near");
	message_problem(&text);
}

void plan_nodes(struct plan *plan)
{
	struct span table;
	switch (acpi_find(&plan->info, view, span_text("SRAT"), &table)) {
	case ACPI_ABSENT:
		return;
	case ACPI_DAMAGED:
		one_node(span_text("has a wrong length or checksum, or a table that leads to it has"));
		return;
	case ACPI_GOOD:
		break;
	}
	enum nodes_problem problem = nodes_read(table, &plan->info, &plan->nodes);
	if (problem != NODES_OK)
		one_node(span_of_cstr(nodes_problem_text(problem)));
}

void plan_nodes_apply(const struct plan *plan, struct memory_map *list)
{
	if (!nodes_apply(&plan->nodes, list))
		one_node(span_text("cuts the memory map into more than 2048 ranges"));
}
