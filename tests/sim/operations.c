/* SPDX-License-Identifier: Apache-2.0
 *
 * Random steps of user mode: system calls with arguments that the generated table of calls says would be
 * right, mostly; faults; floating point.
 */
#include "abi/fuzz_table.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/sched/activity.h"
#include "kernel/hal/mmu.h"
#include "kernel/raw/frame_access.h"
#include "tests/sim/sim.h"

enum : u32 { WORD_CAPS = 64, WORD_BUFFERS = 68, TRIES = 6 };
enum : u64 { FAR_NS = 20000000 };

/* ---- values ---- */

/* A mapping of the process; null: none. What another processor has locked may be in the middle of a change. */
static const struct region *any_region(const struct process *process)
{
	if (process->space.lock.taken != 0)
		return nullptr;
	struct tree_node *node = tree_floor(&process->space.regions, HAL_USER_BASE + sim_random(HAL_USER_TOP - HAL_USER_BASE));

	if (node == nullptr)
		node = tree_first(&process->space.regions);
	return node != nullptr ? TREE_ENTRY(node, struct region, node) : nullptr;
}

/* An address in one, or one that is wild. */
static u64 any_address(const struct process *process)
{
	u64 wild[] = { 0, 8, HAL_USER_TOP - 8, U64_MAX - 7, 0xffff800000000000ull };
	const struct region *region = any_region(process);

	if (region == nullptr || sim_one_in(12))
		return *ELEM(wild, sim_random(ARRAY_LEN(wild)));
	u64 at = region->node.key + sim_random(region->pages << PAGE_SHIFT);

	return sim_one_in(3) ? page_floor(at) : at & ~7ull;
}

static u64 any_number(void)
{
	switch (sim_random(8)) {
	case 0:
		return 0;
	case 1:
		return U64_MAX;
	case 2:
		return fake_now() + sim_random(100000);
	case 3:
		return sim_random(1ull << 33) << sim_random(31);
	case 4:
		return sim_random(64) << PAGE_SHIFT;
	default:
		return sim_random(20);
	}
}

/* A live handle of the process, of the type if one is found soon. */
static u32 any_handle(struct process *process, u32 type)
{
	struct cap_info info = {};
	bool more = false;

	if (sim_one_in(20))
		return (u32)sim_random(1u << 20);
	for (u32 try = 0; try < TRIES; try++) {
		u32 from = (u32)sim_random(process->caps.leaves * CAP_LEAF_SLOTS / 4 + 1);

		if (cap_next(process, &from, &info, &more) != STATUS_OK)
			continue;
		while (type != OBJECT_NONE && info.type != type && cap_next(process, &from, &info, &more) == STATUS_OK)
			;
		if (type == OBJECT_NONE || info.type == type || sim_one_in(10))
			break;
	}
	return info.handle;
}

/* A store of user mode, by way of the translation tables. A page that is not there is asked for: the thread
 * makes its system call another time. False: it cannot store there now. */
static bool store(u32 cpu, const struct process *process, u64 at, struct span bytes)
{
	paddr_t frame;
	u32 prot = 0;

	if (at < HAL_USER_BASE || at >= HAL_USER_TOP || (at & PAGE_MASK) + span_len(bytes) > PAGE_BYTES)
		return false;
	if (hal_space_query(&process->space.hal, (uaddr_t){ page_floor(at) }, &frame, &prot) == HAL_MMU_OK) {
		if ((prot & HAL_PROT_WRITE) == 0 || (prot & HAL_PROT_DEVICE) != 0)
			return false;
		span_copy(frame_bytes(frame, at & PAGE_MASK, span_len(bytes)), bytes);
		return true;
	}
	if (!fake_is_inside(cpu) && sim_one_in(4))
		fake_fault(cpu, FAULT_KIND_WRITE, at);
	return false;
}

/* Words that make sense in some of the structs that calls read. */
static void fill_struct(u32 cpu, const struct process *process, u64 at, u64 bytes)
{
	for (u64 offset = 0; offset + 8 <= bytes; offset += 8) {
		u64 value = sim_one_in(3) ? any_number() : sim_one_in(2) ? any_address(process) : sim_random(60);

		if (!store(cpu, process, at + offset, SPAN_OF_STRUCT(value)))
			return;
	}
}

/* ---- arguments ---- */

