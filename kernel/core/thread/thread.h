/* SPDX-License-Identifier: Apache-2.0
 *
 * Threads: registers, what they wait for, and what they run on.
 *
 * Who may touch a thread that waits: whoever takes it out of the structure it waits in (an
 * endpoint's or signal's queue under that object's lock, a reply object's `caller` under its
 * lock). That processor owns the thread until it has made it ready. INV-WAIT-OWNER.
 */
#ifndef KERNEL_CORE_THREAD_THREAD_H
#define KERNEL_CORE_THREAD_THREAD_H

#include "abi/events.h"
#include "abi/structs.h"
#include "kernel/core/ipc/word.h"
#include "kernel/core/object/object.h"
#include "kernel/core/sched/inherit.h"
#include "kernel/core/time/timers.h"
#include "kernel/core/trace/context.h"
#include "kernel/core/types.h"
#include "kernel/hal/frame.h"
#include "lib/base/list.h"
#include "lib/base/tree.h"

/* In `flags`: what a thread was told; that its next wait is not to be, THREAD_CANCEL; and from THREAD_OWED on, how many wait
 * for a word and name it as owner. WHY in one word: a fast path asks once whether there is any of it. */
enum : u32 { THREAD_KILLED = 1, THREAD_STOP = 2, THREAD_ENDED = 4, THREAD_TOLD = 7, THREAD_CANCEL = 8, THREAD_OWED = 16 };
enum : u32 { FAULT_WORDS = 8 };

/* What makes a thread other than most, in one word: a fast path asks once. THREAD_FAULTED: SENDING or
 * CALLING, the kernel sends fault[] on its behalf. THREAD_FORWARDED: SENDING or CALLING, and a server
 * has handed the call on. THREAD_TIMED: its alarm was set, for the end of its wait. */
enum : u32 { THREAD_USES_FPU = 1, THREAD_FAULTED = 2, THREAD_FORWARDED = 4, THREAD_TIMED = 8 };

struct STABLE thread {
	struct object object;
	struct hal_frame frame;
	struct process *process;       /* counted */
	u32 flags;                     /* atomic: as above; THREAD_ENDED: killed by the end of its process */
	enum thread_state state;       /* written by its owner; others may look */
	u32 cpu;                       /* where it runs or ran last */
	u32 traits;                    /* THREAD_USES_FPU and so on; of its owner */

	/* What it runs on. A call touches this and what follows up to `tls`: two lines of the cache. */
	struct activity *activity;     /* its own, or a lent one: then counted; never null */
	struct activity *own;          /* counted */
	u64 serving;                   /* claim of the reply object whose caller it runs for; 0: none */

	/* Waiting. */
	u64 through;                   /* handle of the endpoint or signal it waits at | reply object's << 32 */
	struct endpoint *endpoint;     /* SENDING, RECEIVING: in whose queue */
	struct reply *reply;           /* RECEIVING: where a caller is to be bound */
	struct reply *awaiting;        /* CALLING: which reply object holds it */
	u64 deadline_ns;               /* INV-ALARM: U64_MAX unless THREAD_TIMED */
	struct thread *wait_next, *wait_prev; /* in the queue; SENDING: among its activity's waiters */

	uaddr_t tls;
	struct frame_words *buffer;    /* the message buffer's frame; lives as long as the process */
	uaddr_t buffer_at;
	u32 buffer_slot;

	/* Ready: place in a run queue, under that queue's lock. */
	struct tree_node run_node;
	u8 queued_priority;
	u32 queued_cpu;

	/* Serving, and those who wait for that. */
	struct endpoint *serves;       /* where it received last; this and the next under that one's lock: ipc/servers.h */
	struct list_node server_node;
	struct awaited awaited;        /* by senders that wait there */
	struct lineage *note;          /* a badge that it was told is gone, until it receives again: ipc/note.h */

	/* Waiting otherwise than in the common case. */
	struct process *forwarder;     /* THREAD_FORWARDED: whose handle `through` is; counted */
	struct signal *signal;         /* WAITING: in whose queue */
	u64 wait_mask;
	struct tree_node send_node;    /* SENDING: place among the senders */
	struct word_wait word;         /* WORD: for which */
	struct alarm alarm;
	u64 sent_badge;                /* SENDING: badge of the capability used */
	u32 copied;                    /* bytes, by a call that it makes again: mem/user_copy.h */
	u64 grace;                     /* until which it makes a revocation again: cap/revoke.c; 0: it makes none */
	bool sent_call;                /* SENDING: wants an answer */
	u64 fault[FAULT_WORDS];        /* or, THREAD_FORWARDED: the words of what was handed on, */
	u64 sent_info;                 /* and what it carries */

	struct list_node in_process;   /* under the process' lock */
	struct trace_of_thread trace;
	struct hal_fpu fpu;
};

static FORCE_INLINE bool thread_uses_fpu(const struct thread *thread) { return (thread->traits & THREAD_USES_FPU) != 0; }
static FORCE_INLINE bool thread_faulted(const struct thread *thread) { return (thread->traits & THREAD_FAULTED) != 0; }
static FORCE_INLINE u32 thread_told(const struct thread *thread) { return atomic_load(&thread->flags) & THREAD_TOLD; }
static FORCE_INLINE u32 thread_owed(const struct thread *thread) { return atomic_load(&thread->flags) / THREAD_OWED; }

