/* SPDX-License-Identifier: Apache-2.0
 *
 * Init's part in the simulator. It has a higher priority than all others, so once it is woken its
 * system calls follow each other.
 */
#include "kernel/core/group/group.h"
#include "tests/host/kernel/report.h"
#include "tests/sim/sim.h"

enum : u32 { PROCESSES = 8, SHARED = 12, GIFTS = 10, ACTIVITIES = 6 };
enum : u64 { NAP_NS = 3000000, PERIOD_NS = 2000000 };

static struct accounts {
	u64 used[GROUP_ACCOUNTS];
} before;

/* Handles in init; 0: not there at the moment. */
static u64 process[PROCESSES], shared[SHARED], activity[ACTIVITIES];

static u64 try(enum syscall_number number, struct arguments arguments)
{
	(void)user_bring(world_init()->thread);
	sim.mingle = true;
	struct answer answer = user_call(world_init(), number, arguments);

	sim.mingle = false;
	return answer.status == STATUS_OK ? answer.value : 0;
}
#define TRY(number, ...) try((number), (struct arguments){ { __VA_ARGS__ } })

static void drop(u64 *handle)
{
	if (*handle != 0)
		(void)TRY(SYSCALL_CAP_DROP, *handle);
	*handle = 0;
}

static void make_group(void)
{
	struct group_limits limits = { .frames = 3000, .objects = 2000, .caps = 2000, .threads = 60, .max_priority = 90 };

	sim.failing = false;
	user_put(world_init(), 0, SPAN_OF_STRUCT(limits));
	sim.group = TRY(SYSCALL_GROUP_CREATE, init_handle(INIT_HANDLE_GROUP), world_init()->scratch, world_init()->scratch, 0);
	INVARIANT(sim.group != 0, "TEST: no group for the random processes");
	sim.failing = true;
}

/* ---- shared objects ---- */

static u64 make_shared(void)
{
	switch (sim_random(7)) {
	case 0:
		return TRY(SYSCALL_SIGNAL_CREATE, sim.group);
	case 1:
		return TRY(SYSCALL_NS_CREATE, sim.group);
	case 2:
		return TRY(SYSCALL_MEMORY_CREATE, sim.group, (1 + sim_random(40)) * PAGE_BYTES);
	case 3:
		return TRY(SYSCALL_REPLY_CREATE, sim.group);
	case 4:
		return TRY(SYSCALL_DMA_MEMORY_CREATE, init_handle(INIT_HANDLE_DMA), sim.group, (1 + sim_random(16)) * PAGE_BYTES);
	default:
		return TRY(SYSCALL_ENDPOINT_CREATE, sim.group, sim_random(2) * sim_random(5));
	}
}

static u64 narrow(u64 handle, u64 first, u64 count)
{
	return TRY(SYSCALL_CAP_DERIVE, handle, COPY_ALL, first, count);
}

/* A badge whose end somebody wants to hear of, if the object is an endpoint. */
static u64 watched_badge(void)
{
	u64 badged = narrow(*ELEM(shared, sim_random(SHARED)), 1 + sim_random(9), 0);

	if (badged != 0)
		(void)TRY(SYSCALL_ENDPOINT_WATCH_BADGE, badged);
	return badged;
}

/* What a process may be given: mostly what others have too. A derived handle is dropped afterwards. */
static u64 gift(bool *derived)
{
	*derived = true;
	switch (sim_random(24)) {
	case 0:
		return narrow(init_handle(INIT_HANDLE_IRQS), sim_random(FAKE_IRQ_LINES), 1);
	case 1:
		return narrow(init_handle(INIT_HANDLE_IOPORTS), sim_random(FAKE_PORTS), 1);
	case 2:
		return narrow(init_handle(INIT_HANDLE_DEVICES), 0xfe000 + sim_random(100), 1 + sim_random(4));
	case 3:
	case 4:
		return watched_badge();
	default:
		break;
	}
	*derived = false;
	switch (sim_random(20)) {
	case 0:
		return init_handle(INIT_HANDLE_CODE);
	case 1:
		return init_handle(INIT_HANDLE_KLOG);
	case 2:
		return init_handle(INIT_HANDLE_TRACE);
	case 3:
		return init_handle(INIT_HANDLE_MACHINE);
	case 4:
	case 5:
	case 6:
		return *ELEM(process, sim_random(PROCESSES));
	default:
		return *ELEM(shared, sim_random(SHARED));
	}
}

