/* SPDX-License-Identifier: Apache-2.0
 *
 * The booted world of the kernel's host tests. See world.h.
 */
#include "tests/host/kernel/world.h"

#include "kernel/core/cpu/cpu.h"
#include "kernel/core/group/group.h"
#include "kernel/core/mem/user_copy.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/work.h"
#include "kernel/raw/downcast.h"
#include "kernel/raw/frame_access.h"
#include "tests/host/kernel/report.h"

enum : u32 { WORD_CAPS = 64, WORD_RIGHTS = 66, WORD_IN = 68, SETTLE_ROUNDS = 2000, QUIET_ROUNDS = 12 };

struct accounts {
	u64 used[GROUP_ACCOUNTS];
	u64 frames;
};

static struct user init;
static u64 group, lasting_signal;
static struct accounts before;

struct user *world_init(void) { return &init; }
u64 world_group(void) { return group; }
u64 world_signal(void) { return lasting_signal; }
u64 init_handle(enum init_handle place) { return *ELEM(init.thread->buffer->word, place); }

/* ---- settling and accounts ---- */

static bool busy(const struct cpu *cpu)
{
	return cpu->dead != nullptr || cpu->closed != nullptr || cpu->closing != nullptr || cpu->freeing != nullptr;
}

void world_settle(void)
{
	u32 quiet = 0;

	for (u32 round = 0; round < SETTLE_ROUNDS && quiet < QUIET_ROUNDS; round++) {
		bool any = false;

		fake_settle();
		for (u32 i = 0; i < cpu_count(); i++)
			any = any || busy(cpu_at(i));
		quiet = any ? 0 : quiet + 1;
		/* Threads that are to die may wait behind others for their turn. */
		fake_set_now(fake_now() + SLICE_NS);
		for (u32 i = 0; i < cpu_count(); i++) {
			work_add(cpu_at(i), cpu_at(i)->current); /* as urgent as what runs there */
			fake_timer(i);
		}
	}
	if (quiet < QUIET_ROUNDS)
		FAIL("dead objects are worked off in the end");
}

static struct accounts accounts_now(void)
{
	struct group *root = init.process->object.group;
	struct accounts now = { .frames = frame_available() + pool_bytes() / PAGE_BYTES };

	for (u32 i = 0; i < GROUP_ACCOUNTS; i++)
		now.used[i] = group_use(root, i);
	return now;
}

static void create_group(void)
{
	struct group_limits limits = {};

	user_put(&init, 0, SPAN_OF_STRUCT(limits));
	group = HANDLE(&init, SYSCALL_GROUP_CREATE, init_handle(INIT_HANDLE_GROUP), init.scratch, init.scratch, 0);
}

void world_begin(void)
{
	world_settle();
	before = accounts_now();
	create_group();
}

/* Init keeps what the kernel gave it, and the test's group. */
static bool is_kept(u32 handle)
{
	bool kept = handle == group || handle == lasting_signal;

	for (u32 i = 0; i < INIT_HANDLE_COUNT; i++)
		kept = kept || init_handle((enum init_handle)i) == handle;
	return kept;
}

static void drop_what_init_made(void)
{
	struct cap_info info;
	enum status status = STATUS_OK;
	bool more = false;
	u32 slot = 0;

	do {
		status = cap_next(init.process, &slot, &info, &more);
		if (status == STATUS_OK && !is_kept(info.handle))
			(void)cap_drop(init.process, (handle_t){ info.handle });
	} while (status == STATUS_OK || more);
}

/* Whatever is left in the test's group is destroyed; then nothing may be left of it. */
void world_end(void)
{
	struct group_stat stat = {};

	EXPECT_STATUS(CALL(&init, SYSCALL_GROUP_DESTROY, group).status, STATUS_OK);
	drop_what_init_made();
	world_settle();
	EXPECT_STATUS(CALL(&init, SYSCALL_GROUP_STAT, group, init.scratch).status, STATUS_OK);
	user_get(&init, 0, MSPAN_OF_STRUCT(stat));
	EXPECT_EQ(stat.frames, 0);
	EXPECT_EQ(stat.objects, 0);
	EXPECT_EQ(stat.caps, 0);
	EXPECT_EQ(stat.threads, 0);
	EXPECT_STATUS(CALL(&init, SYSCALL_CAP_DROP, group).status, STATUS_OK);
	world_settle();
	struct accounts after = accounts_now();

	EXPECT_EQ(after.used[GROUP_FRAMES], before.used[GROUP_FRAMES]);
	EXPECT_EQ(after.used[GROUP_OBJECTS], before.used[GROUP_OBJECTS]);
	EXPECT_EQ(after.used[GROUP_CAPS], before.used[GROUP_CAPS]);
	EXPECT_EQ(after.used[GROUP_THREADS], before.used[GROUP_THREADS]);
	EXPECT_EQ(after.frames, before.frames);
}

