/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine of the proofs: switching to another thread changes nothing that a proof looks at.
 */
#ifndef TESTS_PROVE_INCLUDE_HAL_ARCH_SWITCH_H
#define TESTS_PROVE_INCLUDE_HAL_ARCH_SWITCH_H

#include "hal_arch/cpu.h"
#include "hal_arch/mmu.h"
#include "kernel/hal/time.h"

static inline void hal_space_activate(struct hal_cpu *cpu, struct hal_space *space)
{
	(void)cpu;
	(void)space;
}

static inline void hal_tls_load(uaddr_t tls) { (void)tls; }
static inline u64 hal_clock_here(const struct hal_cpu *cpu) { (void)cpu; return hal_clock_ns(); }

#endif
