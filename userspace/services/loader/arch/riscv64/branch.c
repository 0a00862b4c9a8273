/* SPDX-License-Identifier: Apache-2.0
 *
 * SPEC: RISC-V unprivileged, JAL: opcode 1101111, the distance in the upper 20 bits.
 */
#include "userspace/services/loader/branch.h"

enum : u32 { BYTES = 4, OPCODE_MASK = 0x7f, JAL = 0x6f };

bool branch_is_at(struct span text, usize at, usize *distance)
{
	*distance = at + 2;
	return at % 2 == 0 && span_has(text, at, BYTES) && (span_le32(text, at) & OPCODE_MASK) == JAL;
}

/* To itself, and without a return address: distance 0, register 0. */
void branch_put_loop(struct mspan text, usize at) { mspan_put_le32(text, at, JAL); }
