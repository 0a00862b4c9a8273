/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: what this processor model can do, asked once with CPUID.
 */
#ifndef KERNEL_ARCH_X86_COMMON_FEATURES_H
#define KERNEL_ARCH_X86_COMMON_FEATURES_H

#include "lib/base/safe.h"

struct x86_features {
	bool nx, smep, smap, umip, gib_pages, x2apic, tsc_deadline, xsave, avx, rdrand, machine_check;
	u64 tsc_hz;   /* if the processor or hypervisor tells; else 0 */
};

/* Valid after x86_features_detect; never changes later. All processors are taken to be alike. */
extern struct x86_features x86_features;

void x86_features_detect(void);

/* Control registers of this processor: protections on, floating point trapping. */
void x86_features_enable(void);

/* Forgets all cached translations of this processor, global ones too. */
void x86_flush_all(void);

#endif
