/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: the local interrupt controller. See apic.h.
 */
#include "kernel/arch/x86/common/apic.h"
#include "kernel/arch/x86/common/features.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/hal/cpu.h"
#include "kernel/hal/mmu.h"

enum : u32 {
	MSR_APIC_BASE = 0x1b, MSR_TSC_DEADLINE = 0x6e0, MSR_X2APIC = 0x800,
	REG_ID = 0x20, REG_TPR = 0x80, REG_EOI = 0xb0, REG_SPURIOUS = 0xf0, REG_IRR = 0x200, REG_ERROR = 0x280,
	REG_COMMAND = 0x300, REG_COMMAND_HIGH = 0x310, REG_LVT_TIMER = 0x320, REG_LVT_THERMAL = 0x330,
	REG_LVT_COUNTERS = 0x340, REG_LVT_LINT0 = 0x350, REG_LVT_LINT1 = 0x360, REG_LVT_ERROR = 0x370,
	REG_COUNT = 0x380, REG_LEFT = 0x390, REG_DIVIDE = 0x3e0,
	LVT_MASKED = 1u << 16, LVT_NMI = 4u << 8, LVT_DEADLINE = 2u << 17,
	SPURIOUS_ENABLE = 1u << 8,
	COMMAND_NMI = 4u << 8, COMMAND_INIT = 5u << 8, COMMAND_STARTUP = 6u << 8,
	COMMAND_BUSY = 1u << 12, COMMAND_ASSERT = 1u << 14,
	DIVIDE_BY_1 = 0xb,
	SEND_POLLS = 100000,
};
enum : u64 { BASE_X2 = 1u << 10, BASE_ENABLE = 1u << 11, BASE_ADDRESS = 0x000ffffffffff000 };

static bool x2;
static u64 base;  /* physical */

static u32 read(u32 reg)
{
	if (x2)
		return (u32)x86_read_msr(MSR_X2APIC + (reg >> 4));
	return x86_mmio_read32(hal_direct((paddr_t){ base + reg }));
}

static void write(u32 reg, u32 value)
{
	if (x2)
		x86_write_msr(MSR_X2APIC + (reg >> 4), value);
	else
		x86_mmio_write32(hal_direct((paddr_t){ base + reg }), value);
}

/* Switches this processor's controller on, in the kind chosen. A controller in x2APIC mode cannot go back. */
static void set_mode(void)
{
	u64 msr = x86_read_msr(MSR_APIC_BASE) | BASE_ENABLE;

	x86_write_msr(MSR_APIC_BASE, msr);
	if (x2)
		x86_write_msr(MSR_APIC_BASE, msr | BASE_X2);
}

void apic_find(void)
{
	u64 msr = x86_read_msr(MSR_APIC_BASE);

	base = msr & BASE_ADDRESS;
	x2 = x86_features.x2apic || (msr & BASE_X2) != 0;
	set_mode();
}

bool apic_is_x2(void) { return x2; }
u32 apic_id(void) { return x2 ? read(REG_ID) : read(REG_ID) >> 24; }
void apic_end(void) { write(REG_EOI, 0); }

void apic_enable(void)
{
	set_mode();
	write(REG_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
	write(REG_LVT_THERMAL, LVT_MASKED | VECTOR_SPURIOUS);
	write(REG_LVT_COUNTERS, LVT_MASKED | VECTOR_SPURIOUS);
	write(REG_LVT_LINT0, LVT_MASKED | VECTOR_SPURIOUS);
	write(REG_LVT_LINT1, LVT_NMI);
	write(REG_LVT_ERROR, VECTOR_APIC_ERROR);
	write(REG_DIVIDE, DIVIDE_BY_1);
	write(REG_COUNT, 0);
	write(REG_TPR, 0);
	write(REG_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
	write(REG_ERROR, 0);
	apic_end();
}

/* The xAPIC takes one command after the other; x2APIC takes them at any time. */
static void command(u32 to, u32 what)
{
	if (x2) {
		/* WHY: the fence orders earlier stores before the interrupt, which an MSR write of
		 * the x2APIC does not do by itself (SPEC: Intel SDM 3A, 11.12.3). */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		x86_write_msr(MSR_X2APIC + (REG_COMMAND >> 4), (u64)to << 32 | what);
		return;
	}
	for (u32 i = 0; i < SEND_POLLS && (read(REG_COMMAND) & COMMAND_BUSY) != 0; i++)
		hal_relax();
	write(REG_COMMAND_HIGH, to << 24);
	write(REG_COMMAND, what);
}

void apic_send(u32 to, u32 vector) { command(to, COMMAND_ASSERT | vector); }
void apic_send_nmi(u32 to) { command(to, COMMAND_ASSERT | COMMAND_NMI); }
void apic_send_init(u32 to) { command(to, COMMAND_ASSERT | COMMAND_INIT); }
void apic_send_startup(u32 to, u32 page) { command(to, COMMAND_ASSERT | COMMAND_STARTUP | page); }

bool apic_pending(void)
{
	u32 any = 0;

	/* The first 32 vectors are exceptions. */
	for (u32 i = 1; i < 8; i++)
		any |= read(REG_IRR + i * 0x10);
	return any != 0;
}

bool hal_interrupt_pending(void) { return apic_pending(); }

void apic_timer_enable(void)
{
	write(REG_LVT_TIMER, VECTOR_TIMER | (x86_features.tsc_deadline ? LVT_DEADLINE : 0));
}

void apic_timer_count(u32 ticks) { write(REG_COUNT, ticks); }
u32 apic_timer_left(void) { return read(REG_LEFT); }

void apic_timer_at_tsc(u64 tsc)
{
	/* WHY: the write of the mode above goes through memory in xAPIC and must be seen first
	 * (SPEC: Intel SDM 3A, 11.5.4.1). */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	x86_write_msr(MSR_TSC_DEADLINE, tsc);
}
