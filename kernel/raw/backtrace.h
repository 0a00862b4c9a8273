/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: walking frame pointers in a kernel that is dying anyway.
 */
#ifndef KERNEL_RAW_BACKTRACE_H
#define KERNEL_RAW_BACKTRACE_H

#include "hal_arch/frame.h"
#include "hal_arch/mmu.h"
#include "lib/base/safe.h"

enum : u64 { BACKTRACE_FRAME_MAX = 16384 };

/* The caller's frame pointer. */
static inline u64 backtrace_here(void)
{
UNSAFE_BEGIN("SAFETY: reads a register; nothing is followed");
	const void *frame = __builtin_frame_address(0);

	return (u64)(uptr)frame;
UNSAFE_END();
}

/* One step up: the return address, and the next frame pointer. False at the end. The chain is
 * followed only upwards and in small steps, so it ends, and stays near a stack that was in use. */
static inline bool backtrace_step(u64 *fp, u64 *address)
{
	if (*fp == 0 || *fp % 8 != 0 || *fp < HAL_KERNEL_BASE)
		return false;
UNSAFE_BEGIN("SAFETY: a frame pointer of the kernel leads to the saved pointer and the return address (-fno-omit-frame-pointer); a broken one ends in a second fault, which panic_begin stops at");
	const u64 *frame = (const u64 *)(uptr)(*fp - HAL_FRAME_RECORD);
	u64 next = frame[0];

	*address = frame[1];
	if (next <= *fp || next - *fp > BACKTRACE_FRAME_MAX)
		next = 0;
	*fp = next;
	return *address != 0;
UNSAFE_END();
}

#endif
