/* SPDX-License-Identifier: Apache-2.0
 *
 * Mutexes and conditions. See lock.h.
 *
 * Whoever has waited takes the mutex with the mark that others may wait: he does not know whether he was the last.
 * That costs at most one needless system call, and nobody is forgotten: while a thread waits for the word, it has
 * the mark, or somebody has been woken who will set it or find the word free.
 */
#include "lib/rt/lock.h"
#include "lib/base/addr.h"
#include "lib/rt/message.h"
#include "lib/rt/rt.h"
#include "lib/rt/thread.h"
#include "abi/stubs.h"

enum : u32 { WAKE_STEP = 32 };

static u64 address_of(u32 *word)
{
UNSAFE_BEGIN("SAFETY: the kernel takes addresses as numbers; it reads the word and changes nothing");
	return (u64)(uptr)word;
UNSAFE_END();
}

static u32 load(const u32 *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }

static bool exchange_if(u32 *word, u32 seen, u32 next)
{
	return __atomic_compare_exchange_n(word, &seen, next, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static struct mspan words_in(pages_t pages, u64 offset)
{
	INVARIANT(offset % sizeof(u32) == 0, "a mutex or condition lies at a multiple of 4");
	return mspan_part(rt_pages_mspan(pages), offset, 2 * sizeof(u32));
}

UNSAFE_BEGIN("SAFETY: words_in has checked place and size; both structs are two words that any bytes may make up");
struct rt_mutex *rt_mutex_in(pages_t pages, u64 offset)
{
	return (struct rt_mutex *)(void *)words_in(pages, offset).raw_p;
}

struct rt_condition *rt_condition_in(pages_t pages, u64 offset)
{
	return (struct rt_condition *)(void *)words_in(pages, offset).raw_p;
}
UNSAFE_END();

/* ---- mutexes ---- */

static u32 own_mark(const struct rt_mutex *mutex) { return mutex->shared != 0 ? RT_MUTEX_SHARED : rt_thread_number(); }

/* Waits until the word has changed from `seen`. OK, CANCELLED: look again. */
static enum status wait_for_holder(struct rt_mutex *mutex, u32 seen, u64 deadline_ns)
{
	u32 holder = seen & ~(u32)RT_MUTEX_WAITERS;
	bool over = mutex->shared == 0 && (holder & RT_MUTEX_SHARED) == 0 && rt_thread_replaced(holder);
	enum status status = STATUS_PEER_DIED;

	if (!over)
		status = sys_wait_word(address_of(&mutex->word), seen, rt_thread_numbered(holder), deadline_ns);

	if (status == STATUS_CHANGED)
		return STATUS_OK;
	/* Who was woken last and died before he took it does no harm. */
	if (status == STATUS_BAD_HANDLE || status == STATUS_PEER_DIED)
		return (load(&mutex->word) & ~(u32)RT_MUTEX_WAITERS) == holder ? STATUS_PEER_DIED : STATUS_OK;
	return status;
}

static enum status lock_slowly(struct rt_mutex *mutex, u64 deadline_ns, bool *cancelled)
{
	u32 own = own_mark(mutex);

	for (;;) {
		u32 seen = load(&mutex->word);

		if (seen == 0) {
			if (exchange_if(&mutex->word, 0, own))
				return STATUS_OK;
			continue;
		}
		if ((seen & RT_MUTEX_WAITERS) == 0 && !exchange_if(&mutex->word, seen, seen | RT_MUTEX_WAITERS))
			continue;
		own |= RT_MUTEX_WAITERS;
		enum status status = wait_for_holder(mutex, seen | RT_MUTEX_WAITERS, deadline_ns);

		*cancelled |= status == STATUS_CANCELLED;
		if (status != STATUS_OK && status != STATUS_CANCELLED)
			return status;
	}
}

/* Whoever is cancelled or suspended gets the mutex nevertheless. */
static enum status lock_uncancelled(struct rt_mutex *mutex, u64 deadline_ns)
{
	bool cancelled = false;
	enum status status = lock_slowly(mutex, deadline_ns, &cancelled);

	if (cancelled)
		rt_thread_cancel_later();
	return status;
}

bool rt_mutex_try_lock(struct rt_mutex *mutex) { return exchange_if(&mutex->word, 0, own_mark(mutex)); }

enum status rt_mutex_lock(struct rt_mutex *mutex, u64 deadline_ns)
{
	return LIKELY(rt_mutex_try_lock(mutex)) ? STATUS_OK : lock_uncancelled(mutex, deadline_ns);
}

static void wake(u32 *word, u32 count, u32 flags, u64 *woken)
{
	/* It fails only if the memory is gone, and then nobody waits. */
	if (sys_wake_word(address_of(word), count, flags, woken) != STATUS_OK)
		*woken = 0;
}

void rt_mutex_unlock(struct rt_mutex *mutex)
{
	u64 woken;

	if (UNLIKELY((__atomic_exchange_n(&mutex->word, 0, __ATOMIC_RELEASE) & RT_MUTEX_WAITERS) != 0))
		wake(&mutex->word, 1, WAKE_HAND_OVER, &woken);
}

/* ---- conditions ---- */

enum status rt_condition_wait(struct rt_condition *condition, struct rt_mutex *mutex, u64 deadline_ns)
{
	u32 seen = load(&condition->sequence);

	__atomic_fetch_add(&condition->waiters, 1, __ATOMIC_RELAXED);
	rt_mutex_unlock(mutex);
	enum status status = sys_wait_word(address_of(&condition->sequence), seen, handle_none(), deadline_ns);

	__atomic_fetch_sub(&condition->waiters, 1, __ATOMIC_RELAXED);
	enum status locked = rt_mutex_lock(mutex, RT_FOREVER);

	if (locked != STATUS_OK)
		return locked;
	return status == STATUS_CHANGED ? STATUS_OK : status;
}

/* False: nobody waits. */
static bool go_on(struct rt_condition *condition)
{
	if (load(&condition->waiters) == 0)
		return false;
	__atomic_fetch_add(&condition->sequence, 1, __ATOMIC_RELEASE);
	return true;
}

void rt_condition_signal(struct rt_condition *condition)
{
	u64 woken;

	if (go_on(condition))
		wake(&condition->sequence, 1, 0, &woken);
}

void rt_condition_broadcast(struct rt_condition *condition)
{
	u64 woken = go_on(condition) ? WAKE_STEP : 0;

	while (woken == WAKE_STEP)
		wake(&condition->sequence, WAKE_STEP, 0, &woken);
}
