/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: the register frame of a simulated thread. See kernel/hal/frame.h.
 */
#ifndef TESTS_HOST_INCLUDE_HAL_ARCH_FRAME_H
#define TESTS_HOST_INCLUDE_HAL_ARCH_FRAME_H

#include "lib/base/safe.h"

#define HAL_HANDLER_CALL
#define HAL_LAST_CALL
#define HAL_ENTRY_CALL

enum : u64 { HAL_FRAME_RECORD = 0 };

struct STABLE hal_frame {
	u64 status, arg0, arg1;
	u64 word[8];
	u64 deadline;
	u64 ip, sp;
};

static inline u64 hal_frame_ip(const struct hal_frame *frame) { return frame->ip; }
static inline u64 hal_frame_sp(const struct hal_frame *frame) { return frame->sp; }
static inline u64 hal_frame_fp(const struct hal_frame *frame) { return frame->sp + 16; }

struct STABLE hal_fpu {
	u64 value;
};

#endif
