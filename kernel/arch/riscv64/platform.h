/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: what was found out about the machine at boot.
 */
#ifndef KERNEL_ARCH_RISCV64_PLATFORM_H
#define KERNEL_ARCH_RISCV64_PLATFORM_H

#include "boot/boot_info.h"
#include "kernel/arch/riscv64/lines.h"
#include "kernel/hal/cpu.h"

/* Written once on the boot processor, before others run. */
struct riscv64_platform {
	u64 hart[CPUS_MAX];      /* index = processor number; 0 is the boot processor */
	u32 node[CPUS_MAX];      /* of memory; the same index */
	u32 phandle[CPUS_MAX];   /* of each processor's own interrupt controller; 0: none */
	struct controller controller[CONTROLLERS_MAX]; /* of devices' lines, by their first line */
	u32 controller_count;
	u64 kernel_offset;       /* from virtual to physical, of the image */
};
extern struct riscv64_platform riscv64_platform;

/* How often a second the counter counts; 0: not told. The info is not checked yet. */
u64 platform_counter_hz(const struct boot_info *info);

/* Reads the device tree and numbers the processors. */
void platform_find(const struct boot_info *info);

#endif