static void give(u64 to)
{
	bool derived;
	u64 handle = gift(&derived);

	if (handle == 0)
		return;
	(void)TRY(SYSCALL_CAP_GRANT, to, handle, sim_one_in(4) ? sim_random(1 << 12) : COPY_ALL);
	if (derived)
		(void)TRY(SYSCALL_CAP_DROP, handle);
}

/* ---- activities ---- */

/* A few priorities, so that there are equals; some with a budget, which is soon used up. */
static void put_params(void)
{
	u32 priorities[] = { 20, 40, 64, 64, 80, 90 };
	struct activity_params params = { .priority = *ELEM(priorities, sim_random(ARRAY_LEN(priorities))) };

	if (params.priority != 64 && sim_one_in(2)) {
		params.period_ns = PERIOD_NS + sim_random(PERIOD_NS);
		params.budget_ns = params.period_ns / 20;
	}
	user_put(world_init(), 0, SPAN_OF_STRUCT(params));
}

/* One that no thread has yet, mostly. Init keeps some, to change them later. */
static u64 make_activity(void)
{
	u64 *kept = ELEM(activity, sim_random(ACTIVITIES));

	drop(kept);
	put_params();
	*kept = TRY(SYSCALL_ACTIVITY_CREATE, sim.group, world_init()->scratch);
	return *kept;
}

static void change_activity(void)
{
	u64 changed = *ELEM(activity, sim_random(ACTIVITIES));

	put_params();
	if (changed != 0)
		(void)TRY(SYSCALL_ACTIVITY_SET, changed, world_init()->scratch);
}

/* ---- processes ---- */

static void start_thread(u64 in, u64 stack)
{
	struct thread_start start = { .entry = 0x1000, .stack = stack };
	u64 on = sim_one_in(4) ? 0 : make_activity();

	user_put(world_init(), 0, SPAN_OF_STRUCT(start));
	u64 thread = TRY(SYSCALL_THREAD_CREATE, in, world_init()->scratch, on);

	drop(&thread);
}

/* So much memory that it comes in large pages. */
static void give_much(u64 made)
{
	u64 bytes = 2 * HAL_LARGE_PAGES * PAGE_BYTES, memory = TRY(SYSCALL_MEMORY_CREATE, sim.group, bytes);

	if (memory != 0)
		(void)TRY(SYSCALL_MAP, made, memory, 0, 0, bytes, MAP_READ | MAP_WRITE | (sim_one_in(2) ? MAP_POPULATE : 0));
	drop(&memory);
}

static u64 spawn(void)
{
	u64 names = 0, faults = sim_one_in(2) ? *ELEM(shared, sim_random(SHARED)) : 0;
	u64 made = TRY(SYSCALL_PROCESS_CREATE, sim.group, names, faults, world_init()->scratch, 0);

	if (made == 0)
		return 0;
	u64 memory = TRY(SYSCALL_MEMORY_CREATE, sim.group, SCRATCH_BYTES);
	u64 at = memory != 0 ? TRY(SYSCALL_MAP, made, memory, 0, 0, SCRATCH_BYTES, MAP_READ | MAP_WRITE) : 0;

	drop(&memory);
	(void)TRY(SYSCALL_CAP_GRANT, made, sim.group, RIGHT_DUPLICATE | RIGHT_INSPECT | GROUP_RIGHT_CREATE | GROUP_RIGHT_LIMIT);
	(void)TRY(SYSCALL_CAP_GRANT, made, made, COPY_ALL);
	if (sim_one_in(4))
		give_much(made);
	for (u32 i = 0; i < GIFTS; i++)
		give(made);
	if (at != 0)
		for (u64 threads = 1 + sim_random(3); threads > 0; threads--)
			start_thread(made, at + SCRATCH_BYTES);
	return made;
}

