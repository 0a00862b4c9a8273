/* SPDX-License-Identifier: Apache-2.0
 *
 * Unpredictable numbers: a ChaCha20 generator for each processor, keyed from the boot seed, the
 * processor's own source and the clock; the key is replaced after each block, so that a later
 * look at memory tells nothing about numbers given before.
 */
#ifndef KERNEL_CORE_RANDOM_RANDOM_H
#define KERNEL_CORE_RANDOM_RANDOM_H

#include "boot/boot_info.h"

/* Keys the boot processor's generator. Numbers asked for before are as good as the clock. */
void random_init(const struct boot_info *info);

/* Keys another processor's generator, on the boot processor. */
struct cpu;
void random_init_cpu(struct cpu *cpu);

/* 64 bits from this processor's generator. About 700 instructions once in 4 calls, else 10. */
u64 random_u64(void);

#endif
