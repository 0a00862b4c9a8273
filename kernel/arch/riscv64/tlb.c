/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: forgetting cached translations, here and on other processors, which firmware does there: they are
 * interrupted below the kernel, so that nobody has to serve requests while he waits.
 * SPEC: RISC-V Privileged Architecture 20211203, 4.2.1 "SFENCE.VMA"; RISC-V SBI 1.0, chapter 8 "RFENCE Extension"
 *
 * Waiting for another processor is what costs most, above all where it is an emulator's thread that does not run. So only
 * those are asked that use the space now. From all others it is taken what they know of the space, and they forget what
 * they have cached, and fetched, when they use it again: the same after a change as at the first time.
 */
#include "hal_arch/entry.h"
#include "hal_arch/switch.h"
#include "kernel/arch/common/paging/space_id.h"
#include "kernel/arch/riscv64/features.h"
#include "kernel/arch/riscv64/instructions.h"
#include "kernel/arch/riscv64/sbi.h"
#include "kernel/arch/riscv64/smp.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/mmu.h"

enum : u64 { SINGLE_MAX = 32 /* pages; above it all of the space are flushed at once */, ALL_BYTES = U64_MAX };

/* The bit comes first: who changes the space behind it finds it in use here, or changed it before anything is forgotten. */
void riscv64_meet_space(struct hal_cpu *cpu, struct hal_space *space)
{
	if (space->asid != 0)
		(void)atomic_or(&space->known, cpu->bit);
	atomic_fence();
	CSR_WRITE(satp, space->satp);
	riscv64_forget_id(space->asid);
	riscv64_fetch_anew();
}

static void flush_together(const struct hal_space *space, u64 at, u64 pages)
{
	riscv64_forget_begin();
	for (u64 i = 0; i < pages; i++)
		riscv64_forget_one(at + i * PAGE_BYTES, space->asid);
	riscv64_forget_end();
}

static void flush(const struct hal_space *space, u64 at, u64 pages)
{
	if (pages > SINGLE_MAX)
		riscv64_forget_id(space->asid);
	else if (pages > 1 && riscv64_features.svinval)
		flush_together(space, at, pages);
	else
		for (u64 i = 0; i < pages; i++)
			riscv64_forget_page(at + i * PAGE_BYTES, space->asid);
}

void hal_tlb_flush(struct hal_space *space, uaddr_t at, u64 pages) { flush(space, at.v, pages); }

/* The other processors that use a space which was changed. All that do not will meet it anew. */
static u64 users_of_changed(struct hal_space *space)
{
	u64 me = hal_this_cpu()->arch.bit, users = 0;

	(void)atomic_and(&space->known, me);
	atomic_fence();
	for (u32 i = 0; i < cpu_count(); i++)
		if (atomic_load(&cpu_at(i)->arch.space) == space)
			users |= 1ull << i;
	return users & ~me;
}

void hal_tlb_shootdown(struct hal_space *space, uaddr_t at, u64 pages)
{
	u64 cpus = users_of_changed(space);

	while (cpus != 0) {
		struct hart_group group = smp_take_group(&cpus);

		sbi_forget(group.mask, group.base, pages > SINGLE_MAX ? 0 : at.v, pages > SINGLE_MAX ? ALL_BYTES : pages * PAGE_BYTES,
			space->asid);
	}
}

/* The next space with this id is known by nobody, so whoever uses it forgets first. */
void space_id_forget(const struct hal_space *space) { (void)space; }

/* SPEC: RISC-V Unprivileged ISA 20191213, chapter 3 "Zifencei" */
void riscv64_make_fetchable(struct hal_space *space)
{
	u64 cpus = users_of_changed(space);

	riscv64_fetch_anew();
	while (cpus != 0) {
		struct hart_group group = smp_take_group(&cpus);

		sbi_fetch_anew(group.mask, group.base);
	}
}