void world_boot(u32 cpus)
{
	fake_boot(cpus);
	struct thread *thread = cpu_at(0)->current;

	INVARIANT(thread != nullptr, "TEST: the first process does not run after the boot");
	init = (struct user){ .thread = thread, .process = thread->process,
		.scratch = thread->frame.sp - FAKE_STACK_BYTES };
	for (u64 at = 0; at < SCRATCH_BYTES; at += PAGE_BYTES)
		user_put_u64(&init, at, 0);
	lasting_signal = HANDLE(&init, SYSCALL_SIGNAL_CREATE, init_handle(INIT_HANDLE_GROUP));
	/* Once around, so that tables and capability leaves that init keeps are there. */
	world_begin();
	struct user first = user_new();

	user_end(&first);
	CALL(&init, SYSCALL_GROUP_DESTROY, group);
	CALL(&init, SYSCALL_CAP_DROP, group);
	world_settle();
}

/* ---- users ---- */

static struct thread *thread_of(u64 handle)
{
	struct cap cap;
	enum status status = cap_resolve_full(init.process, (handle_t){ (u32)handle }, OBJECT_THREAD, 0, &cap);

	INVARIANT(status == STATUS_OK, "TEST: init has no such thread");
	return object_as_thread(cap.object);
}

static u64 start_thread(u64 process, u64 stack)
{
	struct thread_start start = { .entry = 0x1000, .stack = stack };

	user_put(&init, 0, SPAN_OF_STRUCT(start));
	return HANDLE(&init, SYSCALL_THREAD_CREATE, process, init.scratch, 0);
}

static struct user make(u64 in, u64 faults)
{
	struct user user = {};

	user.process_handle = HANDLE(&init, SYSCALL_PROCESS_CREATE, in, 0, faults, init.scratch, 0);
	u64 memory = HANDLE(&init, SYSCALL_MEMORY_CREATE, in, 2 * SCRATCH_BYTES);
	struct answer mapped = CALL(&init, SYSCALL_MAP, user.process_handle, memory, 0, 0, 2 * SCRATCH_BYTES,
		MAP_READ | MAP_WRITE);

	EXPECT_STATUS(mapped.status, STATUS_OK);
	EXPECT_STATUS(CALL(&init, SYSCALL_CAP_DROP, memory).status, STATUS_OK);
	user.scratch = mapped.value;
	user.thread_handle = start_thread(user.process_handle, mapped.value + SCRATCH_BYTES);
	user.thread = thread_of(user.thread_handle);
	user.process = user.thread->process;
	return user;
}

struct user user_new(void) { return make(group, 0); }
struct user user_new_in(u64 in) { return make(in, 0); }
struct user user_new_with_faults(u64 faults) { return make(group, faults); }

struct user user_thread(const struct user *user)
{
	struct user more = *user;

	more.scratch = user->scratch + SCRATCH_BYTES;
	more.thread_handle = start_thread(user->process_handle, more.scratch + SCRATCH_BYTES);
	more.thread = thread_of(more.thread_handle);
	return more;
}

void user_end(struct user *user)
{
	EXPECT_STATUS(CALL(&init, SYSCALL_PROCESS_KILL, user->process_handle, 9).status, STATUS_OK);
	EXPECT_STATUS(CALL(&init, SYSCALL_CAP_DROP, user->process_handle).status, STATUS_OK);
	EXPECT_STATUS(CALL(&init, SYSCALL_CAP_DROP, user->thread_handle).status, STATUS_OK);
	world_settle();
}

bool user_waits(const struct user *user)
{
	enum thread_state state = user->thread->state;

	return state != THREAD_STATE_RUNNING && state != THREAD_STATE_READY && state != THREAD_STATE_DEAD;
}

bool user_ended(const struct user *user) { return user->thread->state == THREAD_STATE_DEAD; }

/* A slice of the processor's running thread is over. One that stands still in the kernel leaves it first. */
static void end_slice(u32 cpu)
{
	if (fake_is_inside(cpu))
		fake_go(cpu, 0);
	fake_set_now(fake_now() + SLICE_NS);
	fake_timer(cpu);
}

/* Lets the threads before it in its processor's queue use up their slices. */
u32 user_bring(struct thread *thread)
{
	for (u32 round = 0; round < 1000; round++) {
		fake_settle();
		if (thread->state == THREAD_STATE_RUNNING) {
			fake_select(thread->cpu);
			return thread->cpu;
		}
		INVARIANT(thread->state == THREAD_STATE_READY, "TEST: a thread that waits or has ended was told to run");
		end_slice(thread->queued_cpu);
	}
	INVARIANT(false, "TEST: a ready thread never gets to run");
	return 0;
}

