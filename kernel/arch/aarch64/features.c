/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: identification and control registers. SPEC: Arm ARM (DDI 0487), D24.2 (registers by name).
 */
#include "kernel/arch/aarch64/features.h"
#include "boot/common/arch/aarch64/format.h"
#include "kernel/arch/aarch64/fpu.h"
#include "kernel/arch/aarch64/instructions.h"
#include "kernel/hal/cpu.h"

enum : u64 {
	CTR_INSTRUCTIONS_COHERENT = 3ull << 28, /* IDC and DIC */
	/* SVC and so on set PAN by themselves with SPAN 0; the kernel reaches no user address at any time. */
	SCTLR_KERNEL = SCTLR_VALUE,
};
enum : u32 { RANDOM_TRIES = 8 };

struct aarch64_features aarch64_features;

static u32 field(u64 value, u32 at) { return (u32)(value >> at & 0xf); }

void features_detect(void)
{
	u64 memory = SYSTEM_READ(id_aa64mmfr0_el1), more = SYSTEM_READ(id_aa64mmfr1_el1);
	u64 cache = SYSTEM_READ(ctr_el0);

	aarch64_features = (struct aarch64_features){
		.pan = field(more, 20) != 0,
		.random = field(SYSTEM_READ(id_aa64isar0_el1), 60) != 0,
		.branch_targets = field(SYSTEM_READ(id_aa64pfr1_el1), 0) != 0,
		.wide_ids = field(memory, 4) == 2,
		.instructions_coherent = (cache & CTR_INSTRUCTIONS_COHERENT) == CTR_INSTRUCTIONS_COHERENT,
		.physical_size = (u32)min_u64(field(memory, 0), TCR_IPS_48),
		.line_bytes = 4u << field(cache, 16),
	};
}

u64 features_tcr(void)
{
	return TCR_VALUE | (u64)aarch64_features.physical_size << TCR_IPS_SHIFT |
	       (aarch64_features.wide_ids ? 1ull << TCR_AS_SHIFT : 0);
}

void features_enable(void)
{
	SYSTEM_WRITE(mair_el1, MAIR_VALUE);
	SYSTEM_WRITE(tcr_el1, features_tcr());
	SYSTEM_WRITE(sctlr_el1, SCTLR_KERNEL);
	SYSTEM_WRITE(cntkctl_el1, 0);   /* user mode asks the kernel for the time */
	SYSTEM_WRITE(mdscr_el1, 0);     /* no breakpoints left by the firmware */
	SYSTEM_WRITE(tpidrro_el0, 0);
	SYSTEM_WRITE(tpidr_el0, 0);
	fpu_trap_user();
	aarch64_isb();
	if (aarch64_features.pan)
		SYSTEM_WRITE(S3_0_C4_C2_3, 1ull << 22);  /* PAN, by its number */
}

bool hal_entropy(u64 *out)
{
	if (!aarch64_features.random)
		return false;
	for (u32 i = 0; i < RANDOM_TRIES; i++)
		if (aarch64_random(out))
			return true;
	return false;
}

void hal_halt(void)
{
	for (;;)
		aarch64_wait();
}

bool hal_interrupt_pending(void) { return SYSTEM_READ(isr_el1) != 0; }
