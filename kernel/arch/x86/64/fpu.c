/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: floating point and vector state. The unit traps (CR0.TS) while the running thread has
 * no state. SPEC: Intel SDM 1, chapter 13 "XSAVE"; 10.5 "FXSAVE".
 */
#include "kernel/arch/x86/common/features.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/hal/frame.h"

enum : u64 { CR0_TS = 1u << 3 };
enum : u32 { STATE_ALL = 7 /* x87, SSE, AVX: those of them that XCR0 has */ };

/* As after FNINIT, with all SSE exceptions masked (control word 0x37f, MXCSR 0x1f80); the XSAVE
 * header of zeros asks for the initial state of everything else. */
static const struct hal_fpu clean = { .area = { [0] = 0x7f, [1] = 0x03, [24] = 0x80, [25] = 0x1f } };

UNSAFE_BEGIN("SAFETY: the instructions read or write at most HAL_FPU_BYTES of the struct, because XCR0 has no more components; its alignment is 64");
static void save(struct hal_fpu *to)
{
	if (x86_features.xsave)
		__asm__ volatile("xsave64 %0" : "+m"(*to) : "a"(STATE_ALL), "d"(0));
	else
		__asm__ volatile("fxsave64 %0" : "=m"(*to));
}

static void load(const struct hal_fpu *from)
{
	if (x86_features.xsave)
		__asm__ volatile("xrstor64 %0" : : "m"(*from), "a"(STATE_ALL), "d"(0));
	else
		__asm__ volatile("fxrstor64 %0" : : "m"(*from));
}
UNSAFE_END();

void hal_fpu_init(struct hal_fpu *fpu) { *fpu = clean; }

void hal_fpu_switch(struct hal_fpu *from, struct hal_fpu *to)
{
	x86_clear_ts();
	if (from != nullptr)
		save(from);
	if (to != nullptr) {
		load(to);
		return;
	}
	/* Nothing of the last thread stays in the registers. */
	load(&clean);
	x86_write_cr0(x86_read_cr0() | CR0_TS);
}