struct answer user_answer(const struct user *user)
{
	fake_settle();
	return (struct answer){ .status = user->thread->frame.status, .value = user->thread->frame.arg0,
		.waits = user_waits(user) };
}

struct answer user_call(const struct user *user, enum syscall_number number, struct arguments arguments)
{
	u32 cpu = user_bring(user->thread);
	struct hal_frame *frame = &user->thread->frame;

	frame->status = number;
	frame->arg0 = arguments.at[0];
	frame->arg1 = arguments.at[1];
	for (u32 i = 0; i < 4; i++)
		*ELEM(frame->word, i) = *ELEM(arguments.at, i + 2);
	/* Long calls are made in parts. One that stands still in the kernel may already have been told to go on. */
	u32 parts = 1;

	for (u64 ip = frame->ip;; parts++) {
		fake_syscall(cpu);
		if (frame->ip == ip || fake_is_inside(cpu))
			break;
		frame->ip = ip;
		cpu = user_bring(user->thread);
	}
	return (struct answer){ .status = frame->status, .value = frame->arg0, .waits = user_waits(user), .parts = parts };
}

u64 user_handle(const struct user *user, enum syscall_number number, struct arguments arguments)
{
	struct answer answer = user_call(user, number, arguments);

	EXPECT_STATUS(answer.status, STATUS_OK);
	return answer.value & U32_MAX;
}

/* ---- messages ---- */

struct answer user_message(const struct user *user, enum syscall_number number, u64 handles, u64 info, u64 deadline)
{
	u64 words[8];
	struct hal_frame *frame = &user->thread->frame;

	/* Other calls that bring the thread to run do not touch its words, but keep them in any case. */
	span_copy(MSPAN_OF_ARRAY(words), SPAN_OF_ARRAY(frame->word));
	u32 cpu = user_bring(user->thread);

	span_copy(MSPAN_OF_ARRAY(frame->word), SPAN_OF_ARRAY(words));
	frame->status = number;
	frame->arg0 = handles;
	frame->arg1 = info;
	frame->deadline = deadline;
	fake_syscall(cpu);
	return (struct answer){ .status = frame->status, .value = frame->arg0, .waits = user_waits(user) };
}

void user_word(const struct user *user, u32 index, u64 value)
{
	if (index < ARRAY_LEN(user->thread->frame.word))
		*ELEM(user->thread->frame.word, index) = value;
	else
		*ELEM(user->thread->buffer->word, index) = value;
}

u64 user_word_at(const struct user *user, u32 index)
{
	if (index < ARRAY_LEN(user->thread->frame.word))
		return *ELEM(user->thread->frame.word, index);
	return *ELEM(user->thread->buffer->word, index);
}

static void put_half(const struct user *user, u32 word, u32 index, u32 value)
{
	*ELEM(user->thread->buffer->half, 2 * word + index) = value;
}

void user_cap(const struct user *user, u32 index, u64 handle, u32 rights)
{
	put_half(user, WORD_CAPS, index, (u32)handle);
	put_half(user, WORD_RIGHTS, index, rights);
}

u64 user_cap_at(const struct user *user, u32 index)
{
	return *ELEM(user->thread->buffer->half, 2 * WORD_CAPS + index);
}

void user_buffers(const struct user *user, u64 in, u64 in_bytes, u64 out, u64 out_bytes)
{
	u64 words[] = { in, in_bytes, out, out_bytes };

	for (u32 i = 0; i < ARRAY_LEN(words); i++)
		*ELEM(user->thread->buffer->word, WORD_IN + i) = *ELEM(words, i);
}

/* ---- memory and capabilities ---- */

void user_put(const struct user *user, u64 offset, struct span bytes)
{
	INVARIANT(user_copy_out(user->process, (uaddr_t){ user->scratch + offset }, bytes) == STATUS_OK,
		"TEST: the user's memory cannot be written");
}

void user_get(const struct user *user, u64 offset, struct mspan bytes)
{
	INVARIANT(user_copy_in(user->process, bytes, (uaddr_t){ user->scratch + offset }) == STATUS_OK,
		"TEST: the user's memory cannot be read");
}

void user_put_u64(const struct user *user, u64 offset, u64 value) { user_put(user, offset, SPAN_OF_STRUCT(value)); }

u64 user_get_u64(const struct user *user, u64 offset)
{
	u64 value = 0;

	user_get(user, offset, MSPAN_OF_STRUCT(value));
	return value;
}

u64 give_to(const struct user *user, u64 handle, u32 rights)
{
	return HANDLE(&init, SYSCALL_CAP_GRANT, user->process_handle, handle, rights);
}

u64 object_id(const struct user *user, u64 handle)
{
	struct cap cap;

	if (cap_read(user->process, (handle_t){ (u32)handle }, &cap) != STATUS_OK)
		return 0;
	return cap.object->id;
}
