/* SPDX-License-Identifier: Apache-2.0
 *
 * x86_64: starting the other processors, one after the other. SPEC: Intel SDM 3A, 8.4.4.
 *
 * The two pages below 1 MiB that this needs may be in use by then: their contents are kept and put back. No
 * processor goes on to anything but this file's code before all have started, as they may be what it uses.
 */
#include "kernel/arch/x86/64/smp.h"
#include "kernel/arch/x86/64/paging.h"
#include "kernel/arch/x86/64/stacks.h"
#include "kernel/arch/x86/64/tables.h"
#include "kernel/arch/x86/64/trap.h"
#include "kernel/arch/x86/common/apic.h"
#include "kernel/arch/x86/common/clock.h"
#include "kernel/arch/x86/common/features.h"
#include "kernel/arch/x86/common/instructions.h"
#include "kernel/arch/x86/common/platform.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/mmu.h"
#include "kernel/hal/time.h"
#include "kernel/raw/frame_access.h"
#include "lib/base/span.h"

enum : u64 {
	INIT_WAIT_NS = 10000,
	FIRST_WAIT_NS = 1000000,     /* before the start-up interrupt is sent again */
	ANSWER_WAIT_NS = 200000000,
	EFER_BITS = 1u << 8,         /* long mode */
	EFER_NX = 1u << 11,
};
enum : u32 { COMPARISONS = 4, NOT_STARTED = 0, ARRIVED = 1, COMPARE = 2 /* ... */, GO = 100 };

/* Between the boot processor and the one that starts. Both only go up. */
static u32 said_by_boot, said_by_new;
static u32 on_their_way; /* how many have heard GO */
static u64 new_tsc;

static u8 kept_code[TRAMPOLINE_BYTES];
static u8 kept_root[PAGE_BYTES];

UNSAFE_BEGIN("SAFETY: addresses as numbers for another processor's registers; the trampoline is a constant of TRAMPOLINE_BYTES");
static u64 entry_address(void) { return (u64)(uptr)secondary_entry; }
static u64 cpu_address(struct cpu *cpu) { return (u64)(uptr)cpu; }
static struct span trampoline(void) { return (struct span){ &trampoline_start[0], TRAMPOLINE_BYTES }; }
UNSAFE_END();

static void borrow_low_pages(const struct low_pages *low)
{
	struct mspan code = frame_bytes(low->code, 0, TRAMPOLINE_BYTES);

	span_copy(MSPAN_OF_ARRAY(kept_code), span_of(code));
	span_copy(MSPAN_OF_ARRAY(kept_root), span_of(frame_bytes(low->root, 0, PAGE_BYTES)));
	span_copy(code, trampoline());
	frame_zero(low->root);
	paging_share_kernel(low->root);
	frame_words(low->root)->word[0] = low->identity.v | PTE_PRESENT;
}

static void return_low_pages(const struct low_pages *low)
{
	span_copy(frame_bytes(low->code, 0, TRAMPOLINE_BYTES), SPAN_OF_ARRAY(kept_code));
	span_copy(frame_bytes(low->root, 0, PAGE_BYTES), SPAN_OF_ARRAY(kept_root));
}

/* WHY the id is given: the struct may lie in a page that is borrowed, and nobody reads it meanwhile. */
static void fill_trampoline(const struct low_pages *low, struct cpu *cpu, u32 id)
{
	struct mspan code = frame_bytes(low->code, 0, TRAMPOLINE_BYTES);
	u32 page = (u32)low->code.v;

	mspan_put_le32(code, TRAMPOLINE_ROOT, (u32)low->root.v);
	mspan_put_le32(code, TRAMPOLINE_EFER, (u32)(EFER_BITS | (x86_features.nx ? EFER_NX : 0)));
	mspan_put_le32(code, TRAMPOLINE_GDT_POINTER + 2, page + TRAMPOLINE_GDT);
	mspan_put_le32(code, TRAMPOLINE_JUMP, page + span_le32(trampoline(), TRAMPOLINE_JUMP));
	mspan_put_le64(code, TRAMPOLINE_ENTRY, entry_address());
	mspan_put_le64(code, TRAMPOLINE_CPU, cpu_address(cpu));
	mspan_put_le64(code, TRAMPOLINE_STACK, cpu_stacks_at(id).v + STACK_KERNEL_TOP);
	mspan_put_le64(code, TRAMPOLINE_KERNEL_ROOT, paging_kernel_root().v);
}

static bool wait_for(u32 word, u64 ns)
{
	u64 until = hal_clock_ns() + ns;

	while (atomic_load_acquire(&said_by_new) < word) {
		if (hal_clock_ns() > until)
			return false;
		hal_relax();
	}
	return true;
}

