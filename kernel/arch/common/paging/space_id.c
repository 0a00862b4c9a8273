/* SPDX-License-Identifier: Apache-2.0
 *
 * Ids of address spaces. See space_id.h.
 */
#include "kernel/arch/common/paging/space_id.h"
#include "kernel/hal/atomic.h"

enum : u32 { TRIES = 64 };

static u64 taken[SPACE_IDS_MAX / 64] = { 1 };  /* id 0 is never handed out */
static u32 next_id;

u32 space_id_take(u32 count)
{
	/* WHY a few tries only: when nearly all are taken, sharing costs less than the search. */
	for (u32 i = 0; i < TRIES; i++) {
		u32 id = atomic_add(&next_id, 1u) & (count - 1);
		u64 bit = 1ull << id % 64;

		if ((atomic_or(ELEM(taken, id / 64), bit) & bit) == 0)
			return id;
	}
	return 0;
}

void space_id_give(const struct hal_space *space)
{
	if (space->asid == 0)
		return;
	space_id_forget(space);
	atomic_and(ELEM(taken, space->asid / 64), ~(1ull << space->asid % 64));
}
