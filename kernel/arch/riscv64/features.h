/* SPDX-License-Identifier: Apache-2.0
 *
 * riscv64: what the processors can do, as the device tree says.
 */
#ifndef KERNEL_ARCH_RISCV64_FEATURES_H
#define KERNEL_ARCH_RISCV64_FEATURES_H

#include "boot/boot_info.h"

struct riscv64_features {
	bool sstc;     /* a comparator of the kernel's own */
	bool svinval;  /* translations of several pages are forgotten together */
	bool svpbmt;   /* entries of page tables say what kind of memory it is */
	bool floats;   /* floating point with 64 bits */
	u32 ids;       /* of address spaces; a power of two */
	u32 levels;    /* of page tables: 3 or 4, as the loader found */
};

/* Valid after features_detect; never changes later. What all processors have; ids as the first one's. */
extern struct riscv64_features riscv64_features;

/* The info is not checked yet. */
void features_detect(const struct boot_info *info);

/* Control registers of this processor. */
void features_enable(void);

#endif
