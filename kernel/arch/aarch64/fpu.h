/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: floating point: what assembly provides, and the control of traps.
 */
#ifndef KERNEL_ARCH_AARCH64_FPU_H
#define KERNEL_ARCH_AARCH64_FPU_H

#include "kernel/hal/frame.h"

/* SPEC: Arm ARM (DDI 0487), D24.2 CPACR_EL1.FPEN. SVE and SME always trap. */
enum : u64 { CPACR_KERNEL_ONLY = 1u << 20, CPACR_OPEN = 3u << 20 };

/* On this processor no thread has state in the registers. */
void fpu_trap_user(void);

void fpu_save(struct hal_fpu *to);
void fpu_load(const struct hal_fpu *from);

#endif
