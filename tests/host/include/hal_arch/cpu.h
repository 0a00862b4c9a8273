/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: simulated processors. The kernel core runs on whichever the test has selected
 * (tests/host/fake_hal/machine.h).
 */
#ifndef TESTS_HOST_INCLUDE_HAL_ARCH_CPU_H
#define TESTS_HOST_INCLUDE_HAL_ARCH_CPU_H

#include "hal_arch/frame.h"
#include "lib/base/safe.h"

#define HAL_RARE_CALL

struct cpu;
struct hal_space;

struct STABLE hal_cpu {
	struct hal_frame *frame;
	struct hal_space *space; /* active; null: none */
};

/* The processor whose turn it is. */
extern struct cpu *fake_this_cpu;

static FORCE_INLINE struct cpu *hal_this_cpu(void) { return fake_this_cpu; }

/* Whoever is waited for has to run meanwhile (tests/host/fake_hal/machine.h). */
void fake_wait(void);
static inline void hal_relax(void) { fake_wait(); }

/* No test of the host makes that mistake. */
static inline void hal_mistaken_jump(u64 at) { (void)at; }

#endif
