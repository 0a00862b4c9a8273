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

/* Fills a zeroed frame so that the first return to user mode starts at entry with the
 * stack pointer given and the two values as the C ABI's first two arguments. All other
 * registers are zero; interrupts are enabled. entry and stack were checked canonical. */
void hal_frame_start(struct hal_frame *frame, uaddr_t entry, uaddr_t stack, u64 first, u64 second);

/* True if the address may be handed to user mode as an entry, stack or TLS address. */
bool hal_user_address(u64 address);

/* Instruction, stack and frame pointer of the frame, the last one for backtraces. Inline, in hal_arch/frame.h:
 *     static u64 hal_frame_ip(const struct hal_frame *frame);
 *     static u64 hal_frame_sp(const struct hal_frame *frame);
 *     static u64 hal_frame_fp(const struct hal_frame *frame); */

/* A copy of all registers, for debuggers. */
void hal_frame_registers(const struct hal_frame *frame, struct thread_registers *out);

/* Steps the instruction pointer back onto the system call instruction, so that the call is
 * made again, with the same registers, when the thread runs next. `number` is put back. */
void hal_frame_restart(struct hal_frame *frame, u64 number);

/* Per-thread pointer that user mode reads through a segment or register. The switch code
 * loads it, behind hal_this_cpu()->arch.frame; setting it for the running thread takes effect at once. Inline, in
 * hal_arch/switch.h:
 *     static void hal_tls_load(uaddr_t tls); */

/* Floating point. A thread starts without; its first use traps and the architecture calls
 * core_fpu_first_use(). hal_fpu_switch saves `from` and loads `to`; null means the thread has
 * none: the unit is cleared and made to trap. Cost: two register-file transfers at most. */
void hal_fpu_init(struct hal_fpu *fpu);
void hal_fpu_switch(struct hal_fpu *from, struct hal_fpu *to);

#endif
