/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: forgetting cached translations, here and on other processors, which hear of it by broadcast:
 * nobody is interrupted, and nobody has to answer. SPEC: Arm ARM (DDI 0487), D8.16 "TLB maintenance".
 *
 * Every space has an id of its own as long as there are some. Those that have none share id 0, under which
 * everything is forgotten whenever one of them is activated.
 *
 * INV: TLB-ID  nothing is cached under an id that is not taken.
 */
#include "kernel/arch/aarch64/tlb.h"
#include "kernel/arch/aarch64/features.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/mmu.h"
#include "hal_arch/switch.h"

enum : u32 { IDS_MAX = 1u << 16, IDS_NARROW = 1u << 8, TRIES = 64 };
enum : u64 { SINGLE_MAX = 32 /* pages; above it all of the space are flushed at once */ };

static u64 taken[IDS_MAX / 64] = { 1 };  /* id 0 is never handed out */
static u32 next_id;

u32 tlb_id_take(void)
{
	u32 count = aarch64_features.wide_ids ? IDS_MAX : IDS_NARROW;

	/* WHY a few tries only: when nearly all are taken, sharing costs less than the search. */
	for (u32 i = 0; i < TRIES; i++) {
		u32 id = atomic_add(&next_id, 1u) & (count - 1);
		u64 bit = 1ull << id % 64;

		if ((atomic_or(ELEM(taken, id / 64), bit) & bit) == 0)
			return id;
	}
	return 0;
}

static u64 tagged(u32 id) { return (u64)id << 48; }

void tlb_id_give(u32 id)
{
	if (id == 0)
		return;
	BARRIER(ishst);
	TLB_FORGET(aside1is, tagged(id));
	BARRIER(ish);
	atomic_and(ELEM(taken, id / 64), ~(1ull << id % 64));
}

void aarch64_flush_shared_id(void)
{
	aarch64_isb();
	TLB_FORGET(aside1, tagged(0));
	BARRIER(nsh);
	aarch64_isb();
}

void hal_tlb_flush(struct hal_space *space, uaddr_t at, u64 pages)
{
	BARRIER(ishst);
	if (pages > SINGLE_MAX)
		TLB_FORGET(aside1is, tagged(space->asid));
	else
		for (u64 i = 0; i < pages; i++)
			TLB_FORGET(vale1is, tagged(space->asid) | (at.v >> PAGE_SHIFT) + i);
	BARRIER(ish);
}

/* The flush of this processor was everybody's. */
void hal_tlb_shootdown(struct hal_space *space, uaddr_t at, u64 pages)
{
	(void)space;
	(void)at;
	(void)pages;
}
