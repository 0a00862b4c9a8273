/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: CPUID and the control registers. SPEC: Intel SDM 2A CPUID; 3A 2.5 "Control Registers".
 */
#include "kernel/arch/x86/common/features.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/hal/cpu.h"

enum : u64 {
	CR0_PE = 1u << 0, CR0_MP = 1u << 1, CR0_TS = 1u << 3, CR0_ET = 1u << 4, CR0_NE = 1u << 5,
	CR0_WP = 1u << 16, CR0_AM = 1u << 18, CR0_PG = 1u << 31,
	CR4_PAE = 1u << 5, CR4_MCE = 1u << 6, CR4_PGE = 1u << 7, CR4_OSFXSR = 1u << 9,
	CR4_OSXMMEXCPT = 1u << 10, CR4_UMIP = 1u << 11, CR4_OSXSAVE = 1u << 18,
	CR4_SMEP = 1u << 20, CR4_SMAP = 1u << 21,
	EFER_SCE = 1u << 0, EFER_NXE = 1u << 11,
	XCR0_X87_SSE = 3, XCR0_AVX = 4,
};
enum : u32 { MSR_EFER = 0xc0000080 };

struct x86_features x86_features;

static bool bit(u32 word, u32 n) { return (word >> n & 1) != 0; }

/* Frequency of the time stamp counter in Hz, or 0.
 * SPEC: Intel SDM 2A CPUID leaf 15H; the hypervisor leaf 0x40000010 gives kHz. */
static u64 tsc_frequency(u32 max_leaf, bool hypervisor)
{
	if (hypervisor && x86_cpuid(0x40000000, 0).eax >= 0x40000010) {
		u32 khz = x86_cpuid(0x40000010, 0).eax;

		if (khz != 0)
			return (u64)khz * 1000;
	}
	if (max_leaf >= 0x15) {
		struct x86_cpuid r = x86_cpuid(0x15, 0);

		if (r.eax != 0 && r.ebx != 0 && r.ecx != 0)
			return (u64)r.ecx * r.ebx / r.eax;
	}
	return 0;
}

void x86_features_detect(void)
{
	u32 max_leaf = x86_cpuid(0, 0).eax;
	struct x86_cpuid one = x86_cpuid(1, 0);
	struct x86_cpuid seven = {};
	struct x86_cpuid extended = {};

	if (max_leaf >= 7)
		seven = x86_cpuid(7, 0);
	if (x86_cpuid(0x80000000, 0).eax >= 0x80000001)
		extended = x86_cpuid(0x80000001, 0);
	x86_features.machine_check = bit(one.edx, 7);
	x86_features.x2apic = bit(one.ecx, 21);
	x86_features.tsc_deadline = bit(one.ecx, 24);
	x86_features.xsave = bit(one.ecx, 26);
	x86_features.avx = x86_features.xsave && bit(one.ecx, 28);
	x86_features.rdrand = bit(one.ecx, 30);
	x86_features.smep = bit(seven.ebx, 7);
	x86_features.smap = bit(seven.ebx, 20);
	x86_features.umip = bit(seven.ecx, 2);
	x86_features.nx = bit(extended.edx, 20);
	x86_features.gib_pages = bit(extended.edx, 26);
	x86_features.tsc_hz = tsc_frequency(max_leaf, bit(one.ecx, 31));
}

/* WHY: FSGSBASE and PCIDE stay off. Without FSGSBASE user mode cannot make the GS base look like
 * the kernel's, which the fault entry tells apart by its sign. */
void x86_features_enable(void)
{
	u64 cr4 = CR4_PAE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT;

	if (x86_features.machine_check)
		cr4 |= CR4_MCE;
	if (x86_features.umip)
		cr4 |= CR4_UMIP;
	if (x86_features.xsave)
		cr4 |= CR4_OSXSAVE;
	if (x86_features.smep)
		cr4 |= CR4_SMEP;
	if (x86_features.smap)
		cr4 |= CR4_SMAP;
	x86_write_cr4(cr4);
	x86_write_msr(MSR_EFER, x86_read_msr(MSR_EFER) | EFER_SCE | (x86_features.nx ? EFER_NXE : 0));
	if (x86_features.xsave)
		x86_set_xcr0(XCR0_X87_SSE | (x86_features.avx ? XCR0_AVX : 0));
	x86_write_cr0(CR0_PE | CR0_MP | CR0_TS | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG);
}

/* SPEC: Intel SDM 3A, 4.10.4.1: a change of CR4.PGE. */
void x86_flush_all(void)
{
	u64 cr4 = x86_read_cr4();

	x86_write_cr4(cr4 & ~CR4_PGE);
	x86_write_cr4(cr4);
}

bool hal_entropy(u64 *out)
{
	if (!x86_features.rdrand)
		return false;
	/* SPEC: Intel SDM 1, 7.3.17.1: try ten times. */
	for (u32 i = 0; i < 10; i++)
		if (x86_random(out))
			return true;
	return false;
}

void hal_halt(void)
{
	for (;;)
		x86_halt();
}
