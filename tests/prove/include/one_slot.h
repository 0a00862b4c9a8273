/* SPDX-License-Identifier: Apache-2.0
 *
 * A capability space that has one more slot, or not: for harnesses of calls that make something and hand it out. `self` is
 * who calls; slots.c proves the real functions.
 */
#ifndef TESTS_PROVE_INCLUDE_ONE_SLOT_H
#define TESTS_PROVE_INCLUDE_ONE_SLOT_H

static u32 reserved;

enum status cap_reserve(struct process *of, u32 count)
{
	PROVE(of == self->process && count == 1 && reserved == 0, "a slot");
	if (MAYBE())
		return STATUS_OUT_OF_CAPS;
	reserved = 1;
	return STATUS_OK;
}

void cap_unreserve(struct process *of, u32 count)
{
	PROVE(of == self->process && count == reserved, "what was reserved");
	reserved = 0;
}

#endif
