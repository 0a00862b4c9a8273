/* SPDX-License-Identifier: Apache-2.0
 *
 * Waiting while a word of memory has a value, and waking who waits for it. docs/words.md says what for.
 *
 * A word is a place in a memory object, so processes that map it at different addresses mean the same. Who waits
 * lies in one of a fixed number of buckets, chosen by the place, most important first. A wait is made through
 * a mapping, and ends with it: so the memory object outlives all who wait for its words.
 *
 * INV-WORD: a waiting thread is in the tree of its bucket; the memory object and the owner count it.
 */
#ifndef KERNEL_CORE_IPC_WORD_H
#define KERNEL_CORE_IPC_WORD_H

#include "kernel/core/sched/inherit.h"
#include "kernel/core/types.h"
#include "lib/base/safe.h"
#include "lib/base/tree.h"

struct word_bucket;

/* A thread's wait for a word. Under the bucket's lock. */
struct STABLE word_wait {
	struct word_bucket *bucket; /* null: it waits for none; read without the lock as a hint */
	struct tree_node node;
	struct memory *memory;
	u64 offset;                 /* in the memory object */
	u64 at;                     /* the address used */
	struct thread *owner;       /* whom it waits for, if it named one; counted */
	struct awaited awaited;     /* what the owner inherits from this wait */
};

/* Boot processor, once. */
void word_init(void);

/* Takes a waiting thread whose deadline is due_ns or earlier out of its bucket. True: the caller owns it. */
[[nodiscard]] bool word_withdraw(struct thread *thread, u64 due_ns);

/* The region is in no space any more: waits that were made through it end, with REVOKED or BAD_ADDRESS. No lock of
 * a space or memory object is held, and a full fence lies behind its removal. */
void word_unmapped(const struct region *region);

/* The thread is dead: waits that name it as owner end with PEER_DIED. */
void word_owner_died(const struct thread *owner);

/* The thread runs on another activity than before, which inherits from now on. No lock is held. */
void word_owner_moved(const struct thread *owner);

/* A waiting thread's activity has another priority or deadline. No lock is held; it may have ceased to wait. */
void word_reorder(struct thread *waiter);

#endif
