/* SPDX-License-Identifier: Apache-2.0
 *
 * SPEC: Arm ARM C6.2, B and BL: bits 30 to 26 are 00101, the lower ones the distance in words.
 */
#include "userspace/services/loader/branch.h"

enum : u32 { BYTES = 4, KIND_SHIFT = 26, KIND_MASK = 0x1f, BRANCH = 5, TO_ITSELF = 0x14000000 };

bool branch_is_at(struct span text, usize at, usize *distance)
{
	*distance = at;
	return at % BYTES == 0 && span_has(text, at, BYTES) && (span_le32(text, at) >> KIND_SHIFT & KIND_MASK) == BRANCH;
}

void branch_put_loop(struct mspan text, usize at) { mspan_put_le32(text, at, TO_ITSELF); }
