/* SPDX-License-Identifier: Apache-2.0
 *
 * SPEC: Intel SDM 2A, CALL and JMP: E8 and E9 with a distance of 32 bits from the next instruction, EB with one of 8.
 */
#include "userspace/services/loader/branch.h"

enum : u32 { CALL = 0xe8, JUMP = 0xe9, SHORT_JUMP = 0xeb, TO_ITSELF = 0xfe, BYTES = 5 };

/* WHY the target: the byte may well be a part of another instruction. */
bool branch_is_at(struct span text, usize at, usize *distance)
{
	if (!span_has(text, at, BYTES) || (span_u8(text, at) != CALL && span_u8(text, at) != JUMP))
		return false;
	*distance = at + 1;
	return (at + BYTES + (u64)(i64)(i32)span_le32(text, at + 1)) < span_len(text);
}

void branch_put_loop(struct mspan text, usize at)
{
	mspan_put_u8(text, at, SHORT_JUMP);
	mspan_put_u8(text, at + 1, TO_ITSELF);
}
