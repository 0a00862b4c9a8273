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
	SCTLR_SIGN = 1ull << 31,                /* EnIA: key A of instruction addresses, the only one that is switched */
	SCTLR_SIGNING_IS_TARGET = 1ull << 35,   /* BT0: of user mode's calls only, as `bti c' is, not of its jumps */
};
enum : u32 {
	RANDOM_TRIES = 8,
	SIGNATURES_QARMA5 = 4, SIGNATURES_OWN = 8, SIGNATURES_QARMA3 = 12, /* APA, API; APA3: where the fields begin */
	SIGNATURES_CHANGED = 3,                                            /* from here on FEAT_PAuth2: no marks */
	SIGNATURE_SHIFT = 48, SIGNATURE_MARK = 0x2000,                     /* above user addresses: wrong, by key A */
};

struct aarch64_features aarch64_features;

static u32 field(u64 value, u32 at) { return (u32)(value >> at & 0xf); }

/* The highest of the algorithms' levels: a processor has one of them at most. */
static u32 signature_level(void)
{
	u64 first = SYSTEM_READ(id_aa64isar1_el1), second = SYSTEM_READ(S3_0_C0_C6_2); /* ID_AA64ISAR2_EL1 */

	return field(first, SIGNATURES_QARMA5) | field(first, SIGNATURES_OWN) | field(second, SIGNATURES_QARMA3);
}

void features_detect(void)
{
	u64 memory = SYSTEM_READ(id_aa64mmfr0_el1), more = SYSTEM_READ(id_aa64mmfr1_el1);
	u64 cache = SYSTEM_READ(ctr_el0);
	u32 signatures = signature_level();

	aarch64_features = (struct aarch64_features){
		.pan = field(more, 20) != 0,
		.random = field(SYSTEM_READ(id_aa64isar0_el1), 60) != 0,
		.branch_targets = field(SYSTEM_READ(id_aa64pfr1_el1), 0) != 0,
		.signatures = signatures != 0,
		.signature_marks = signatures != 0 && signatures < SIGNATURES_CHANGED,
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

bool features_is_wrong_signature(u64 address)
{
	return aarch64_features.signature_marks && address >> SIGNATURE_SHIFT == SIGNATURE_MARK;
}

static u64 control(void)
{
	return SCTLR_KERNEL | (aarch64_features.signatures ? SCTLR_SIGN : 0) |
	       (aarch64_features.branch_targets ? SCTLR_SIGNING_IS_TARGET : 0);
}

/* The key of PACGA, which cannot be kept from programs: the same for all, and known, so that nobody takes it for a secret. */
static void open_general_key(void)
{
	SYSTEM_WRITE(S3_0_C2_C3_0, 0);   /* APGAKeyLo_EL1 */
	SYSTEM_WRITE(S3_0_C2_C3_1, 0);   /* APGAKeyHi_EL1 */
}

void features_enable(void)
{
	SYSTEM_WRITE(mair_el1, MAIR_VALUE);
	SYSTEM_WRITE(tcr_el1, features_tcr());
	SYSTEM_WRITE(sctlr_el1, control());
	SYSTEM_WRITE(cntkctl_el1, 0);   /* user mode asks the kernel for the time */
	SYSTEM_WRITE(mdscr_el1, 0);     /* no breakpoints left by the firmware */
	SYSTEM_WRITE(tpidrro_el0, 0);
	SYSTEM_WRITE(tpidr_el0, 0);
	fpu_trap_user();
	if (aarch64_features.signatures)
		open_general_key();
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
