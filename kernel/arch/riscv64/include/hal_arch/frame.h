/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: the register frame and the floating point state of a thread. See kernel/hal/frame.h.
 * The entry code (entry.S) knows the offsets: hal_arch/offsets.h, checked against this struct in frame.c.
 */
#ifndef KERNEL_ARCH_RISCV64_HAL_ARCH_FRAME_H
#define KERNEL_ARCH_RISCV64_HAL_ARCH_FRAME_H

#include "lib/base/safe.h"

#define HAL_ENTRY_CALL
#define HAL_HANDLER_CALL
#define HAL_LAST_CALL

/* Where the pair of return address and caller's frame pointer ends: at the frame pointer.
 * SPEC: RISC-V ABIs Specification 1.0, 2.1 "Frame Pointer Convention" */
enum : u64 { HAL_FRAME_RECORD = 16 };

/* WHY no status register: user mode always runs with interrupts open, and of what else the register has only the
 * state of the floating point unit differs, which hal_fpu_switch sets. */
struct STABLE hal_frame {
	u64 arg0;     /* a0 */
	u64 arg1;     /* a1 */
	u64 word[8];  /* a2 to a7, t3, t4 */
	u64 deadline; /* t5 */
	u64 status;   /* t6 */
	u64 ra, sp, gp, tp;
	u64 t[3];     /* t0 to t2 */
	u64 s[12];    /* s0 to s11 */
	u64 pc;
	u64 cpu;      /* of the kernel: the struct cpu of the processor that runs it */
};

static FORCE_INLINE u64 hal_frame_ip(const struct hal_frame *frame) { return frame->pc; }
static FORCE_INLINE u64 hal_frame_sp(const struct hal_frame *frame) { return frame->sp; }
static FORCE_INLINE u64 hal_frame_fp(const struct hal_frame *frame) { return frame->s[0]; }

/* SPEC: RISC-V Unprivileged ISA 20191213, 12.1 "D Register State": f0 to f31 of 64 bits, fcsr. */
enum : u32 { HAL_FPU_REGISTERS = 32 };

struct STABLE hal_fpu {
	u64 f[HAL_FPU_REGISTERS];
	u64 control;
};

#endif
