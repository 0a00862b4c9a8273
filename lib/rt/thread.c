/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads of the own process.
 */
#include "lib/rt/thread.h"
#include "lib/rt/raw_start.h"
#include "lib/rt/place.h"
#include "lib/rt/rt.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "rt_arch/thread.h"

static struct rt_thread threads[RT_THREADS_MAX];

/* A number is a place, and how often it has been given before: so that the number of a thread that has ended is not
 * that of another one. Below RT_MUTEX_SHARED. */
enum : u32 { PLACES = 64, USES_MAX = 1u << 24 };
static_assert(RT_THREADS_MAX + 2 <= PLACES);

/* By place: of the first thread, and then of the slots. The handle is given up when the place is used again. */
static u32 handles[PLACES], uses[PLACES];

/* A thread's place, or the first one's. */
static u32 place_of(const struct rt_thread *thread)
{
	for (u32 i = 0; i < RT_THREADS_MAX; i++)
		if (ELEM(threads, i) == thread)
			return i + 2;
	return 1;
}

static void use_again(u32 place)
{
	u32 *use = ELEM(uses, place);

	__atomic_store_n(use, (*use + 1) % USES_MAX, __ATOMIC_SEQ_CST);
	handle_t old = { __atomic_exchange_n(ELEM(handles, place), 0, __ATOMIC_SEQ_CST) };

	if (old.v != 0)
		sys_cap_drop(old);
}

static u32 make_known(struct rt_thread *self)
{
	u32 place = place_of(self);
	handle_t handle = {};

	if (sys_thread_self(&handle) == STATUS_OK)
		__atomic_store_n(ELEM(handles, place), handle.v, __ATOMIC_RELEASE);
	self->number = place + *ELEM(uses, place) * PLACES;
	return self->number;
}

u32 rt_thread_number(void)
{
UNSAFE_BEGIN("SAFETY: the record is the running thread's own");
	struct rt_thread *self = raw_thread_self();
UNSAFE_END();

	return LIKELY(self->number != 0) ? self->number : make_known(self);
}

bool rt_thread_replaced(u32 number)
{
	return __atomic_load_n(ELEM(uses, number % PLACES), __ATOMIC_ACQUIRE) != number / PLACES;
}

handle_t rt_thread_numbered(u32 number)
{
	handle_t handle = { __atomic_load_n(ELEM(handles, number % PLACES), __ATOMIC_ACQUIRE) };

	return rt_thread_replaced(number) ? (handle_t){} : handle; /* looked at afterwards: it is not another one's */
}

void rt_thread_cancel_later(void)
{
	handle_t self = rt_thread_numbered(rt_thread_number());

	if (sys_thread_cancel(self) != STATUS_OK)
		return; /* it could not be made known: nobody but the kernel had a handle to it */
}

/* A slot that no thread uses; one with a stack of that size if there is one. */
static struct rt_thread *find_slot(u64 stack_bytes)
{
	struct rt_thread *free = nullptr;

	for (u32 i = 0; i < RT_THREADS_MAX; i++) {
		struct rt_thread *slot = ELEM(threads, i);
		bool available = slot->used == 0 || __atomic_load_n(&slot->ended, __ATOMIC_ACQUIRE) != 0;

		if (available && slot->stack_bytes == stack_bytes)
			return slot;
		if (available && free == nullptr && slot->stack_bytes == 0)
			free = slot;
	}
	return free;
}

static enum status give_stack(struct rt_thread *slot, u64 bytes)
{
	handle_t memory;

	if (slot->stack_bytes == bytes)
		return STATUS_OK;
	enum status status = sys_memory_create(rt_group(), bytes, &memory);

	if (status != STATUS_OK)
		return status;
	status = rt_place_stack(rt_self(), memory, bytes, &slot->stack_address);
	sys_cap_drop(memory);
	if (status == STATUS_OK)
		slot->stack_bytes = bytes;
	return status;
}

enum status rt_thread_start(rt_thread_entry *entry, u64 argument, u32 stack_pages, handle_t activity, handle_t *thread)
{
	u64 bytes = (u64)stack_pages << PAGE_SHIFT;
	struct rt_thread *slot = find_slot(bytes);

	if (stack_pages == 0)
		return STATUS_INVALID;
	if (slot == nullptr)
		return STATUS_OUT_OF_THREADS;
	enum status status = give_stack(slot, bytes);

	if (status != STATUS_OK)
		return status;
	use_again(place_of(slot));
	slot->number = 0;
	slot->self = slot;
	slot->entry = entry;
	slot->argument = argument;
	slot->used = 1;
	slot->ended = 0;
	struct thread_start start = { .stack = slot->stack_address + bytes };

UNSAFE_BEGIN("SAFETY: the kernel needs the addresses of code and of the thread's record as numbers");
	start.entry = (u64)(uptr)raw_thread_trampoline;
	start.argument = (u64)(uptr)slot;
	start.tls = (u64)(uptr)slot;
UNSAFE_END();
	status = sys_thread_create(rt_self(), &start, activity, thread);
	if (status != STATUS_OK)
		slot->ended = 1;
	return status;
}

UNSAFE_BEGIN("SAFETY: called by start.S alone, with the record that rt_thread_start gave the thread");
void raw_thread_main(struct rt_thread *thread, u64 buffer)
{
	thread->buffer = buffer;
	thread->entry(thread->argument);
	rt_thread_exit();
}

void rt_thread_exit(void)
{
	struct rt_thread *self = raw_thread_self();

	raw_thread_leave(&self->ended);
}
UNSAFE_END();

u64 rt_frame_record(u64 fp) { return fp - RT_ARCH_FRAME_RECORD; }
u64 rt_return_address(u64 saved) { return saved & ((1ull << RT_ARCH_ADDRESS_BITS) - 1); }
