/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: register frames. See kernel/hal/frame.h.
 */
#include "abi/structs.h"
#include "hal_arch/mmu.h"
#include "hal_arch/offsets.h"
#include "kernel/hal/frame.h"

static_assert(__builtin_offsetof(struct hal_frame, arg0) == 0);
static_assert(__builtin_offsetof(struct hal_frame, word) == 16);
static_assert(__builtin_offsetof(struct hal_frame, deadline) == 80);
static_assert(__builtin_offsetof(struct hal_frame, status) == FRAME_STATUS);
static_assert(__builtin_offsetof(struct hal_frame, kept) == 96);
static_assert(__builtin_offsetof(struct hal_frame, x30) == FRAME_X30);
static_assert(__builtin_offsetof(struct hal_frame, sp) == FRAME_SP);
static_assert(__builtin_offsetof(struct hal_frame, pc) == FRAME_PC);
static_assert(__builtin_offsetof(struct hal_frame, pstate) == FRAME_PSTATE);
static_assert(sizeof(struct hal_frame) == FRAME_BYTES);

/* x29 in kept */
enum : u32 { CALL_BYTES = 4 };
enum : u64 { PSTATE_USER = 0 };

bool hal_user_address(u64 address) { return address <= HAL_USER_TOP; }

void hal_frame_start(struct hal_frame *frame, uaddr_t entry, uaddr_t stack, u64 first, u64 second)
{
	frame->pc = entry.v;
	frame->sp = stack.v;
	frame->arg0 = first;
	frame->arg1 = second;
	frame->pstate = PSTATE_USER;
}

/* x0 to x30. */
void hal_frame_registers(const struct hal_frame *frame, struct thread_registers *out)
{
	*out = (struct thread_registers){ .ip = frame->pc, .sp = frame->sp, .flags = frame->pstate };
	out->general[0] = frame->arg0;
	out->general[1] = frame->arg1;
	for (u32 i = 0; i < ARRAY_LEN(frame->word); i++)
		out->general[2 + i] = frame->word[i];
	out->general[10] = frame->deadline;
	out->general[11] = frame->status;
	for (u32 i = 0; i < ARRAY_LEN(frame->kept); i++)
		out->general[12 + i] = frame->kept[i];
	out->general[30] = frame->x30;
}

void hal_frame_restart(struct hal_frame *frame, u64 number)
{
	frame->pc -= CALL_BYTES;
	frame->status = number;
}
