/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: from the loader to the core, and from the architecture's entries into the core.
 *
 * Kernel entry contract (the loader provides it; entry.S of the architecture takes over):
 *   - x86_64: 64-bit mode, paging on, interrupts off, rdi = address of struct boot_info in the direct map
 *   - aarch64: EL1, MMU and caches on with the registers of boot/common/arch/aarch64/format.h, interrupts masked, x0 =
 *     address of struct boot_info in the direct map; what is no RAM below 4 GiB is mapped as device memory
 *   - riscv64: S-mode, Sv39 or Sv48 as satp says, interrupts off, a0 = address of struct boot_info in the direct map,
 *     a1 = the number of this processor (hart), which only who started the loader knows
 *   - the kernel image is loaded at kernel_phys, mapped at kernel_virt with the access its ELF
 *     segments ask for, and relocated to kernel_virt
 *   - all RAM of the memory map is mapped, writable and not executable, at direct_base
 *   - a stack of at least 16 KiB in the direct map
 *   - nothing else is mapped that the kernel may rely on
 */
#ifndef KERNEL_HAL_BOOT_H
#define KERNEL_HAL_BOOT_H

#include "boot/boot_info.h"

struct cpu;
struct thread;

/* ---- what the core calls on the boot processor: once each, in this order, with interrupts off ----
 * Order: no other processor runs yet, so nothing is ordered for any; hal_cpus_start makes all of it seen. */

/* Console, exception vectors, what the processor can do.
 * Pre: the first call of the HAL. The info is a copy that was not checked: nothing in it may do harm.
 * Post: a fault is reported, not silent; hal_this_cpu, hal_console_putc and hal_entropy work. The clock works, or stands at 0.
 * Cost: a few accesses to devices; proportional to firmware's tables. */
void hal_boot_early(const struct boot_info *info);

/* Builds the kernel's own page tables: image with its sections' rights, direct map, stacks of each processor with guard pages.
 * Pre: the info was checked; the callback gives zeroed frames that are in the loader's direct map, and does not return without.
 * Post: the kernel's tables are in force, and the loader's and what was cached of them are forgotten. What keeps the kernel
 *     from user memory (SMEP and SMAP, PXN and PAN) is on, where the processor has it. The frames are never given back, and
 *     the kernel's half does not change any more.
 * Cost: proportional to RAM, by the largest pages its bounds allow, and to processors; and to firmware's tables. */
void hal_boot_memory(const struct boot_info *info, paddr_t (*frame_zeroed)(void));

/* Interrupt controllers, clock and timer, power control: by ACPI or device tree.
 * Pre: the same info as hal_boot_memory had.
 * Post: all of the HAL works; every line is masked. Processors, lines and nodes are known, and do not change until
 *     hal_cpus_start. With an unknown controller, or none, there are no lines, and the core is told no interrupts.
 * Cost: accesses to devices, a few for each line; measuring a clock that nobody tells the rate of, some tenths of a second. */
void hal_boot_platform(const struct boot_info *info);

/* ---- what the architecture calls: the core's entries. On return the architecture restores hal_this_cpu()->arch.frame
 * and goes to user mode; when there is no thread to run the core calls hal_idle instead of returning. ----
 * Pre: interrupts off, on this processor's kernel stack, no lock of the core held; user mode's registers are in
 *     hal_this_cpu()->arch.frame, if it was left; the interrupt, if it is one, was ended at its controller.
 * Order: none by themselves. The core's locks order what it does for others; an entry need be no barrier.
 * Cost: bounded: what is long gives way at hal_interrupt_pending and is gone on with later; waits for locks only. */

/* From entry.S of the boot processor.
 * Pre: the kernel entry contract; the image is relocated, its zeroes are zero, the stack protector's guard is set.
 * Post: does not return: the first process runs, or the report says why not.
 * Cost: the boot's; proportional to RAM. */
NORETURN void core_start(const struct boot_info *info);

/* From hal_cpus_start, on the processor that was started.
 * Pre: `cpu` is what cpu_at gave for it; stack, tables, vectors and interrupt controller are its own.
 * Post: does not return: a thread runs here, or the processor is idle.
 * Order: it sees all that the boot processor stored before hal_cpus_start, of which the architecture takes care. */
NORETURN void core_start_secondary(struct cpu *cpu);

/* The running thread made a system call. The deadline and the first two arguments come as arguments too: the entry code has
 * them at hand, and the shortest paths look at nothing else.
 * Pre: `cpu` is hal_this_cpu(), `self` its current; all registers are in the frame, but for the number.
 * Post: the call is done, goes on later or waits; status and results are in the frame of whoever made it. Instead of a
 *     return, hal_user_enter or hal_user_return may be called. */
HAL_ENTRY_CALL void core_syscall(struct cpu *cpu, struct thread *self, u64 number, u64 deadline_ns, u64 arg0, u64 arg1);

/* A fault in user mode.
 * Pre: `kind` is the abi's fault_kind; address is what could not be reached, or 0; code is the architecture's error code.
 *     What this processor cached of the address, if it may cache that nothing is there, is forgotten.
 * Post: the page is there, and the thread tries again; or its fault handler was told, or its process ends. */
void core_user_fault(u32 kind, u64 address, u64 code);

/* The first use of floating point by the running thread.
 * Pre: the unit traps, as hal_fpu_switch left it.
 * Post: the thread has state of its own, clean and loaded, and the unit is open; the same thread goes on. Nothing is allocated.
 * Cost: constant: hal_fpu_init and hal_fpu_switch. */
void core_fpu_first_use(void);

/* Interrupts. `was_idle` is true if the processor was in hal_idle.
 *
 * Pre: the time of hal_timer_arm has come, and the timer is disarmed.
 * Post: what was due has happened, or is about to at the next interrupt; the timer is armed for what comes next. */
void core_timer(bool was_idle);

/* Pre: the line is enabled, and was masked when it fired.
 * Post: who waits for the line is woken. It stays masked until he asks for more.
 * Order: what the device wrote to memory before it interrupted is seen here: the architecture has a barrier, if its
 *     processors need one.
 * Cost: proportional to who shares the line. */
void core_irq(u32 line, bool was_idle);

/* Pre: the kind is HAL_IPI_RESCHEDULE; several requests may have become one.
 * Post: what should run here was chosen anew.
 * Order: what each sender stored before hal_ipi_send is seen here. */
void core_ipi(u32 kind, bool was_idle);

struct register_names { const char *name[20]; };

struct kernel_fault {
	const char *what;
	u64 address, code, ip, sp, fp;
	u64 registers[20];
	const struct register_names *names; /* register_count of them */
	u32 register_count;
};

/* A fault or trap inside the kernel.
 * Pre: behind hal_boot_early, whatever is held, on any stack that is good. `what` is in words; ip, sp, fp are for the
 *     backtrace and need not be true.
 * Post: does not return: the other processors are asked to stop, the report is printed, this one has stopped.
 * Cost: the report's, for each byte of which hal_console_putc may wait. */
NORETURN void core_kernel_fault(const struct kernel_fault *fault);

#endif
