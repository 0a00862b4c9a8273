/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: from the loader to the core, and from the architecture's entries into the core.
 *
 * Kernel entry contract (the loader provides it; entry.S of the architecture takes over):
 *   - x86_64: 64-bit mode, paging on, interrupts off, rdi = address of struct boot_info in the direct map
 *   - aarch64: EL1, MMU and caches on with the registers of boot/common/arch/aarch64/format.h, interrupts masked, x0 =
 *     address of struct boot_info in the direct map; what is no RAM below 4 GiB is mapped as device memory
 *   - riscv64: S-mode, Sv48 with satp as its root says, interrupts off, a0 = address of struct boot_info in the direct map,
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

/* ---- what the core calls, in this order, on the boot processor ---- */

/* Before anything: console, exception vectors. After it a fault is reported, not silent. The info is a copy that was not
 * checked: nothing in it may do harm. hal_this_cpu works behind it. */
void hal_boot_early(const struct boot_info *info);

/* Frames can be allocated with the callback: builds the kernel's own page tables (image with
 * its sections' rights, direct map, per-processor stacks with guard pages) and leaves the
 * loader's. Enables SMEP, SMAP, NX, UMIP where present. The frames are never given back. */
void hal_boot_memory(const struct boot_info *info, paddr_t (*frame_zeroed)(void));

/* Finds processors, interrupt controllers, clock and power control (ACPI or device tree). */
void hal_boot_platform(const struct boot_info *info);

/* ---- what the architecture calls: the core's entries; all with interrupts off, on this
 * processor's kernel stack. On return the architecture restores hal_this_cpu()->arch.frame
 * and goes to user mode; when there is no thread to run the core calls hal_idle instead of
 * returning. ---- */

NORETURN void core_start(const struct boot_info *info); /* boot processor, from entry.S */
NORETURN void core_start_secondary(struct cpu *cpu);

/* The running thread (cpu->current) made a system call. All registers are in its frame, but for the number. The
 * deadline and the first two arguments come as arguments too: the entry code has them at hand, and the shortest paths
 * look at nothing else. */
HAL_ENTRY_CALL void core_syscall(struct cpu *cpu, struct thread *self, u64 number, u64 deadline_ns, u64 arg0, u64 arg1);

/* A fault in user mode. `kind` is the abi's fault_kind; address is what could not be reached,
 * or 0; code is the architecture's error code. */
void core_user_fault(u32 kind, u64 address, u64 code);

/* The first use of floating point by the running thread. The core allocates nothing; it marks
 * the thread and calls hal_fpu_init and hal_fpu_switch. */
void core_fpu_first_use(void);

/* Interrupts. `was_idle` is true if the processor was in hal_idle. */
void core_timer(bool was_idle);
void core_irq(u32 line, bool was_idle);
void core_ipi(u32 kind, bool was_idle);

/* A fault or trap inside the kernel: prints the report and stops the machine. `what` is in
 * words; ip, sp, fp are for the backtrace; text adds the architecture's registers. */
struct register_names { const char *name[20]; };

struct kernel_fault {
	const char *what;
	u64 address, code, ip, sp, fp;
	u64 registers[20];
	const struct register_names *names; /* register_count of them */
	u32 register_count;
};
NORETURN void core_kernel_fault(const struct kernel_fault *fault);

#endif
