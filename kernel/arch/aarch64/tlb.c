/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: forgetting cached translations, here and on other processors, which hear of it by broadcast:
 * nobody is interrupted, and nobody has to answer. SPEC: Arm ARM (DDI 0487), D8.16 "TLB maintenance".
 */
#include "kernel/arch/aarch64/features.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/arch/common/paging/space_id.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/mmu.h"
#include "hal_arch/entry.h"
#include "hal_arch/switch.h"

enum : u64 { SINGLE_MAX = 32 /* pages; above it all of the space are flushed at once */ };

static u64 tagged(u32 id) { return (u64)id << 48; }

void space_id_forget(const struct hal_space *space)
{
	BARRIER(ishst);
	TLB_FORGET(aside1is, tagged(space->asid));
	BARRIER(ish);
}

void aarch64_activate_shared(u64 key_low, u64 key_high)
{
	if (aarch64_features.signatures)
		aarch64_load_key(key_low, key_high);
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

/* WHY the last barrier: that of the entry which follows is for stores, and waits for no cache.
 * SPEC: Arm ARM (DDI 0487), B2.7.4.2 "Caches and memory hierarchy: instruction and data", B2.3.12 "Data Synchronization
 * Barrier". */
void aarch64_make_fetchable(paddr_t frame)
{
	if (aarch64_features.instructions_coherent)
		return;
	for (u64 at = 0; at < PAGE_BYTES; at += aarch64_features.line_bytes)
		aarch64_clean_to_fetch((vaddr_t){ hal_direct(frame).v + at });
	BARRIER(ish);
	aarch64_forget_instructions();
	BARRIER(ish);
}
