/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: register frames. See kernel/hal/frame.h.
 */
#include "abi/structs.h"
#include "hal_arch/mmu.h"
#include "hal_arch/offsets.h"
#include "kernel/hal/frame.h"

static_assert(__builtin_offsetof(struct hal_frame, arg0) == FRAME_ARG0);
static_assert(__builtin_offsetof(struct hal_frame, word) == FRAME_WORD);
static_assert(__builtin_offsetof(struct hal_frame, deadline) == FRAME_DEADLINE);
static_assert(__builtin_offsetof(struct hal_frame, status) == FRAME_STATUS);
static_assert(__builtin_offsetof(struct hal_frame, ra) == FRAME_RA);
static_assert(__builtin_offsetof(struct hal_frame, sp) == FRAME_SP);
static_assert(__builtin_offsetof(struct hal_frame, gp) == FRAME_GP);
static_assert(__builtin_offsetof(struct hal_frame, tp) == FRAME_TP);
static_assert(__builtin_offsetof(struct hal_frame, t) == FRAME_T0);
static_assert(__builtin_offsetof(struct hal_frame, s) == FRAME_S0);
static_assert(__builtin_offsetof(struct hal_frame, pc) == FRAME_PC);
static_assert(__builtin_offsetof(struct hal_frame, cpu) == FRAME_CPU);
static_assert(sizeof(struct hal_frame) == FRAME_BYTES);

enum : u32 { CALL_BYTES = 4 };

bool hal_user_address(u64 address) { return address <= HAL_USER_TOP; }

void hal_frame_start(struct hal_frame *frame, uaddr_t entry, uaddr_t stack, u64 first, u64 second)
{
	frame->pc = entry.v;
	frame->sp = stack.v;
	frame->arg0 = first;
	frame->arg1 = second;
}

/* x1 to x31, at 0 to 30. */
void hal_frame_registers(const struct hal_frame *frame, struct thread_registers *out)
{
	*out = (struct thread_registers){ .ip = frame->pc, .sp = frame->sp };
	out->general[0] = frame->ra;
	out->general[1] = frame->sp;
	out->general[2] = frame->gp;
	out->general[3] = frame->tp;
	for (u32 i = 0; i < ARRAY_LEN(frame->t); i++)
		out->general[4 + i] = frame->t[i];
	out->general[7] = frame->s[0];
	out->general[8] = frame->s[1];
	out->general[9] = frame->arg0;
	out->general[10] = frame->arg1;
	for (u32 i = 0; i < 6; i++)
		out->general[11 + i] = frame->word[i];
	for (u32 i = 2; i < ARRAY_LEN(frame->s); i++)
		out->general[15 + i] = frame->s[i];
	out->general[27] = frame->word[6];
	out->general[28] = frame->word[7];
	out->general[29] = frame->deadline;
	out->general[30] = frame->status;
}

void hal_frame_restart(struct hal_frame *frame, u64 number)
{
	frame->pc -= CALL_BYTES;
	frame->status = number;
}
