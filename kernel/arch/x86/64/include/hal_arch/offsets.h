/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: offsets and numbers that assembly and C share. Only #defines: assembly includes it.
 * frame.c and tables.c assert that they agree with the structs.
 */
#ifndef HAL_ARCH_OFFSETS_H
#define HAL_ARCH_OFFSETS_H

/* struct hal_frame */
#define FRAME_STATUS 0
#define FRAME_ARG0 8
#define FRAME_ARG1 16
#define FRAME_WORD0 24
#define FRAME_WORD1 32
#define FRAME_WORD2 40
#define FRAME_WORD3 48
#define FRAME_WORD4 56
#define FRAME_WORD5 64
#define FRAME_WORD6 72
#define FRAME_WORD7 80
#define FRAME_DEADLINE 88
#define FRAME_RBP 96
#define FRAME_RCX 104
#define FRAME_R11 112
#define FRAME_RIP 120
#define FRAME_CS 128
#define FRAME_RFLAGS 136
#define FRAME_RSP 144
#define FRAME_SS 152
#define FRAME_BY_SYSCALL 160

/* struct cpu and struct hal_cpu, from the GS base */
#define CPU_SELF 0
#define CPU_FRAME 8
#define CPU_KERNEL_STACK 16
#define CPU_SCRATCH 24
#define CPU_CURRENT 264

/* struct boot_info */
#define BOOT_INFO_SEED 144

/* struct cpu_stacks: guard page, then the stack */
#define STACK_KERNEL_BYTES 16384
#define STACK_SPECIAL_BYTES 8192
#define STACK_KERNEL_TOP (4096 + STACK_KERNEL_BYTES)
#define STACKS_BYTES (4 * 4096 + STACK_KERNEL_BYTES + 3 * STACK_SPECIAL_BYTES)

/* Selectors. The order is what SYSCALL and SYSRET want (SPEC: Intel SDM 3A, 5.8.8):
 * kernel code, kernel data; user data, user code. */
#define SELECTOR_KERNEL_CODE 0x08
#define SELECTOR_KERNEL_DATA 0x10
#define SELECTOR_USER_DATA 0x1b
#define SELECTOR_USER_CODE 0x23
#define SELECTOR_TSS 0x28

/* What the trampoline of other processors (trampoline.S) finds in its own page. */
#define TRAMPOLINE_ROOT 0x100
#define TRAMPOLINE_EFER 0x104
#define TRAMPOLINE_GDT_POINTER 0x108
#define TRAMPOLINE_JUMP 0x110
#define TRAMPOLINE_ENTRY 0x118
#define TRAMPOLINE_CPU 0x120
#define TRAMPOLINE_STACK 0x128
#define TRAMPOLINE_KERNEL_ROOT 0x130
#define TRAMPOLINE_GDT 0x140
#define TRAMPOLINE_BYTES 0x150

#define VECTOR_FIRST_INTERRUPT 32
#define VECTOR_STUB_BYTES 16

#define MSR_GS_BASE 0xc0000101

#endif
