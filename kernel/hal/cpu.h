/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: processors. The core's struct cpu (kernel/core/cpu/cpu.h) has `struct hal_cpu arch`
 * as its first member; hal_arch/cpu.h defines that struct and the inline hal_this_cpu().
 *
 * hal_arch/cpu.h also defines HAL_RARE_CALL: how functions are called that are called rarely from places that run
 * often. It may make the callee keep more registers than usual, so that nothing is saved for its sake; it may be
 * empty.
 *
 * struct hal_cpu has at least `struct hal_frame *frame`: the frame that the entry code saves
 * into and the exit code restores from. The core sets it whenever it changes the running
 * thread; the architecture reads it once, last, on the way to user mode.
 */
#ifndef KERNEL_HAL_CPU_H
#define KERNEL_HAL_CPU_H

#include "lib/base/addr.h"
#include "hal_arch/cpu.h" /* struct hal_cpu; static inline struct cpu *hal_this_cpu(void) */

enum : u32 { CPUS_MAX = 32 };

enum hal_ipi : u32 {
	HAL_IPI_RESCHEDULE, /* look at the run queue again: core_ipi() */
	HAL_IPI_HALT,       /* stop for ever, interrupts off: a panic on another processor */
};

/* Number of processors present and usable, at most CPUS_MAX; known after hal_boot_platform. */
u32 hal_cpu_count(void);

/* The NUMA node that a processor is near, as boot_region has it; 0 if not known, and before
 * hal_boot_platform. For processors that run. */
u32 hal_cpu_node(u32 id);

/* Starts every other processor. Each gets its struct cpu, stacks and tables ready and calls
 * core_start_secondary(cpu) on its own stack. `cpus` are the core's structs, index = id.
 * Returns when all answered or a bounded time has passed; the result is how many run. */
struct cpu;
u32 hal_cpus_start(struct cpu *(*cpu_at)(u32 id));

/* Raises an interrupt on another processor; never blocks. The handler calls core_ipi(kind), and sees what was stored
 * here before. Of the order of 10 instructions and one access to a device. */
void hal_ipi_send(u32 cpu, enum hal_ipi kind);

/* Waits for an interrupt with interrupts enabled, then handles it as usual. Called on the
 * kernel stack when no thread is ready; does not return: the interrupt's exit path does. */
NORETURN void hal_idle(void);

/* Goes to user mode with hal_this_cpu()->arch.frame, as the return from the core's entries does.
 * For the first thread, where core_start and core_start_secondary have nowhere to return to. */
NORETURN void hal_user_enter(void);

/* The same where the frame is known to be that of a system call, which was done: with status 0 and these two in place
 * of what the frame has. */
NORETURN void hal_user_return(u64 arg0, u64 arg1);

/* Lets a pending interrupt be noticed in a long operation: true if one is pending here. */
bool hal_interrupt_pending(void);

/* A hint inside a spin loop. */
static inline void hal_relax(void);

/* Goes to an address as a call through a pointer does, but for the look at the function's type. Only for tests of what stops
 * the kernel from going to where it may not. */
static inline void hal_mistaken_jump(u64 at);

/* Stops this processor for ever. */
NORETURN void hal_halt(void);

/* An unpredictable number from the processor if it has a source. */
bool hal_entropy(u64 *out);

#endif
