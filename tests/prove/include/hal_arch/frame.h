/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine of the proofs: the register frame of a thread.
 */
#ifndef TESTS_PROVE_INCLUDE_HAL_ARCH_FRAME_H
#define TESTS_PROVE_INCLUDE_HAL_ARCH_FRAME_H

#include "lib/base/safe.h"

enum : u64 { HAL_FRAME_RECORD = 0 };
#define HAL_HANDLER_CALL
#define HAL_LAST_CALL
#define HAL_ENTRY_CALL

struct STABLE hal_frame {
	u64 status, arg0, arg1;
	u64 word[8];
	u64 deadline;
};

struct STABLE hal_fpu {
	u64 value;
};

#endif
