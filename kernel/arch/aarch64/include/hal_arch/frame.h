/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the register frame and the floating point state of a thread. See kernel/hal/frame.h.
 * The entry code (entry.S) knows the offsets: hal_arch/offsets.h, checked against this struct in frame.c.
 */
#ifndef KERNEL_ARCH_AARCH64_HAL_ARCH_FRAME_H
#define KERNEL_ARCH_AARCH64_HAL_ARCH_FRAME_H

#include "lib/base/safe.h"

/* WHY only from assembly: a C function that calls one keeps d8 to d15 for its own caller, by instructions that the kernel
 * may not use. */
#define HAL_HANDLER_CALL __attribute__((preserve_none))
#define HAL_LAST_CALL
#define HAL_ENTRY_CALL __attribute__((preserve_none))

/* The frame pointer points to the pair of the caller's and the return address. */
enum : u64 { HAL_FRAME_RECORD = 0 };

/* INV: the stack pointer is the running thread's frame while user mode runs, so it is aligned like one. */
struct STABLE hal_frame {
	alignas(16) u64 arg0;  /* x0 */
	u64 arg1;
	u64 word[8];           /* x2 to x9 */
	u64 deadline;          /* x10 */
	u64 status;            /* x11 */
	u64 kept[18];          /* x12 to x29 */
	u64 x30;
	u64 sp, pc;
	/* INV: a 64-bit user mode with all interrupts open. */
	u64 pstate;
};

static FORCE_INLINE u64 hal_frame_ip(const struct hal_frame *frame) { return frame->pc; }
static FORCE_INLINE u64 hal_frame_sp(const struct hal_frame *frame) { return frame->sp; }
static FORCE_INLINE u64 hal_frame_fp(const struct hal_frame *frame) { return frame->kept[17]; } /* x29 */

/* SPEC: Arm ARM (DDI 0487), B1.2.1: V0 to V31 of 128 bits, FPCR, FPSR. */
enum : u32 { HAL_FPU_REGISTERS = 32 };

struct STABLE hal_fpu {
	alignas(16) u64 vector[HAL_FPU_REGISTERS * 2];
	u64 control, status;
};

#endif