/* A queue of waiting threads, first come first. Serialised by the object it belongs to. */
struct STABLE thread_queue {
	struct thread *first;
	struct thread *last;   /* if there is a first */
};

static FORCE_INLINE void thread_queue_push(struct thread_queue *queue, struct thread *thread)
{
	thread->wait_next = nullptr;
	if (UNLIKELY(queue->first != nullptr)) {
		thread->wait_prev = queue->last;
		queue->last->wait_next = thread;
	} else {
		thread->wait_prev = nullptr;
		queue->first = thread;
	}
	queue->last = thread;
}

/* Takes out `first`, which is the first. */
static FORCE_INLINE void thread_queue_take(struct thread_queue *queue, struct thread *first)
{
	queue->first = first->wait_next;
	if (UNLIKELY(queue->first != nullptr))
		queue->first->wait_prev = nullptr;
}

/* It may be asked for its next one still. */
static inline void thread_queue_remove(struct thread_queue *queue, struct thread *thread)
{
	if (LIKELY(queue->first == thread)) {
		thread_queue_take(queue, thread);
		return;
	}
	thread->wait_prev->wait_next = thread->wait_next;
	if (thread->wait_next != nullptr)
		thread->wait_next->wait_prev = thread->wait_prev;
	else
		queue->last = thread->wait_prev;
}

static FORCE_INLINE struct thread *thread_queue_pop(struct thread_queue *queue)
{
	struct thread *first = queue->first;

	if (first != nullptr)
		thread_queue_take(queue, first);
	return first;
}

/* Makes a thread that is ready to be started. Errors: OUT_OF_*, DEAD. */
[[nodiscard]] enum status thread_make(struct process *process, const struct thread_start *start,
	struct activity *activity, struct thread **out);

/* Asks a thread to die; it does when it next leaves the kernel. Its wait ends at once. */
void thread_kill(struct thread *thread);

/* Whether the capability that a thread waits through at an object still lets it. Asked when it begins to
 * wait, once a revocation could find it, and by revocations. Errors: REVOKED, BAD_HANDLE. */
[[nodiscard]] enum status thread_may_wait(const struct thread *thread, const struct object *object);

/* Ends a wait whose owner the caller is, without what it waited for. A faulted thread keeps the registers
 * of its fault, and tries again. */
void thread_abandon_wait(struct thread *thread, enum status status);

/* Ends the wait of a thread with a status, if it still waits. Any processor. */
void thread_cancel(struct thread *thread, enum status status);

/* Ends one wait of a thread with CANCELLED: that in which it is, or its next. Waits for who handles a fault do not count. Any
 * processor. False: it was woken at this moment; nothing was done. */
[[nodiscard]] bool thread_cancel_one_wait(struct thread *thread);

/* The deadline of its wait has come: called from the timers of the processor it blocked on. */
void thread_deadline_passed(struct thread *thread);

/* Turns the running thread into a waiting one: from here on it is not current, and with the lock
 * that the caller holds it is put where it waits. Nothing of the thread may be used after that
 * lock is released. False: it has been killed, told to stop or cancelled, and must not wait. */
[[nodiscard]] bool thread_begin_wait(struct thread *thread, enum thread_state state, u64 deadline_ns);

/* A waiting thread that the caller owns waits for something else from now on. False: its deadline
 * has passed meanwhile or it has been killed: whoever noticed could not reach it. */
[[nodiscard]] bool thread_go_on_waiting(struct thread *thread, enum thread_state state);

/* Why it may not: CANCELLED or TIMED_OUT. */
static inline enum status thread_why_stopped(const struct thread *thread)
{
	return thread_told(thread) != 0 ? STATUS_CANCELLED : STATUS_TIMED_OUT;
}

/* Slow paths of the two below. */
HAL_RARE_CALL void thread_cancel_alarm(struct thread *thread);
HAL_RARE_CALL void thread_forget_forwarder(struct thread *thread);

/* Its wait is over, for the caller owns it: the alarm will not go off any more. */
static FORCE_INLINE void thread_end_alarm(struct thread *thread)
{
	if (UNLIKELY((thread->traits & THREAD_TIMED) != 0))
		thread_cancel_alarm(thread);
}

/* What was forwarded is answered or given up; the caller owns the thread. */
static FORCE_INLINE void thread_end_forward(struct thread *thread)
{
	if (UNLIKELY((thread->traits & THREAD_FORWARDED) != 0))
		thread_forget_forwarder(thread);
}

/* Ends a wait whose owner the caller is: status and value as seen by the system call; ready. */
void thread_finish_wait(struct thread *thread, enum status status, u64 value);

/* On the way out of the kernel: the running thread dies. It is not current afterwards. */
void thread_die(struct thread *thread);

bool thread_close(struct thread *thread);
void thread_free(struct thread *thread);

#endif
