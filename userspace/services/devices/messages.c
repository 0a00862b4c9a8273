/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines that are messages, for functions with plain MSI: what they write is in configuration space, which only this service
 * writes. The line is in the table like a wire, and is one to who drives the function.
 */
#include "userspace/services/devices/parts.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/rt/rt.h"

/* WHY few: from the other end the keeper gives lines to functions with MSI-X. */
enum : u32 { GIVEN_MAX = 16 };

static u32 next, given; /* the first line that may be left */

/* False too if there is no such line, or it is a wire. */
static bool ask(u32 line, struct irq_message *message)
{
	handle_t one;

	if (sys_cap_derive(rt_handle(span_text("lines")), IRQ_RIGHT_BIND, line, 1, &one) != STATUS_OK)
		return false;
	bool is_message = sys_irq_message(one, message) == STATUS_OK;

	sys_cap_drop(one);
	return is_message;
}

bool messages_give(const struct pci_config *config, struct pci_function *f)
{
	struct irq_message message = {};
	struct cap_info all;

	if (f->line != PCI_NO_LINE || given == GIVEN_MAX || sys_cap_inspect(rt_handle(span_text("lines")), &all) != STATUS_OK)
		return false;
	while (next < all.count && !ask(next, &message))
		next++;
	if (next == all.count || !pci_set_message(config, f->function, message.address, message.data))
		return false;
	f->line = next++;
	given++;
	return true;
}
