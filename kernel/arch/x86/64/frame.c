/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: register frames. See kernel/hal/frame.h.
 */
#include "abi/structs.h"
#include "hal_arch/mmu.h"
#include "hal_arch/offsets.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/hal/frame.h"

static_assert(__builtin_offsetof(struct hal_frame, status) == FRAME_STATUS);
static_assert(__builtin_offsetof(struct hal_frame, arg0) == FRAME_ARG0);
static_assert(__builtin_offsetof(struct hal_frame, arg1) == FRAME_ARG1);
static_assert(__builtin_offsetof(struct hal_frame, word) == FRAME_WORD0);
static_assert(__builtin_offsetof(struct hal_frame, deadline) == FRAME_DEADLINE);
static_assert(__builtin_offsetof(struct hal_frame, rbp) == FRAME_RBP);
static_assert(__builtin_offsetof(struct hal_frame, rcx) == FRAME_RCX);
static_assert(__builtin_offsetof(struct hal_frame, r11) == FRAME_R11);
static_assert(__builtin_offsetof(struct hal_frame, rip) == FRAME_RIP);
static_assert(__builtin_offsetof(struct hal_frame, cs) == FRAME_CS);
static_assert(__builtin_offsetof(struct hal_frame, rflags) == FRAME_RFLAGS);
static_assert(__builtin_offsetof(struct hal_frame, rsp) == FRAME_RSP);
static_assert(__builtin_offsetof(struct hal_frame, ss) == FRAME_SS);
static_assert(__builtin_offsetof(struct hal_frame, by_syscall) == FRAME_BY_SYSCALL);

enum : u32 { MSR_FS_BASE = 0xc0000100, SYSCALL_BYTES = 2 };
enum : u64 { FLAGS_START = 1u << 9 | 1u << 1 /* interrupts on; bit 1 is always set */ };

bool hal_user_address(u64 address) { return address <= HAL_USER_TOP; }

void hal_frame_start(struct hal_frame *frame, uaddr_t entry, uaddr_t stack, u64 first, u64 second)
{
	frame->rip = entry.v;
	frame->rsp = stack.v;
	frame->arg0 = first;   /* rdi */
	frame->arg1 = second;  /* rsi */
	frame->cs = SELECTOR_USER_CODE;
	frame->ss = SELECTOR_USER_DATA;
	frame->rflags = FLAGS_START;
}

/* The numbering of instruction encodings: rax rcx rdx rbx rsp rbp rsi rdi r8 ... r15. */
void hal_frame_registers(const struct hal_frame *frame, struct thread_registers *out)
{
	*out = (struct thread_registers){
		.general = {
			frame->status, frame->rcx, frame->word[0], frame->word[4],
			frame->rsp, frame->rbp, frame->arg1, frame->arg0,
			frame->word[2], frame->word[3], frame->word[1], frame->r11,
			frame->word[5], frame->word[6], frame->word[7], frame->deadline,
		},
		.ip = frame->rip,
		.sp = frame->rsp,
		.flags = frame->rflags,
	};
}

void hal_frame_restart(struct hal_frame *frame, u64 number)
{
	frame->rip -= SYSCALL_BYTES;
	frame->status = number;
}

