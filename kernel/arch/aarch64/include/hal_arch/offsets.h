/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: offsets and numbers that assembly and C share. Only #defines: assembly includes it.
 * frame.c, cpu.c and smp.c assert that they agree with the structs.
 */
#ifndef KERNEL_ARCH_AARCH64_HAL_ARCH_OFFSETS_H
#define KERNEL_ARCH_AARCH64_HAL_ARCH_OFFSETS_H

/* struct hal_frame: x0 to x30, of which x11 has a name, then these. */
#define FRAME_STATUS 88
#define FRAME_X30 240
#define FRAME_SP 248
#define FRAME_PC 256
#define FRAME_PSTATE 264
#define FRAME_BYTES 272

/* struct cpu and struct hal_cpu, from TPIDR_EL1 */
#define CPU_SELF 0
#define CPU_FRAME 8
#define CPU_KERNEL_STACK 16
#define CPU_FAULT_STACK 24
#define CPU_CURRENT 104

/* struct kernel_trap: x0 to x30, then these. */
#define TRAP_SP 248
#define TRAP_PC 256
#define TRAP_PSTATE 264
#define TRAP_ESR 272
#define TRAP_FAR 280
#define TRAP_VECTOR 288
#define TRAP_BYTES 304

/* struct boot_info */
#define BOOT_INFO_SEED 144

/* struct cpu_stacks: guard page, then the stack */
#define STACK_KERNEL_BYTES 16384
#define STACK_FAULT_BYTES 8192
#define STACK_KERNEL_TOP (4096 + STACK_KERNEL_BYTES)
#define STACKS_BYTES (2 * 4096 + STACK_KERNEL_BYTES + STACK_FAULT_BYTES)

/* struct cpu_start: what a processor that starts finds, by physical address */
#define START_CPU 0
#define START_STACK 8
#define START_UPPER_ROOT 16
#define START_LOWER_ROOT 24
#define START_TCR 32
#define START_ENTRY 40

#endif