static void end_process(u64 *handle)
{
	if (*handle != 0)
		(void)TRY(SYSCALL_PROCESS_KILL, *handle, sim_random(3));
	drop(handle);
}

static void drop_all(void)
{
	for (u32 i = 0; i < PROCESSES; i++)
		drop(ELEM(process, i));
	for (u32 i = 0; i < SHARED; i++)
		drop(ELEM(shared, i));
	for (u32 i = 0; i < ACTIVITIES; i++)
		drop(ELEM(activity, i));
}

/* Lets the others run, those too that are to die. */
static void nap(u64 ns)
{
	(void)user_call(world_init(), SYSCALL_SIGNAL_WAIT, (struct arguments){ { world_signal(), 2, fake_now() + ns } });
}

static void wake(void)
{
	struct thread *init = world_init()->thread;

	if (init->state == THREAD_STATE_WAITING && init->deadline_ns > fake_now())
		fake_set_now(init->deadline_ns);
	(void)user_bring(init);
}

/* From time to time memory is scarce. */
static void choose_failures(void)
{
	u64 rates[] = { 0, 0, 0, 300, 60, 8 };

	sim.fail_one_in = *ELEM(rates, sim_random(ARRAY_LEN(rates)));
}

void sim_direct(void)
{
	fake_interrupt_every(0);
	choose_failures();
	wake();
	if (sim_one_in(25)) {
		(void)TRY(SYSCALL_GROUP_DESTROY, sim.group);
		drop_all();
		drop(&sim.group);
		make_group();
	}
	for (u32 i = 0; i < SHARED; i++) {
		if (sim_one_in(12))
			drop(ELEM(shared, i));
		if (*ELEM(shared, i) == 0)
			*ELEM(shared, i) = make_shared();
	}
	for (u32 i = 0; i < PROCESSES; i++) {
		if (sim_one_in(10))
			end_process(ELEM(process, i));
		if (*ELEM(process, i) == 0)
			*ELEM(process, i) = spawn();
		else if (sim_one_in(2))
			give(*ELEM(process, i));
	}
	for (u32 i = 0; i < ACTIVITIES; i++)
		if (sim_one_in(3))
			change_activity();
	if (sim_one_in(8) && *ELEM(shared, 0) != 0)
		(void)TRY(SYSCALL_CAP_REVOKE, *ELEM(shared, sim_random(SHARED)));
	nap(sim_random(NAP_NS));
}

void sim_direct_begin(void)
{
	world_settle();
	make_group();
	struct group *root = world_init()->process->object.group;

	for (u32 i = 0; i < GROUP_ACCOUNTS; i++)
		before.used[i] = group_use(root, i);
	before.used[GROUP_CAPS]--;
	before.used[GROUP_OBJECTS]--; /* the group goes at the end */
}

/* What the kernel keeps for whoever comes next: lines and the log are bound to the world's signal, and nobody
 * reads the events. */
static void unbind(void)
{
	for (u64 line = 0; line < FAKE_IRQ_LINES; line++) {
		u64 one = narrow(init_handle(INIT_HANDLE_IRQS), line, 1);

		(void)TRY(SYSCALL_IRQ_BIND, one, world_signal(), 1);
		drop(&one);
	}
	(void)TRY(SYSCALL_KLOG_BIND, init_handle(INIT_HANDLE_KLOG), world_signal(), 1);
	(void)TRY(SYSCALL_TRACE_CONTROL, init_handle(INIT_HANDLE_TRACE), 0, 0, 0, 0);
}

void sim_direct_end(void)
{
	sim.failing = false;
	wake();
	unbind();
	(void)TRY(SYSCALL_GROUP_DESTROY, sim.group);
	drop_all();
	drop(&sim.group);
	nap(U64_MAX / 2);
	world_settle();
	struct group *root = world_init()->process->object.group;

	EXPECT_EQ(group_use(root, GROUP_OBJECTS), before.used[GROUP_OBJECTS]);
	EXPECT_EQ(group_use(root, GROUP_CAPS), before.used[GROUP_CAPS]);
	EXPECT_EQ(group_use(root, GROUP_THREADS), before.used[GROUP_THREADS]);
	EXPECT(root->children.first == nullptr);
}
