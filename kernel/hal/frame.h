/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: the user-mode register frame of a thread, and starting threads.
 *
 * The architecture defines, in hal_arch/frame.h:
 *
 *   struct hal_frame    all user-visible integer state. Saved by the entry code straight
 *                       into the thread, restored from there on the way out. It has at
 *                       least these members, whatever their order:
 *       u64 status      out: enum status; in, where hal_frame_restart put it: system call number
 *       u64 arg0, arg1  in: first two arguments (for messages: handles, msg_info)
 *                       out: for messages badge and msg_info; else arg0 is the result value
 *       u64 word[8]     message words; arguments 3 to 6 of other calls are word[0..3]
 *       u64 deadline    message calls: absolute deadline in ns
 *   HAL_ENTRY_CALL      how the entry code calls the core on the way of a system call: it has saved all
 *                       registers, so the callee may be spared to keep any; may be empty
 *   HAL_HANDLER_CALL    how handlers of system calls are called, which may be spared to keep any register as well
 *   HAL_FRAME_RECORD    how far below what a frame pointer points to the caller's frame pointer and, behind it, the
 *                       return address lie
 *   HAL_LAST_CALL       the same for what the core calls last on that way, when it needs no register any more
 *   struct hal_fpu      floating point and vector state, stored with the thread
 *
 *   Register assignment on x86_64: status rax, arg0 rdi, arg1 rsi, word[0..7] rdx r10 r8 r9
 *   rbx r12 r13 r14, deadline r15. rcx and r11 are lost over a system call. rbp is kept.
 *   On aarch64: status x11, arg0 x0, arg1 x1, word[0..7] x2 to x9, deadline x10. All others are kept.
 *   On riscv64: status t6, arg0 a0, arg1 a1, word[0..7] a2 to a7, t3, t4, deadline t5. All others are kept.
 */
#ifndef KERNEL_HAL_FRAME_H
#define KERNEL_HAL_FRAME_H

#include "lib/base/addr.h"
#include "hal_arch/frame.h"

struct thread_registers; /* abi: structs.toml */

/* ---- frames ----
 * Pre: any lock held. Nobody else reads or writes the frame meanwhile: its thread is the one that runs here, or runs
 *     nowhere and the caller holds what keeps it so.
 * Order: none: frames go from processor to processor by the core's locks.
 * Cost: constant, as long as the frame at most; no access to a device. */

/* Pre: also, the frame is zeroed; entry and stack are what hal_user_address allows.
 * Post: the first return to user mode starts at entry with the stack pointer given and the two values as the C ABI's first
 *     two arguments. All other registers are zero; interrupts are enabled. */
void hal_frame_start(struct hal_frame *frame, uaddr_t entry, uaddr_t stack, u64 first, u64 second);

/* Pre: none.
 * Post: true if user mode can be given the address as an entry, stack or TLS address, and nothing of the kernel's comes to
 *     harm. It need not be mapped. */
bool hal_user_address(u64 address);

/* Instruction, stack and frame pointer, the last one for backtraces. Inline, in hal_arch/frame.h:
 *     static u64 hal_frame_ip(const struct hal_frame *frame);
 *     static u64 hal_frame_sp(const struct hal_frame *frame);
 *     static u64 hal_frame_fp(const struct hal_frame *frame);
 * Post: as user mode left them, who may have put anything there. */

/* For debuggers.
 * Post: all of *out is written: the registers, each at the place that the abi says for the architecture; zero where there
 *     is none. */
void hal_frame_registers(const struct hal_frame *frame, struct thread_registers *out);

/* Pre: also, user mode was left by a system call, and this was not done since.
 * Post: the instruction pointer is on the system call instruction again and the number where it was, so that the call is
 *     made again, with the registers that the frame has, when the thread runs next. */
void hal_frame_restart(struct hal_frame *frame, u64 number);

/* The pointer of a thread that user mode reads through a segment or register. Inline, in hal_arch/switch.h:
 *     static void hal_tls_load(uaddr_t tls);
 * Pre: interrupts off; hal_this_cpu()->arch.frame is the thread's already, as it may be kept there; hal_user_address allows it.
 * Post: user mode has it from the next return on.
 * Order: none: for this processor only.
 * Cost: constant: one register or one store. */

/* ---- floating point. A thread starts without; its first use traps and the architecture calls core_fpu_first_use(). ----
 * Pre: interrupts off; the state belongs to a thread that runs here or nowhere, and is loaded nowhere else.
 * Order: none: state goes from processor to processor by the core's locks. */

/* Post: the state is that of a thread that has computed nothing yet: registers of zeros, rounding to nearest, no exceptions.
 * Cost: constant: a copy of sizeof(struct hal_fpu). */
void hal_fpu_init(struct hal_fpu *fpu);

/* Pre: also, `from` is null or what is loaded here; `to` is null or was filled by hal_fpu_init or saved.
 * Post: `from` has what the registers had, and they have what `to` has, and are open to user mode. With no `to` nothing of
 *     anybody is in the registers, and user mode's use of them traps.
 * Cost: constant: two transfers of all registers at most. */
void hal_fpu_switch(struct hal_fpu *from, struct hal_fpu *to);

#endif
