/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine of the proofs: one processor, the one that makes the entry.
 */
#ifndef TESTS_PROVE_INCLUDE_HAL_ARCH_CPU_H
#define TESTS_PROVE_INCLUDE_HAL_ARCH_CPU_H

#include "hal_arch/frame.h"
#include "lib/base/safe.h"

#define HAL_RARE_CALL

struct cpu;

struct STABLE hal_cpu {
	struct hal_frame *frame;
};

extern struct cpu *prove_this_cpu;

static FORCE_INLINE struct cpu *hal_this_cpu(void) { return prove_this_cpu; }

/* An entry is proved alone: nobody would release what is spun for. */
static inline void hal_relax(void) { prove_stop("spin"); }

#endif
