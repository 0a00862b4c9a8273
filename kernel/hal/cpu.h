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
#include "hal_arch/cpu.h" /* struct hal_cpu; hal_this_cpu */

enum : u32 { CPUS_MAX = 32 };

/* The struct of the processor that this runs on. Inline, in hal_arch/cpu.h:
 *     static struct cpu *hal_this_cpu(void);
 * Pre: behind hal_boot_early, or in core_start_secondary.
 * Post: it is the same for as long as this runs: the kernel does not move between processors.
 * Order: none.
 * Cost: constant: one instruction. */

enum hal_ipi : u32 {
	HAL_IPI_RESCHEDULE, /* look at the run queue again: core_ipi() */
	HAL_IPI_HALT,       /* stop for ever, interrupts off: a panic on another processor */
};

/* Pre: behind hal_boot_platform.
 * Post: how many processors there are, at most CPUS_MAX; behind hal_cpus_start, how many run. Their ids are 0 and up.
 * Order: none; the boot processor alone changes it, in hal_cpus_start.
 * Cost: constant. */
u32 hal_cpu_count(void);

/* Pre: the id is that of a processor that runs, or is 0.
 * Post: the NUMA node it is near, as boot_region has it; 0 if not known, and before hal_boot_platform.
 * Order: none; it does not change behind hal_cpus_start.
 * Cost: constant. */
u32 hal_cpu_node(u32 id);

/* Starts every other processor.
 * Pre: once, on the boot processor, behind hal_boot_platform, interrupts off, no timer armed; cpu_at gives the core's
 *     struct for each id below hal_cpu_count().
 * Post: so many run, this one among them, with ids from 0 without gaps: each has called core_start_secondary on its own
 *     stack, or is about to. Who does not answer in time is left out; if it comes later,
 *     it finds only what nobody else was given. No timer is armed.
 * Order: what was stored here before is seen by those that run.
 * Cost: waits for other processors: at most about a second for each. */
struct cpu;
u32 hal_cpus_start(struct cpu *(*cpu_at)(u32 id));

/* Raises an interrupt on another processor.
 * Pre: any lock held; the processor runs and is another, or is this one.
 * Post: it will be interrupted: HAL_IPI_RESCHEDULE calls core_ipi, HAL_IPI_HALT stops it. Several may become one.
 * Order: what was stored here before is seen by the handler. No barrier for what is loaded here afterwards.
 * Cost: constant: of the order of 10 instructions and one access to a device, or one call of firmware; waits for no other
 *     processor, at most a bounded time for the controller to take what it was sent last. */
void hal_ipi_send(u32 cpu, enum hal_ipi kind);

/* Waits for an interrupt and handles it as usual, with was_idle.
 * Pre: interrupts off, no lock held; no thread is ready; nothing on the kernel stack is needed any more.
 * Post: does not return: an interrupt that called the core ends it by the way to user mode; after others it waits again.
 *     One that is pending already ends the wait, too.
 * Order: none: who has work for this processor sees that it is idle, and sends an interrupt.
 * Cost: waits for an interrupt. */
NORETURN void hal_idle(void);

/* ---- ways to user mode ----
 * Pre: interrupts off, no lock held; hal_this_cpu()->arch.frame is the frame of the thread that shall run, its space is
 *     active and its thread pointer loaded.
 * Order: on this processor user mode sees all stores and changes of tables made before. No barrier for others.
 * Cost: constant: the frame's registers are loaded, some 20 to 40 instructions. */

/* As the return from the core's entries does it: for where there is nowhere to return to, and for short paths.
 * Post: does not return: user mode runs with the frame's registers, interrupts on. */
NORETURN void hal_user_enter(void);

/* Pre: as above, and user mode was left by a system call, which is done.
 * Post: the same, but with status 0 and these two in place of what the frame has, which stays in the frame as it was. */
NORETURN void hal_user_return(u64 arg0, u64 arg1);

/* ---- the processor ---- */

/* Lets a long operation notice an interrupt, and give way.
 * Pre: behind hal_boot_platform; interrupts off; any lock held.
 * Post: true if an interrupt is pending here; it stays so. False may be old at once.
 * Order: none.
 * Cost: constant: at most seven registers of the interrupt controller are read. */
bool hal_interrupt_pending(void);

/* A hint inside a spin loop.
 * Pre: none.
 * Post: memory is looked at anew behind it.
 * Order: binds the compiler only; no barrier for processors.
 * Cost: one instruction, which may last some hundred cycles. */
static inline void hal_relax(void);

/* Goes to an address as a call through a pointer does, but for the look at the function's type.
 * Pre: only for tests of what stops the kernel from going to where it may not.
 * Post: a fault is reported, if the processor stops it; else what is there has run.
 * Order: none.
 * Cost: that of what is there. */
static inline void hal_mistaken_jump(u64 at);

/* Pre: anything; any lock held, any stack.
 * Post: does not return: this processor does nothing more, and takes no interrupt.
 * Order: none. What it stored before is seen by others in the end.
 * Cost: this processor. */
NORETURN void hal_halt(void);

/* An unpredictable number from the processor, if it has a source.
 * Pre: behind hal_boot_early, any processor, any lock held.
 * Post: true: *out is it. False: there is no source, or it has nothing now; *out means nothing.
 * Order: none.
 * Cost: at most ten tries of one instruction, of some hundred cycles each. */
bool hal_entropy(u64 *out);

#endif
