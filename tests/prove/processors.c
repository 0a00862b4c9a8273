/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of processors, the long way of a lock, the order of locks, and what is told of the machine. Any number of processors
 * and of memory; a lock that others hold for a while.
 */
#include "kernel/hal/cpu.h"

static void prove_relax(void);
static void prove_timers_init(struct timers *timers);
#define hal_relax prove_relax
#define timers_init prove_timers_init
#include "kernel/core/cpu/cpu.c"
#include "kernel/core/cpu/lock.c"
#undef hal_relax
#undef timers_init
#include "kernel/core/syscall/machine.c"

struct cpu *prove_this_cpu;

static struct cpu *made;
static u32 frames, served, begun;
static u32 found;
static struct lock *contended;
static u32 looks;
static struct boot_info *boot;
static u32 power;

/* ---- what is modelled ---- */

u32 hal_cpu_count(void) { return found; }
u32 hal_cpu_node(u32 id) { PROVE(id < cpus_there, "a processor that there is"); return ANY(u32) % BOOT_NODES_MAX; }
vaddr_t hal_direct(paddr_t at) { return (vaddr_t){ at.v }; }
void run_queue_init(struct run_queue *queue) { PROVE(queue == &made->queue, "of the new one"); begun++; }
static void prove_timers_init(struct timers *timers) { PROVE(timers == &made->timers, "of the new one"); begun++; }
void hal_tlb_serve(void) { served++; }

struct frame_result frame_alloc(u32 order)
{
	PROVE((PAGE_BYTES << order) >= sizeof(struct cpu), "there is room for one");
	if (MAYBE())
		return (struct frame_result){ .ok = false };
	made = NEW(struct cpu);
	frames++;
	return (struct frame_result){ .ok = true, .frame = { (u64)(uptr)made } };
}

/* Whoever has it gives it back some time. */
static void prove_relax(void)
{
	looks++;
	if (looks == 2 || MAYBE())
		contended->taken = 0;
}

u64 hal_clock_ns(void) { return 5; }
u64 hal_boot_ns(void) { return 6; }
u64 random_u64(void) { return 7; }
const struct boot_info *boot_state(void) { return boot; }
u64 frame_total(void) { return 8; }
u64 frame_available(void) { return 9; }
u64 pool_bytes(void) { return 10; }
u64 sched_first_user_ns(void) { return 11; }
struct frame_counts frame_counts_of(u32 node)
{
	PROVE(node < BOOT_NODES_MAX, "a node");
	return (struct frame_counts){ node, node };
}

void hal_power_off(void) { power = POWER_ACTION_OFF + 1; }
void hal_reboot(void) { power = POWER_ACTION_REBOOT + 1; }

/* ---- processors ---- */

void prove_create(void)
{
	u32 some = ANY(u32);

	found = ANY(u32);
	frames = begun = 0;
	ASSUME(found != 0);
	enum status status = cpu_create_all();

	PROVE(cpus_there <= CPUS_MAX && cpus_there == 1 + frames && begun == 2 * frames, "each is counted when there is one");
	PROVE((status == STATUS_OK) == (cpus_there == found || cpus_there == CPUS_MAX), "all that there are, or it says so");
	if (some < cpus_there)
		PROVE(cpu_at(some) != nullptr && cpu_at(some)->id == some && (some == 0 || cpu_at(some)->idle == 1),
			"each has its number");
}

/* ---- locks ---- */

void prove_spin(void)
{
	struct lock lock = { .level = ANY(u32), .taken = MAYBE() };

	ASSUME(lock.level < LOCK_LEVELS);
	prove_this_cpu = NEW(struct cpu);
	contended = &lock;
	looks = served = 0;
	u64 spins = prove_this_cpu->lock_spins, waits = prove_this_cpu->lock_waits[lock.level];

	lock_spin(&lock);
	PROVE(lock.taken == 1 && served == looks, "it is had in the end; who asks for flushes meanwhile is served");
	PROVE(prove_this_cpu->lock_spins == spins + looks && prove_this_cpu->lock_waits[lock.level] == waits + 1, "and counted");
}

void prove_noted(void)
{
	struct lock lock = { .level = ANY(u32) };

	ASSUME(lock.level < LOCK_LEVELS);
	prove_this_cpu = NEW(struct cpu);
	for (u32 level = 0; level < LOCK_LEVELS; level++)
		ASSUME(level < lock.level || prove_this_cpu->locks_held[level] == 0);
	lock_note_taken(&lock);
	PROVE(prove_this_cpu->locks_held[lock.level] == 1, "a lock that comes in order is noted");
	lock_note_released(&lock);
	PROVE(prove_this_cpu->locks_held[lock.level] == 0, "until it is released");
}

/* ---- the machine ---- */

static void any_machine(void)
{
	cpus_there = 1 + ANY(u32) % CPUS_MAX;
	for (u32 id = 1; id < CPUS_MAX; id++)
		cpus[id] = id < cpus_there ? NEW(struct cpu) : nullptr;
	boot = NEW(struct boot_info);
	power = 0;
}

void prove_stat(void)
{
	struct machine_stat *stat = NEW(struct machine_stat);

	any_machine();
	struct sys_result result = syscall_machine_stat(nullptr, nullptr, stat);

	PROVE(result.status == STATUS_OK && stat->cpus == cpus_there && stat->frames_free == 9 && stat->node_frames_free[7] == 7,
		"all nodes and processors are told");
	PROVE(stat->kernel_image_bytes == boot->kernel_bytes && stat->command_line[0] == boot->command_line[0],
		"and what the loader said");
}

void prove_cpu_stat(void)
{
	u32 cpu = ANY(u32), level = ANY(u32);
	struct cpu_stat *stat = NEW(struct cpu_stat);

	any_machine();
	ASSUME(level < LOCK_LEVELS);
	struct sys_result result = syscall_machine_cpu_stat(nullptr, nullptr, cpu, stat);

	PROVE((result.status == STATUS_OK) == (cpu < cpus_there), "only processors that there are have figures");
	PROVE(result.status != STATUS_OK || stat->lock_waits[level] == cpu_at(cpu)->lock_waits[level], "which are their own");
}

void prove_rest(void)
{
	u32 action = ANY(u32);

	any_machine();
	PROVE(syscall_null(nullptr, nullptr).status == STATUS_OK && syscall_clock(nullptr, nullptr).value == 5 &&
		syscall_random(nullptr, nullptr).value == 7,
		"what needs no capability needs nothing");
	PROVE(syscall_machine_power(nullptr, nullptr, action).status == STATUS_NOT_SUPPORTED,
		"who goes on learns that it could not be done");
	PROVE((power == POWER_ACTION_OFF + 1) == (action == POWER_ACTION_OFF), "and only what was asked for was tried");
}
