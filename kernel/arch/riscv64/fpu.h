/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: floating point: what assembly provides, and the state of the unit.
 */
#ifndef KERNEL_ARCH_RISCV64_FPU_H
#define KERNEL_ARCH_RISCV64_FPU_H

#include "kernel/hal/frame.h"

/* SPEC: RISC-V Privileged Architecture 20211203, 3.1.6.6: off, and then every use is an invalid instruction; initial,
 * clean, dirty. Vectors (VS) stay off. */
enum : u64 { STATUS_VECTORS = 3u << 9, STATUS_FLOATS = 3u << 13, STATUS_FLOATS_CLEAN = 2u << 13, STATUS_FLOATS_DIRTY = 3u << 13 };

void fpu_save(struct hal_fpu *to);
void fpu_load(const struct hal_fpu *from);

#endif
