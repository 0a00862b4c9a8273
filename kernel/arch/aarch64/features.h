/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: what this processor can do, read once from its identification registers.
 */
#ifndef KERNEL_ARCH_AARCH64_FEATURES_H
#define KERNEL_ARCH_AARCH64_FEATURES_H

#include "lib/base/safe.h"

struct aarch64_features {
	bool pan, random, branch_targets, wide_ids;
	bool signatures;            /* of addresses (pointer authentication), by one of three algorithms */
	bool signature_marks;       /* a wrong one is marked in the address, which then cannot be reached */
	bool instructions_coherent; /* what is written can be fetched without cleaning */
	u32 physical_size;          /* as TCR_EL1.IPS has it */
	u32 line_bytes;             /* the smallest data cache line */
};

/* Valid after features_detect; never changes later. All processors are taken to be alike. */
extern struct aarch64_features aarch64_features;

void features_detect(void);

/* TCR_EL1 for this processor. */
u64 features_tcr(void);

/* Whether the address is what became of one whose signature was wrong. Not where the processor says so itself. */
bool features_is_wrong_signature(u64 address);

/* Control registers of this processor: protections on, floating point trapping. */
void features_enable(void);

#endif
