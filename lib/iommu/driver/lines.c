/* SPDX-License-Identifier: Apache-2.0
 *
 * The wires of a driver's unit. See driver.h. WHY all of them: which is for what is not in every table, and others are as good
 * a reason to look.
 */
#include "abi/stubs.h"
#include "lib/iommu/driver/driver.h"
#include "lib/rt/rt.h"
#include "lib/service/service.h"

enum : u32 { LINES_MAX = 4 };

static handle_t lines[LINES_MAX];
static u32 line_count;

static void find_lines(void)
{
	for (line_count = 0; line_count < LINES_MAX; line_count++) {
		TEXT_BUFFER(name, 16);

		text_add(&name, "irq");
		if (line_count > 0)
			text_add_u64(&name, line_count);
		*ELEM(lines, line_count) = rt_handle(text_span(&name));
		if (handle_is_none(*ELEM(lines, line_count)))
			return;
	}
}

/* WHY not all controllers: one that cannot be told takes a line as whoever made the machine said. */
static enum status listen_to(handle_t line, u32 bit)
{
	enum status status = sys_irq_edge(line);

	if (status != STATUS_OK && status != STATUS_NOT_SUPPORTED)
		return status;
	return sys_irq_bind(line, service_signal(), 1ull << bit);
}

enum status iommu_lines_listen(u32 bit)
{
	enum status status = STATUS_OK;

	find_lines();
	if (line_count == 0)
		return STATUS_NOT_SUPPORTED;
	for (u32 i = 0; i < line_count && status == STATUS_OK; i++)
		status = listen_to(*ELEM(lines, i), bit);
	return status;
}

void iommu_lines_heard(void)
{
	for (u32 i = 0; i < line_count; i++)
		(void)sys_irq_ack(*ELEM(lines, i));
}
