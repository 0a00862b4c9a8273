/* SPDX-License-Identifier: Apache-2.0
 *
 * From the loader to the first thread: the order in which the kernel comes up.
 */
#include "kernel/core/boot/boot_info.h"
#include "kernel/core/boot/first_process.h"
#include "kernel/core/boot/state.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/group/group.h"
#include "kernel/core/irq/irq.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/random/random.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/trace/trace.h"
#include "kernel/debug/panic.h"
#include "kernel/debug/symbols.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/power.h"
#include "kernel/hal/time.h"

/* The kernel's own copy: the loader's memory is handed out. */
static struct boot_info boot;

const struct boot_info *boot_state(void) { return &boot; }

static paddr_t boot_frame(void)
{
	struct frame_result frame = frame_alloc_zeroed();

	INVARIANT(frame.ok, "INV-BOOT-MEMORY: no frames for the kernel's own tables");
	return frame.frame;
}

static void report_memory(void)
{
	klog_time();
	klog_text("ferrous: ");
	klog_u64(hal_cpu_count());
	klog_text(hal_cpu_count() == 1 ? " CPU, " : " CPUs, ");
	klog_u64(frame_total() * PAGE_BYTES / (1024 * 1024));
	klog_text(" MiB of memory, loaded by ");
	klog_write(span_until_zero(SPAN_OF_ARRAY(boot.loader)));
	klog_end();
}

static void start_others(void)
{
	u32 running = hal_cpus_start(cpu_at);

	if (running == cpu_count())
		return;
	klog_time();
	klog_text("cpu: only ");
	klog_u64(running);
	klog_text(" of ");
	klog_u64(cpu_count());
	klog_text(" processors started");
	klog_end();
}

static void boot_status(enum status status, const char *what)
{
	if (status == STATUS_OK)
		return;
	panic_begin(what);
	panic_end();
}

/* Why was said already. Nothing of the kernel is broken, so this is no panic. */
NORETURN static void give_up(void)
{
	klog_time();
	klog_text("ferrous: there is nothing to run; turning the machine off");
	klog_end();
	hal_power_off();
	hal_halt();
}

void core_start(const struct boot_info *info)
{
	struct cpu *cpu = &core_boot_cpu;
	struct group *root = nullptr;

	boot = *info;
	hal_boot_early(&boot);
	klog_init();
	enum boot_problem problem = boot_info_check(&boot);

	if (problem != BOOT_GOOD) {
		panic_begin(boot_problem_text(problem));
		panic_end();
	}
	symbols_init(&boot);
	run_queue_init(&cpu->queue);
	timers_init(&cpu->timers);
	irq_init();
	pool_init();
	frame_init(&boot);
	hal_boot_memory(&boot, boot_frame);
	frame_add_loader_memory(&boot);
	hal_boot_platform(&boot);
	random_init(&boot);
	boot_status(cpu_create_all(), "no memory for the processors' own data");
	for (u32 i = 1; i < cpu_count(); i++)
		random_init_cpu(cpu_at(i));
	boot_status(group_make_root(&root), "no memory for the root group");
	boot_status(trace_init(root), "no memory for the event rings");
	report_memory();
	atomic_store(&cpu->online, 1u);
	start_others();
	if (first_process_start(root, &boot) != STATUS_OK)
		give_up();
	sched_leave_kernel();
	hal_user_enter();
}

void core_start_secondary(struct cpu *cpu)
{
	atomic_store(&cpu->online, 1u);
	atomic_store(&cpu->idle, 0u);
	sched_leave_kernel();
	hal_user_enter();
}
