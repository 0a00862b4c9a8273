/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: the register frame and the floating point state of a thread. See kernel/hal/frame.h.
 * The entry code (entry/syscall.S, entry/trap.S) knows the offsets: hal_arch/offsets.h,
 * checked against this struct in frame.c.
 */
#ifndef HAL_ARCH_FRAME_H
#define HAL_ARCH_FRAME_H

#include "lib/base/safe.h"

#define HAL_HANDLER_CALL __attribute__((preserve_none))
#define HAL_LAST_CALL __attribute__((preserve_none))
/* Called from assembly, never through a pointer: it needs no mark where to land. */
#define HAL_ENTRY_CALL __attribute__((preserve_none, nocf_check))

/* The frame pointer points to the pair of the caller's and the return address. */
enum : u64 { HAL_FRAME_RECORD = 0 };

struct STABLE hal_frame {
	u64 status;   /* rax */
	u64 arg0;     /* rdi */
	u64 arg1;     /* rsi */
	u64 word[8];  /* rdx r10 r8 r9 rbx r12 r13 r14 */
	u64 deadline; /* r15 */
	u64 rbp;
	u64 rcx, r11; /* as they were, when user mode was interrupted; a system call loses them */
	/* The five words that IRETQ takes, in its order. INV: rip is canonical, cs and ss are the
	 * user selectors, and rflags has IF set and IOPL 0. */
	u64 rip, cs, rflags, rsp, ss;
	/* 1: user mode was left by SYSCALL and may be entered again by SYSRET. 1 as well while user mode runs,
	 * so that a system call need not write it: a trap makes it 0, and the way back from there 1 again. */
	u64 by_syscall;
};

static FORCE_INLINE u64 hal_frame_ip(const struct hal_frame *frame) { return frame->rip; }
static FORCE_INLINE u64 hal_frame_sp(const struct hal_frame *frame) { return frame->rsp; }
static FORCE_INLINE u64 hal_frame_fp(const struct hal_frame *frame) { return frame->rbp; }

/* x87, SSE and AVX state: 512 bytes legacy area, 64 bytes XSAVE header, 256 bytes upper halves.
 * XCR0 is restricted to these, so the size is fixed (SPEC: Intel SDM 1, 13.4). */
enum : u32 { HAL_FPU_BYTES = 832 };

struct STABLE hal_fpu {
	alignas(64) u8 area[HAL_FPU_BYTES];
};

#endif
