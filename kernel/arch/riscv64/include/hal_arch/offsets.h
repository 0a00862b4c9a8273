/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: offsets and numbers that assembly and C share. Only #defines: assembly includes it.
 * frame.c, cpu.c, trap.c and smp.c assert that they agree with the structs.
 */
#ifndef KERNEL_ARCH_RISCV64_HAL_ARCH_OFFSETS_H
#define KERNEL_ARCH_RISCV64_HAL_ARCH_OFFSETS_H

/* struct hal_frame */
#define FRAME_ARG0 0
#define FRAME_WORD 16
#define FRAME_DEADLINE 80
#define FRAME_STATUS 88
#define FRAME_RA 96
#define FRAME_SP 104
#define FRAME_GP 112
#define FRAME_TP 120
#define FRAME_T0 128
#define FRAME_S0 152
#define FRAME_PC 248
#define FRAME_CPU 256
#define FRAME_BYTES 264

/* struct cpu and struct hal_cpu, from tp */
#define CPU_SELF 0
#define CPU_FRAME 8
#define CPU_KERNEL_STACK 16
#define CPU_FAULT_STACK 24
#define CPU_CURRENT 96

/* struct kernel_trap: x1 to x31, then these. */
#define TRAP_PC 248
#define TRAP_CAUSE 256
#define TRAP_VALUE 264
#define TRAP_STATUS 272
#define TRAP_BYTES 288

/* scause of a system call. SPEC: RISC-V Privileged Architecture 20211203, table 4.2 */
#define CAUSE_CALL 8

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
#define START_SATP 16
#define START_ENTRY 24

#endif