/* WHY the timer: QEMU with -icount takes the reset of a processor, which it does when it sees the
 * start-up, to use up all time until the next timer event; so there is one soon. Interrupts are
 * off, and hal_cpus_start disarms it. */
static void send_startup(u32 apic, u32 page)
{
	hal_timer_arm(hal_clock_ns() + INIT_WAIT_NS);
	apic_send_startup(apic, page);
}

static bool send_start(u32 apic, u32 page)
{
	apic_send_init(apic);
	clock_wait_ns(INIT_WAIT_NS);
	send_startup(apic, page);
	if (wait_for(ARRIVED, FIRST_WAIT_NS))
		return true;
	send_startup(apic, page);
	return wait_for(ARRIVED, ANSWER_WAIT_NS);
}

/* Back to waiting for a start-up: it can neither run into what is in the page later nor take for its own what is said to
 * the next, whose stack it would be on. */
static void send_away(u32 apic)
{
	apic_send_init(apic);
	clock_wait_ns(INIT_WAIT_NS);
}

/* How far the other's time stamp counter is ahead. Each comparison brackets its reading between
 * two of ours; the narrowest counts. A difference within the bracket is none. */
static bool compare_tsc(u64 *ahead)
{
	u64 narrowest = U64_MAX;

	*ahead = 0;
	for (u32 i = 0; i < COMPARISONS; i++) {
		u64 before = x86_read_tsc();

		atomic_store_release(&said_by_boot, COMPARE + i);
		if (!wait_for(COMPARE + i, ANSWER_WAIT_NS))
			return false;
		u64 width = x86_read_tsc() - before;

		if (width >= narrowest)
			continue;
		narrowest = width;
		u64 difference = new_tsc - (before + width / 2);
		bool within = difference + width / 2 <= width;

		*ahead = within ? 0 : difference;
	}
	return true;
}

static bool start(struct cpu *cpu, u32 id, u32 apic, const struct low_pages *low)
{
	u64 ahead = 0;

	said_by_boot = NOT_STARTED;
	said_by_new = NOT_STARTED;
	cpu->arch.id = id;
	cpu->arch.apic_id = apic;
	borrow_low_pages(low);
	fill_trampoline(low, cpu, id);
	bool there = send_start(apic, (u32)(low->code.v >> PAGE_SHIFT)) && compare_tsc(&ahead);

	if (!there)
		send_away(apic);
	return_low_pages(low);
	if (there)
		cpu->arch.tsc_base = core_boot_cpu.arch.tsc_base + ahead;
	return there;
}

/* They have answered before, so they will. */
static void let_go(u32 others)
{
	u64 until = hal_clock_ns() + ANSWER_WAIT_NS;

	atomic_store_release(&said_by_boot, GO);
	while (atomic_load_acquire(&on_their_way) < others && hal_clock_ns() <= until)
		hal_relax();
}

static void listen(u32 word)
{
	while (atomic_load_acquire(&said_by_boot) < word)
		hal_relax();
}

/* The new processor. Until GO it touches only the image and its stack. */
void secondary_start(struct cpu *cpu)
{
	atomic_store_release(&said_by_new, ARRIVED);
	for (u32 i = 0; i < COMPARISONS; i++) {
		listen(COMPARE + i);
		new_tsc = x86_read_tsc();
		atomic_store_release(&said_by_new, COMPARE + i);
	}
	listen(GO);
	tables_enter(cpu);
	apic_enable();
	apic_timer_enable();
	(void)atomic_add(&on_their_way, 1u);
	core_start_secondary(cpu);
}

/* One that does not answer is left out, and its number goes to the next. */
u32 hal_cpus_start(struct cpu *(*cpu_at)(u32 id))
{
	struct x86_platform *p = &x86_platform;
	struct low_pages low;
	u32 found = p->cpu_count, running = 1;

	if (found > 1 && paging_low_pages(&low)) {
		for (u32 i = 1; i < found; i++) {
			p->apic_id[running] = p->apic_id[i];
			p->node[running] = p->node[i];
			if (start(cpu_at(running), running, p->apic_id[i], &low))
				running++;
		}
	}
	hal_timer_arm(U64_MAX);
	let_go(running - 1);
	p->cpu_count = running;
	return running;
}

void hal_ipi_send(u32 cpu, enum hal_ipi kind)
{
	u32 to = *ELEM(x86_platform.apic_id, cpu);

	if (kind == HAL_IPI_RESCHEDULE) {
		apic_send(to, VECTOR_RESCHEDULE);
		return;
	}
	trap_request_halt(cpu);
	apic_send_nmi(to);
}
