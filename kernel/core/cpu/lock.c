/* SPDX-License-Identifier: Apache-2.0
 *
 * The contended path of spin locks, and the lock order checker of debug kernels.
 */
#include "kernel/core/cpu/lock.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/cpu.h"
#include "kernel/hal/mmu.h"

HAL_RARE_CALL void lock_spin(struct lock *lock)
{
	struct cpu *cpu = hal_this_cpu();
	u64 *waits = ELEM(cpu->lock_waits, lock->level), spins = 0;

	do {
		while (atomic_load(&lock->taken) != 0) {
			spins++;
			hal_relax();
			hal_tlb_serve();
		}
	} while (atomic_exchange(&lock->taken, 1u) != 0);
	atomic_store(waits, *waits + 1);
	atomic_store(&cpu->lock_spins, cpu->lock_spins + spins);
}

/* Debug kernels: a processor's held locks, as a count for each level. A lock may be taken when
 * no lock of its level or an inner one is held. */
void lock_note_taken(const struct lock *lock)
{
	struct cpu *cpu = hal_this_cpu();

	for (u32 level = lock->level; level < LOCK_LEVELS; level++)
		INVARIANT(cpu->locks_held[level] == 0, "INV-LOCK-ORDER");
	cpu->locks_held[lock->level]++;
}

void lock_note_released(const struct lock *lock)
{
	struct cpu *cpu = hal_this_cpu();

	INVARIANT(cpu->locks_held[lock->level] != 0, "INV-LOCK-HELD");
	cpu->locks_held[lock->level]--;
}