static u64 *argument_register(struct hal_frame *frame, u32 slot)
{
	if (slot == 0)
		return &frame->arg0;
	return slot == 1 ? &frame->arg1 : ELEM(frame->word, slot - 2);
}

static void fill_argument(u32 cpu, struct thread *self, const struct abi_argument *argument)
{
	u64 *place = argument_register(&self->frame, argument->slot);

	switch (argument->kind) {
	case ABI_HANDLE:
		*place = argument->optional && sim_one_in(2) ? 0 : any_handle(self->process, argument->object);
		return;
	case ABI_RAW_HANDLE:
		*place = sim_one_in(10) ? 0 : any_handle(self->process, sim_one_in(3) ? OBJECT_ENDPOINT : OBJECT_NONE);
		return;
	case ABI_FLAGS:
		*place = sim_random(argument->max + 1) & (sim_one_in(20) ? U64_MAX : argument->max);
		return;
	case ABI_U32:
		*place = sim_one_in(8) ? any_number() : sim_random(min_u64(argument->max, 9) + 1);
		return;
	case ABI_USER_IN:
	case ABI_USER_OUT:
		*place = any_address(self->process);
		*argument_register(&self->frame, argument->slot + 1u) = sim_one_in(10) ? any_number() : sim_random(40);
		if (sim_one_in(2)) /* a path now and then, for namespaces */
			(void)store(cpu, self->process, *place, span_text("/a/b"));
		return;
	case ABI_STRUCT_IN:
	case ABI_STRUCT_OUT:
		*place = any_address(self->process);
		if (argument->kind == ABI_STRUCT_IN)
			fill_struct(cpu, self->process, *place, argument->max);
		return;
	default:
		*place = sim_one_in(3) ? any_address(self->process) : any_number();
		return;
	}
}

static void fill_message(struct thread *self)
{
	struct hal_frame *frame = &self->frame;
	u64 words = sim_one_in(4) ? sim_random(70) : sim_random(5), caps = sim_one_in(3) ? sim_random(6) : 0;
	u32 endpoint = any_handle(self->process, OBJECT_ENDPOINT), reply = any_handle(self->process, OBJECT_REPLY);

	frame->arg0 = endpoint | (u64)reply << 32;
	frame->arg1 = msg_info_make(sim_random(3), words, caps, sim_random(3), sim_random(2));
	frame->deadline = sim_one_in(6) ? U64_MAX : sim_one_in(3) ? 0 : fake_now() + sim_random(100000);
	for (u32 i = 0; i < MESSAGE_CAPS_MAX; i++) {
		*ELEM(self->buffer->half, 2 * (WORD_CAPS + i / 2)) = any_handle(self->process, OBJECT_NONE);
		*ELEM(self->buffer->half, 2 * (WORD_CAPS + i / 2) + 1) = any_handle(self->process, OBJECT_NONE);
		*ELEM(self->buffer->word, WORD_CAPS + 2 + i / 2) = sim_one_in(2) ? U64_MAX : 0x80000fff80000fffull;
		*ELEM(self->buffer->word, WORD_BUFFERS + i) = i % 2 == 0 ? any_address(self->process) : sim_random(9000);
	}
}

/* Mostly a place where others may wait too, and a value that untouched memory has. */
static void fill_word(struct thread *self, u32 number)
{
	if (!sim_one_in(8))
		self->frame.arg0 = page_floor(any_address(self->process));
	if (number == SYSCALL_WAIT_WORD && !sim_one_in(4))
		self->frame.arg1 = 0;
}

/* Soon, and mostly again and again as often as may be. */
static void fill_timer(struct thread *self)
{
	self->frame.arg1 = sim_one_in(6) ? 0 : fake_now() + sim_random(100000);
	self->frame.word[0] = sim_one_in(4) ? 0 : 100000 + sim_random(100000);
}

/* All of a mapping: a part is refused. Not often, for calls need memory. */
static void fill_unmap(struct thread *self)
{
	const struct region *region = sim_one_in(8) ? any_region(self->process) : nullptr;

	if (region == nullptr)
		return;
	self->frame.arg1 = region->node.key;
	self->frame.word[0] = region->pages << PAGE_SHIFT;
}

