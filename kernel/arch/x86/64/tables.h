/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: descriptor tables, and making a processor ready for kernel code.
 */
#ifndef KERNEL_ARCH_X86_64_TABLES_H
#define KERNEL_ARCH_X86_64_TABLES_H

#include "kernel/core/cpu/cpu.h"

/* Fills the interrupt table; once. */
void tables_init(void);

/* Stacks, segments, GS base, system call registers and protections of this processor. The struct
 * becomes hal_this_cpu(). */
void tables_enter(struct cpu *cpu);

/* ---- in assembly ---- */

/* A pseudo-descriptor: SPEC: Intel SDM 3A, 3.5.1. */
struct PACKED table_pointer { u16 limit; u64 base; };
void tables_load(const struct table_pointer *gdt, const struct table_pointer *idt);
void trap_stubs(void);
void syscall_entry(void);

#endif
