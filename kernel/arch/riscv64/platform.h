/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: what was found out about the machine at boot.
 */
#ifndef KERNEL_ARCH_RISCV64_PLATFORM_H
#define KERNEL_ARCH_RISCV64_PLATFORM_H

#include "boot/boot_info.h"
#include "kernel/hal/cpu.h"
#include "lib/fdt/fdt.h"

enum : u32 { CONTEXT_NONE = U32_MAX };
enum controller_kind : u32 { CONTROLLER_NONE, CONTROLLER_PLIC, CONTROLLER_APLIC, CONTROLLER_APLIC_MESSAGES };

/* Written once on the boot processor, before others run. */
struct riscv64_platform {
	u64 hart[CPUS_MAX];      /* index = processor number; 0 is the boot processor */
	u32 phandle[CPUS_MAX];   /* of each processor's own interrupt controller; 0: none */
	u32 context[CPUS_MAX];   /* of each processor in the devices' interrupt controller */
	enum controller_kind controller_kind;
	struct fdt_range controller; /* its registers */
	u32 lines;               /* lines are 1 to this */
	u64 kernel_offset;       /* from virtual to physical, of the image */
};
extern struct riscv64_platform riscv64_platform;

/* How often a second the counter counts; 0: not told. The info is not checked yet. */
u64 platform_counter_hz(const struct boot_info *info);

/* The processors' contexts by a list of what a controller is connected to: number n is that of pair n, a processor's
 * controller and an interrupt of it. False: none of the interrupts is one of devices for the kernel. */
[[nodiscard]] bool platform_contexts(struct span pairs);

/* Finds the advanced interrupt controllers. */
void platform_find_aia(const struct fdt *fdt);

/* Reads the device tree and numbers the processors. */
void platform_find(const struct boot_info *info);

#endif
