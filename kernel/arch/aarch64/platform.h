/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: what was found out about the machine at boot.
 */
#ifndef KERNEL_ARCH_AARCH64_PLATFORM_H
#define KERNEL_ARCH_AARCH64_PLATFORM_H

#include "boot/boot_info.h"
#include "kernel/hal/cpu.h"
#include "lib/fdt/fdt.h"

/* Written once on the boot processor, before others run. */
struct aarch64_platform {
	u64 affinity[CPUS_MAX];      /* index = processor number; 0 is the boot processor */
	u32 node[CPUS_MAX];          /* of memory; the same index */
	u32 timer_line;              /* private interrupt of the virtual timer */
	struct fdt_range gic[3];     /* registers of the interrupt controller, as its binding orders them */
	bool gic_v3;
	u64 kernel_offset;           /* from virtual to physical, of the image */
};
extern struct aarch64_platform aarch64_platform;

/* Reads the device tree, or takes what ACPI says, and numbers the processors. */
void platform_find(const struct boot_info *info);

#endif
