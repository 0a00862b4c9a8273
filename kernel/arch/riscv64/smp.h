/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: other processors.
 */
#ifndef KERNEL_ARCH_RISCV64_SMP_H
#define KERNEL_ARCH_RISCV64_SMP_H

#include "lib/base/safe.h"

/* Processors as firmware takes them: bit i is the one with number base + i. */
struct hart_group { u64 mask, base; };

/* Takes as many as go into one group out of a set of processors of ours, which is not empty. */
struct hart_group smp_take_group(u64 *cpus);

/* In assembly: the first instructions of a processor, and those behind the change to the kernel's tables. */
void secondary_entry(void);
void secondary_mapped(void);

#endif