/* Message calls are what most of the time is spent in; the second are what races with others. */
static u32 any_call(void)
{
	u32 racing[] = { SYSCALL_SIGNAL_RAISE, SYSCALL_SIGNAL_WAIT, SYSCALL_SIGNAL_WAIT, SYSCALL_THREAD_SUSPEND,
		SYSCALL_THREAD_RESUME, SYSCALL_THREAD_RESUME, SYSCALL_THREAD_CANCEL, SYSCALL_CAP_DROP, SYSCALL_TIMER_SET,
		SYSCALL_WAIT_WORD, SYSCALL_WAIT_WORD, SYSCALL_WAKE_WORD };
	u32 messages[] = { SYSCALL_CALL, SYSCALL_CALL, SYSCALL_SEND, SYSCALL_RECEIVE, SYSCALL_REPLY, SYSCALL_REPLY_RECEIVE };
	u32 call = (u32)sim_random(SYSCALL_COUNT);

	if (sim_one_in(3))
		return *ELEM(messages, sim_random(ARRAY_LEN(messages)));
	if (sim_one_in(4))
		return *ELEM(racing, sim_random(ARRAY_LEN(racing)));
	/* These end threads and whole groups: a few are enough. */
	bool deadly = call == SYSCALL_EXIT || call == SYSCALL_THREAD_EXIT || call == SYSCALL_GROUP_DESTROY ||
		call == SYSCALL_PROCESS_KILL || call == SYSCALL_THREAD_KILL || call == SYSCALL_THREAD_SUSPEND;

	return deadly && !sim_one_in(8) ? SYSCALL_THREAD_RESUME : call;
}

static void system_call(u32 cpu, struct thread *self)
{
	u32 number = any_call();
	const struct abi_call *call = ELEM(abi_calls, number);

	if (call->message)
		fill_message(self);
	else
		for (u32 i = 0; i < call->argument_count; i++)
			fill_argument(cpu, self, ELEM(call->argument, i));
	if (number == SYSCALL_WAIT_WORD || number == SYSCALL_WAKE_WORD)
		fill_word(self, number);
	if (number == SYSCALL_TIMER_SET && !sim_one_in(8))
		fill_timer(self);
	if (number == SYSCALL_UNMAP)
		fill_unmap(self);
	if (fake_is_inside(cpu))
		return; /* a page was missing on the way */
	self->frame.status = sim_one_in(200) ? any_number() : number;
	sim_tell_call(cpu, &self->frame);
	fake_syscall(cpu);
}

static void user_step(u32 cpu)
{
	struct thread *self = cpu_at(cpu)->current;

	if (self == world_init()->thread)
		return; /* its steps are sim_direct's */
	switch (sim_random(40)) {
	case 0:
	case 1:
		sim_tell(cpu, span_text("faults"), span_text(""));
		fake_fault(cpu, (u32)sim_random(4), any_address(self->process));
		return;
	case 2:
		if (!thread_uses_fpu(self))
			fake_fpu_use(cpu);
		return;
	default:
		system_call(cpu, self);
	}
}

/* ---- whatever comes next ---- */

/* Nobody runs: the time when somebody will, if it is soon; otherwise never. Now, if somebody does. */
u64 sim_next_event(void)
{
	u64 next = fake_now() + FAR_NS;

	for (u32 cpu = 0; cpu < sim.cpus; cpu++) {
		if (!fake_is_idle(cpu) || fake_ipi_pending(cpu))
			return fake_now();
		next = min_u64(next, fake_timer_at(cpu));
	}
	return next < fake_now() + FAR_NS ? max_u64(next, fake_now()) : U64_MAX;
}

static void pass_time(void)
{
	u64 ns = sim_one_in(50) ? sim_random(2 * SLICE_NS) : sim_random(5000);

	u64 next = sim_next_event();

	fake_set_now((next != U64_MAX ? next : fake_now()) + ns);
}

void sim_act(u32 cpu)
{
	pass_time();
	fake_select(cpu);
	fake_interrupt_every((u32)sim_random(20));
	if (fake_ipi_pending(cpu) && sim_one_in(2)) {
		sim_tell(cpu, span_text("is interrupted by another"), span_text(""));
		fake_ipi(cpu);
	} else if (fake_timer_due(cpu) && sim_one_in(2)) {
		sim_tell(cpu, span_text("is interrupted by its timer"), span_text(""));
		fake_timer(cpu);
	} else if (sim_one_in(60)) {
		sim_tell(cpu, span_text("is interrupted by a device"), span_text(""));
		fake_irq(cpu, (u32)sim_random(FAKE_IRQ_LINES));
	} else if (!fake_is_idle(cpu)) {
		user_step(cpu);
	}
}
