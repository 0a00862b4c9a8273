/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: GDT, TSS, IDT and the system call registers. SPEC: Intel SDM 3A, 3.4.5, 6.14, 8.7, 5.8.8.
 */
#include "kernel/arch/x86/64/tables.h"
#include "hal_arch/offsets.h"
#include "kernel/arch/x86/64/stacks.h"
#include "kernel/arch/x86/common/features.h"
#include "kernel/arch/x86/common/instructions.h"

static_assert(__builtin_offsetof(struct cpu, arch) == 0);
static_assert(__builtin_offsetof(struct cpu, current) == CPU_CURRENT);
static_assert(__builtin_offsetof(struct hal_cpu, self) == CPU_SELF);
static_assert(__builtin_offsetof(struct hal_cpu, frame) == CPU_FRAME);
static_assert(__builtin_offsetof(struct hal_cpu, kernel_stack) == CPU_KERNEL_STACK);
static_assert(__builtin_offsetof(struct hal_cpu, scratch) == CPU_SCRATCH);
static_assert(sizeof(struct x86_tss) == 104);

enum : u32 {
	MSR_SYSENTER_CODE = 0x174, MSR_PAT = 0x277,
	MSR_STAR = 0xc0000081, MSR_LSTAR = 0xc0000082, MSR_CSTAR = 0xc0000083, MSR_SFMASK = 0xc0000084,
	MSR_KERNEL_GS_BASE = 0xc0000102,
};
enum : u64 {
	/* Flags that SYSCALL clears: trap, interrupts, direction, nested task, alignment check. */
	SYSCALL_CLEARS = 1u << 8 | 1u << 9 | 1u << 10 | 1u << 14 | 1u << 18,
	GDT_KERNEL_CODE = 0x00af9b000000ffff,
	GDT_KERNEL_DATA = 0x00cf93000000ffff,
	GDT_USER_DATA = 0x00cff3000000ffff,
	GDT_USER_CODE = 0x00affb000000ffff,
	GDT_TSS_TYPE = 0x89ull << 40,
	/* As after reset, whatever the firmware did: entry 3 (both cache bits of a PTE) is uncached. */
	PAT_DEFAULT = 0x0007040600070406,
	GATE_INTERRUPT = 0x8eull << 40,
	GATE_FROM_USER = 3ull << 45,
};
enum : u32 { VECTORS = 256, VECTOR_NMI = 2, VECTOR_BREAKPOINT = 3, VECTOR_DOUBLE_FAULT = 8, VECTOR_MACHINE_CHECK = 18 };

struct gate { u64 low, high; };

/* Written once at boot, then read-only: see the section's place in kernel/link.ld. */
__attribute__((section(".sealed"))) static struct gate gates[VECTORS];

UNSAFE_BEGIN("SAFETY: addresses as numbers, for registers and descriptors; nothing is accessed through them here");
static u64 code_address(void (*code)(void)) { return (u64)(uptr)code; }
static u64 gates_address(void) { return (u64)(uptr)&gates; }
static u64 cpu_address(struct cpu *cpu) { return (u64)(uptr)cpu; }
static u64 gdt_address(struct hal_cpu *cpu) { return (u64)(uptr)&cpu->gdt; }
static u64 tss_address(struct hal_cpu *cpu) { return (u64)(uptr)cpu + __builtin_offsetof(struct hal_cpu, tss); }
UNSAFE_END();

static u32 stack_of(u32 vector)
{
	switch (vector) {
	case VECTOR_NMI: return IST_NMI;
	case VECTOR_DOUBLE_FAULT:
	case VECTOR_MACHINE_CHECK: return IST_DOUBLE_FAULT;
	default: return vector < VECTOR_FIRST_INTERRUPT ? IST_EXCEPTION : 0;
	}
}

void tables_init(void)
{
	for (u32 i = 0; i < VECTORS; i++) {
		u64 code = code_address(trap_stubs) + i * VECTOR_STUB_BYTES;

		gates[i].low = (code & 0xffff) | (u64)SELECTOR_KERNEL_CODE << 16 | (u64)stack_of(i) << 32 |
			       GATE_INTERRUPT | (i == VECTOR_BREAKPOINT ? GATE_FROM_USER : 0) |
			       (code >> 16 & 0xffff) << 48;
		gates[i].high = code >> 32;
	}
}

static void fill_gdt(struct hal_cpu *cpu)
{
	u64 tss = tss_address(cpu);

	cpu->gdt[0] = 0;
	cpu->gdt[1] = GDT_KERNEL_CODE;
	cpu->gdt[2] = GDT_KERNEL_DATA;
	cpu->gdt[3] = GDT_USER_DATA;
	cpu->gdt[4] = GDT_USER_CODE;
	cpu->gdt[5] = (sizeof(struct x86_tss) - 1) | (tss & 0xffffff) << 16 | GDT_TSS_TYPE | (tss >> 24 & 0xff) << 56;
	cpu->gdt[6] = tss >> 32;
}

static void fill_stacks(struct hal_cpu *cpu)
{
	u64 at = cpu_stacks_at(cpu->id).v;

	cpu->guard_page[0] = at + __builtin_offsetof(struct cpu_stacks, guard0);
	cpu->guard_page[1] = at + __builtin_offsetof(struct cpu_stacks, guard1);
	cpu->guard_page[2] = at + __builtin_offsetof(struct cpu_stacks, guard2);
	cpu->guard_page[3] = at + __builtin_offsetof(struct cpu_stacks, guard3);
	cpu->kernel_stack = cpu->guard_page[1];  /* each stack ends where the next guard page begins */
	cpu->tss.rsp[0] = cpu->kernel_stack;
	cpu->tss.ist[IST_EXCEPTION - 1] = cpu->guard_page[2];
	cpu->tss.ist[IST_NMI - 1] = cpu->guard_page[3];
	cpu->tss.ist[IST_DOUBLE_FAULT - 1] = at + sizeof(struct cpu_stacks);
	/* Beyond the limit: no port is open to user mode. */
	cpu->tss.io_map = sizeof(struct x86_tss);
}

void tables_enter(struct cpu *cpu)
{
	struct hal_cpu *arch = &cpu->arch;

	arch->self = cpu;
	arch->timer_at = U64_MAX;
	fill_stacks(arch);
	fill_gdt(arch);
	struct table_pointer gdt = { .limit = sizeof(arch->gdt) - 1, .base = gdt_address(arch) };
	struct table_pointer idt = { .limit = sizeof(gates) - 1, .base = gates_address() };

	tables_load(&gdt, &idt);
	x86_write_msr(MSR_GS_BASE, cpu_address(cpu));
	x86_write_msr(MSR_KERNEL_GS_BASE, 0);
	x86_features_enable();
	/* SYSRET takes user data from the upper selector + 8, user code from + 16. */
	x86_write_msr(MSR_STAR, (u64)(SELECTOR_USER_DATA - 8) << 48 | (u64)SELECTOR_KERNEL_CODE << 32);
	x86_write_msr(MSR_LSTAR, code_address(syscall_entry));
	x86_write_msr(MSR_CSTAR, code_address(syscall_entry));
	x86_write_msr(MSR_SFMASK, SYSCALL_CLEARS);
	x86_write_msr(MSR_SYSENTER_CODE, 0); /* SYSENTER faults */
	x86_write_msr(MSR_PAT, PAT_DEFAULT);
}
