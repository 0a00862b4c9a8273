/* SPDX-License-Identifier: Apache-2.0
 *
 * Simulated machine: switching. See kernel/hal/mmu.h, kernel/hal/frame.h and kernel/hal/time.h.
 */
#ifndef TESTS_HOST_INCLUDE_HAL_ARCH_SWITCH_H
#define TESTS_HOST_INCLUDE_HAL_ARCH_SWITCH_H

#include "hal_arch/cpu.h"
#include "hal_arch/mmu.h"
#include "kernel/hal/time.h"

void fake_space_activate(struct hal_cpu *cpu, struct hal_space *space);
void fake_tls_load(uaddr_t tls);

static inline void hal_space_activate(struct hal_cpu *cpu, struct hal_space *space) { fake_space_activate(cpu, space); }
static inline void hal_tls_load(uaddr_t tls) { fake_tls_load(tls); }
static inline u64 hal_clock_here(const struct hal_cpu *cpu) { (void)cpu; return hal_clock_ns(); }

#endif
