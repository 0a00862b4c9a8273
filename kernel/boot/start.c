/* SPDX-License-Identifier: Apache-2.0
 *
 * From the loader to the first thread: the order in which the kernel comes up.
 */
#include "kernel/boot/first_process.h"
#include "kernel/boot/limit.h"
#include "kernel/core/boot/boot_info.h"
#include "kernel/core/boot/give_up.h"
#include "kernel/core/boot/state.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/word.h"
#include "kernel/core/irq/irq.h"
#include "kernel/core/klog/klog.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/random/random.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/trace/trace.h"
#include "kernel/debug/kasan.h"
#include "kernel/debug/panic.h"
#include "kernel/debug/symbols.h"
#include "kernel/hal/boot.h"
#include "kernel/hal/time.h"
#include "kernel/raw/cpu_memory.h"

NORETURN static void no_memory(const char *what, u64 asked_bytes)
{
	boot_no_memory(what, asked_bytes);
	boot_give_up();
}

static paddr_t boot_frame(void)
{
	struct frame_result frame = frame_alloc_zeroed();

	if (!frame.ok)
		no_memory("the kernel's own tables", PAGE_BYTES);
	return frame.frame;
}

static void report_memory(void)
{
	klog_begin("ferrous: ");
	klog_u64(hal_cpu_count());
	klog_text(hal_cpu_count() == 1 ? " CPU, " : " CPUs, ");
	klog_u64(frame_total() * PAGE_BYTES / (1024 * 1024));
	klog_text(" MiB of memory, loaded by ");
	klog_write(span_until_zero(SPAN_OF_ARRAY(boot_state()->loader)));
	klog_end();
}

static void start_others(void)
{
	u32 running = hal_cpus_start(cpu_at);

	if (running == cpu_count())
		return;
	klog_begin("cpu: only ");
	klog_u64(running);
	klog_text(" of ");
	klog_u64(cpu_count());
	klog_text(" processors started");
	klog_end();
}

/* What every boot needs, the first process aside: each fails only for lack of memory. */
static struct group *make_own_objects(void)
{
	struct group *root = nullptr;

	if (cpu_create_all() != STATUS_OK)
		no_memory("a processor's own data", PAGE_BYTES << CPU_FRAME_ORDER);
	for (u32 i = 1; i < cpu_count(); i++)
		random_init_cpu(cpu_at(i));
	if (group_make_root(&root) != STATUS_OK)
		no_memory("the root group", PAGE_BYTES);
	if (FERROUS_TRACE && trace_init(root) != STATUS_OK)
		no_memory("a processor's event ring", PAGE_BYTES << TRACE_RING_ORDER);
	return root;
}

void core_start(const struct boot_info *info)
{
	struct cpu *cpu = &core_boot_cpu;
	struct boot_info *boot = boot_keep(info);

	hal_boot_early(boot);
	klog_init();
	enum boot_problem problem = boot_info_check(boot);

	if (problem != BOOT_GOOD) {
		panic_begin(boot_problem_text(problem));
		panic_end();
	}
	bool limit_good = boot_limit_apply(boot);

	symbols_init(boot);
	run_queue_init(&cpu->queue);
	timers_init(&cpu->timers);
	irq_init();
	pool_init();
	word_init();
	if (!frame_init(boot))
		no_memory("the map of all memory", PAGE_BYTES);
	hal_boot_memory(boot, boot_frame);
	frame_add_loader_memory(boot);
	hal_boot_platform(boot);
	if (!limit_good) {
		boot_limit_complain(boot);
		boot_give_up(); /* WHY not before: now the machine can be turned off */
	}
	random_init(boot);
	struct group *root = make_own_objects();

	report_memory();
	atomic_store(&cpu->online, 1u);
	start_others();
	if (FERROUS_KASAN)
		kasan_begin(boot);
	if (first_process_start(root, boot) != STATUS_OK)
		boot_give_up();
	sched_leave_kernel(hal_this_cpu());
	hal_user_enter();
}

void core_start_secondary(struct cpu *cpu)
{
	atomic_store(&cpu->online, 1u);
	atomic_store_and_fence(&cpu->idle, 0u); /* before anything is looked up */
	sched_leave_kernel(hal_this_cpu());
	hal_user_enter();
}
