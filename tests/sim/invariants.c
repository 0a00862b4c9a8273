/* SPDX-License-Identifier: Apache-2.0
 *
 * What must hold between any two kernel entries (docs/invariants.md), checked over all objects that can be
 * reached from the root group.
 */
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/note.h"
#include "kernel/core/ipc/reply.h"
#include "kernel/core/ipc/servers.h"
#include "kernel/core/ipc/signal.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/mem/memory.h"
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/time/timer.h"
#include "kernel/raw/downcast.h"
#include "tests/sim/sim.h"

enum : u32 { COUNTED_MAX = 16384 };

/* How many capabilities were seen to each object and lineage, by open addressing. */
struct STABLE counted {
	struct object *object;
	struct lineage *lineage;
	u32 caps;
	u32 receivable;      /* those with which one may receive, and valid */
};

static struct counted objects[COUNTED_MAX], lineages[COUNTED_MAX];
static u64 frames_elsewhere; /* taken at boot and never given back */
static u64 caps_seen;

/* ---- run queues ---- */

static void check_level(const struct cpu *cpu, i32 priority, u32 *count)
{
	const struct tree *level = ELEM(cpu->queue.level, (u32)priority);
	bool present = (*ELEM(cpu->queue.present, (u32)priority / 64) >> (priority % 64) & 1) != 0;
	u64 key = 0;

	INVARIANT(present == (tree_first(level) != nullptr), "INV-QUEUE: a present bit is wrong");
	if (present && cpu->queue.highest < priority)
		INVARIANT(false, "INV-QUEUE: the highest priority is not the highest");
	for (struct tree_node *node = tree_first(level); node != nullptr; node = tree_next(node)) {
		const struct thread *thread = TREE_ENTRY(node, struct thread, run_node);

		INVARIANT(node->key >= key, "INV-QUEUE: not in the order of deadlines");
		INVARIANT(thread->state == THREAD_STATE_READY, "INV-QUEUE: a queued thread is not ready");
		INVARIANT(thread->queued_priority == priority && thread->queued_cpu == cpu->id, "INV-QUEUE: a thread in a foreign queue");
		INVARIANT(thread->activity != nullptr, "INV-QUEUE: a ready thread without activity");
		key = node->key;
		++*count;
	}
}

static void check_queue(const struct cpu *cpu)
{
	u32 count = 0;

	for (u32 priority = 0; priority < PRIORITIES; priority++)
		check_level(cpu, (i32)priority, &count);
	INVARIANT(count == cpu->queue.count, "INV-QUEUE: the count is wrong");
	INVARIANT((count == 0) == (cpu->queue.highest == NO_PRIORITY), "INV-QUEUE: highest without threads");
}

static void check_queues(void)
{
	for (u32 i = 0; i < cpu_count(); i++) {
		const struct cpu *cpu = cpu_at(i);

		check_queue(cpu);
		INVARIANT(cpu->next == nullptr, "INV-NEXT: somebody is to go on next, outside the kernel");
		INVARIANT(cpu->payer == (cpu->current != nullptr ? cpu->current->activity : nullptr), "INV-PAYER: it pays for another");
		INVARIANT(cpu->current == nullptr || cpu->current->state == THREAD_STATE_RUNNING, "INV-CURRENT: it does not run");
	}
}

void sim_check_unlocked(void)
{
	for (u32 i = 0; i < cpu_count(); i++)
		if (cpu_at(i)->queue.lock.taken == 0)
			check_queue(cpu_at(i));
}

/* ---- waiting threads ---- */

static u32 times_in(const struct thread_queue *queue, const struct thread *thread)
{
	const struct thread *last = nullptr;
	u32 times = 0;

	for (const struct thread *at = queue->first; at != nullptr; at = at->wait_next) {
		times += at == thread;
		last = at;
	}
	INVARIANT(last == nullptr || last == queue->last, "INV-WAIT: the end of a queue is wrong");
	return times;
}

static u32 times_among_senders(const struct endpoint *endpoint, const struct thread *thread)
{
	u32 times = 0;

	for (const struct thread *at = senders_first(endpoint); at != nullptr; at = senders_next(at))
		times += at == thread;
	return times;
}

static void check_endpoint_queue(const struct thread *thread)
{
	const struct endpoint *endpoint = thread->endpoint;

	INVARIANT(endpoint != nullptr, "INV-WAIT: at no endpoint");
	bool receiving = thread->state == THREAD_STATE_RECEIVING;

	INVARIANT(times_in(&endpoint->receivers, thread) == (receiving ? 1 : 0), "INV-WAIT: receivers");
	INVARIANT(times_among_senders(endpoint, thread) == (receiving ? 0 : 1), "INV-WAIT: senders");
	INVARIANT(endpoint->receivers.first == nullptr || !note_pending(endpoint),
		"INV-ENDPOINT: a receiver waits for what is there");
	if (receiving) {
		INVARIANT(thread->reply != nullptr && thread->reply->receiver == thread, "INV-REPLY: not its receiver");
		INVARIANT(!thread->reply->object.dead, "INV-REPLY-RECEIVER: waits with a dead reply object");
	}
}

static void check_word(const struct thread *thread)
{
	const struct word_wait *word = &thread->word;

	INVARIANT(word->bucket != nullptr && tree_contains(&word->node), "INV-WORD: in no bucket");
	INVARIANT(word->memory->words != 0, "INV-WORD: the memory object does not count it");
	INVARIANT(word->owner == nullptr || thread_owed(word->owner) != 0, "INV-WORD: its owner does not count it");
	INVARIANT(word->owner == nullptr || word->owner->state != THREAD_STATE_DEAD, "INV-WORD: it waits for a dead one");
}

/* Whether some processor has work left to do for it: it gives way to interrupts. */
static bool at_work(const struct object *object)
{
	u32 found = 0;

	for (u32 i = 0; i < cpu_count(); i++)
		for (const struct pooled *each = cpu_at(i)->at_work; each != nullptr; each = each->next)
			found += each == &object->pooled;
	INVARIANT(found == object->at_work, "INV-WORK: something is left to do, and nobody will, or two");
	return found != 0;
}

/* In exactly the one place that its state says. */
static void check_thread(const struct thread *thread)
{
	bool parked = thread->own != nullptr && thread->own->parked == thread;
	bool queued = tree_contains(&thread->run_node) || parked, at_endpoint = false, at_signal = false;
	bool at_word = thread->state == THREAD_STATE_WORD;

	switch (thread->state) {
	case THREAD_STATE_RUNNING:
		INVARIANT(cpu_at(thread->cpu)->current == thread, "INV-RUNNING: on no processor");
		break;
	case THREAD_STATE_READY:
		INVARIANT(queued, "INV-READY: in no queue, and not for its budget");
		break;
	case THREAD_STATE_SENDING:
	case THREAD_STATE_RECEIVING:
		at_endpoint = true;
		check_endpoint_queue(thread);
		break;
	case THREAD_STATE_WAITING:
		at_signal = true;
		INVARIANT(thread->signal != nullptr && times_in(&thread->signal->waiters, thread) == 1, "INV-WAIT: signal");
		INVARIANT((thread->signal->bits & thread->wait_mask) == 0, "INV-SIGNAL: waits for a bit that is set");
		break;
	case THREAD_STATE_WORD:
		check_word(thread);
		break;
	case THREAD_STATE_CALLING:
		INVARIANT(thread->awaiting != nullptr && thread->awaiting->caller == thread, "INV-WAIT: nobody's caller");
		break;
	case THREAD_STATE_SUSPENDED:
		INVARIANT((thread->flags & THREAD_STOP) != 0, "INV-SUSPENDED: nobody told it to stop");
		break;
	case THREAD_STATE_NEW:
	case THREAD_STATE_DEAD:
	case THREAD_STATE_COUNT:
		INVARIANT(false, "INV-THREAD: a live process has a thread that is not");
	}
	INVARIANT(queued == (thread->state == THREAD_STATE_READY), "INV-WAIT: in a run queue without being ready");
	INVARIANT(at_endpoint || thread->endpoint == nullptr, "INV-WAIT: still at an endpoint");
	INVARIANT(at_signal || thread->signal == nullptr, "INV-WAIT: still at a signal");
	INVARIANT(thread->state != THREAD_STATE_RECEIVING || thread->note == nullptr, "INV-NOTE: of what it heard before");
	INVARIANT(thread->own != nullptr, "INV-OWN: a live thread without an activity of its own");
	INVARIANT(!parked || activity_barred(thread->own), "INV-PARKED: it waits for a budget that it may run without");
	INVARIANT(at_word || thread->word.bucket == nullptr, "INV-WAIT: still at a word");
	bool waits = at_endpoint || at_signal || at_word || thread->state == THREAD_STATE_CALLING;

	INVARIANT(waits || !tree_contains(&thread->alarm.node), "INV-ALARM: of a thread that does not wait");
	INVARIANT(!waits || thread->deadline_ns == U64_MAX || tree_contains(&thread->alarm.node), "INV-ALARM: a deadline without");
	INVARIANT((thread->traits & THREAD_TIMED) != 0 || thread->deadline_ns == U64_MAX, "INV-ALARM: a deadline without a mark");
	INVARIANT((thread->flags & THREAD_KILLED) == 0 || !waits || at_work(&thread->process->object),
		"INV-KILLED: a killed thread waits");
	INVARIANT(!thread_faulted(thread) || waits || (thread->flags & THREAD_KILLED) != 0,
		"INV-FAULTED: it runs and is still marked");
}

/* ---- capabilities ---- */

static void count_cap(const struct cap_slot *slot)
{
	u32 at = (u32)(slot->object->id * 2654435761u % COUNTED_MAX);

	while (objects[at].object != nullptr && objects[at].object != slot->object)
		at = (at + 1) % COUNTED_MAX;
	objects[at].object = slot->object;
	objects[at].caps++;
	INVARIANT(cap_tag_type(slot->tag) == slot->object->type, "INV-SLOT-TYPE: another than the object's");
	if (slot->object->type == OBJECT_ENDPOINT && (slot->rights & ENDPOINT_RIGHT_RECEIVE) != 0 &&
	    lineage_valid(slot->lineage))
		objects[at].receivable++;
	u64 mixed = slot->object->id * 31 + slot->lineage->depth * 977 + slot->lineage->pooled.generation;

	at = (u32)(mixed * 2654435761u % COUNTED_MAX);
	while (lineages[at].lineage != nullptr && lineages[at].lineage != slot->lineage)
		at = (at + 1) % COUNTED_MAX;
	lineages[at].lineage = slot->lineage;
	lineages[at].caps++;
	caps_seen++;
}

static void count_space(const struct cap_space *space)
{
	for (u32 leaf = 0; leaf < space->leaves; leaf++)
		for (u32 i = 0; i < CAP_LEAF_SLOTS; i++) {
			const struct cap_slot *slot = ELEM((*ELEM(space->directory->leaf, leaf))->slot, i);

			if ((slot->tag & CAP_TAG_USED) != 0)
				count_cap(slot);
		}
}

/* It fires at its time, or whoever takes what it would raise sees to it. */
static void check_timer(const struct timer *timer)
{
	const struct signal *signal = timer->signal.signal;
	bool all_raised = (signal->bits & timer->signal.bits) == timer->signal.bits, placed = tree_contains(&timer->alarm.node);
	bool repeats = timer->period_ns != 0 && lineage_valid(timer->signal.lineage);

	INVARIANT(placed || !repeats, "INV-TIMER: one with a period is forgotten");
	INVARIANT(!timer->lapsed || (placed && timer->period_ns != 0), "INV-LAPSED: it lies there, and in no tree");
	INVARIANT(!timer->lapsed || all_raised || at_work(&signal->object), "INV-LAPSED: bits were taken, and nobody will arm it");
}

/* Namespaces keep some too. */
static void check_receivable(const struct counted *counted)
{
	const struct endpoint *endpoint = object_as_endpoint(counted->object);

	INVARIANT(endpoint->receivable >= counted->receivable, "INV-RECEIVABLE: fewer than there are");
	INVARIANT(endpoint->receivable != 0 || endpoint->senders.first == nullptr || at_work(counted->object),
		  "INV-RECEIVABLE: who would receive it?");
}

static void check_counts(struct group *root)
{
	for (u32 i = 0; i < COUNTED_MAX; i++) {
		const struct counted *object = ELEM(objects, i), *lineage = ELEM(lineages, i);

		INVARIANT(object->object == nullptr || object->object->refs >= object->caps, "INV-REFS: fewer than capabilities");
		if (object->object != nullptr)
			(void)at_work(object->object);
		INVARIANT(lineage->lineage == nullptr || lineage->lineage->refs >= lineage->caps, "INV-REFS: of a lineage");
		if (object->object != nullptr && object->object->type == OBJECT_ENDPOINT)
			check_receivable(object);
		if (object->object != nullptr && object->object->type == OBJECT_TIMER)
			check_timer(object_as_timer(object->object));
	}
	INVARIANT(caps_seen == group_use(root, GROUP_CAPS), "INV-CAPS: the account is not what there is");
}

/* ---- spaces, processes, groups ---- */

/* A revocation goes by the memory object's list: each mapping is in it as long as it is one, and no longer. */
static void check_listed(const struct region *mapped)
{
	bool found = false;

	LIST_EACH (at, &mapped->memory->mappings, struct region, mapping) {
		found = found || at == mapped;
		INVARIANT(tree_floor(&at->space->regions, at->node.key) == &at->node, "INV-REVOKE: what was taken away is listed");
	}
	INVARIANT(found, "INV-REVOKE: a mapping is not listed");
}

static void check_space(const struct space *space)
{
	u64 end = 0;

	for (struct tree_node *node = tree_first(&space->regions); node != nullptr; node = tree_next(node)) {
		const struct region *region = TREE_ENTRY(node, struct region, node);

		INVARIANT(node->key >= end, "INV-SPACE: regions overlap");
		end = node->key + (region->pages << PAGE_SHIFT);
		INVARIANT(end <= HAL_USER_TOP, "INV-SPACE: outside user addresses");
		INVARIANT(region->memory->object.refs != 0, "INV-SPACE: memory that is gone is mapped");
		check_listed(region);
	}
}

static void check_process(const struct process *process)
{
	u32 threads = 0;

	LIST_EACH (at, &process->threads, struct thread, in_process) {
		INVARIANT(at->process == process, "INV-PROCESS: a foreign thread");
		check_thread(at);
		sim_check_inheritance(at);
		threads++;
	}
	INVARIANT(threads == process->thread_count, "INV-PROCESS: the number of threads is wrong");
	INVARIANT(process->object.refs != 0 || !process->alive, "INV-PROCESS: alive without a reference");
	if (!process->freed)
		count_space(&process->caps);
	check_space(&process->space);
}

/* Depth first, as the kernel's own walk. */
static const struct group *next_group(const struct group *root, const struct group *at)
{
	if (at->children.first != nullptr)
		return LIST_ENTRY(at->children.first, struct group, sibling);
	while (at != root && at->sibling.next == nullptr)
		at = at->parent;
	return at == root ? nullptr : LIST_ENTRY(at->sibling.next, struct group, sibling);
}

static void check_group(const struct group *group)
{
	for (u32 account = 0; account < GROUP_ACCOUNTS; account++) {
		const struct account *own = ELEM(group->account, account);
		u64 sum = own->ready;

		LIST_EACH (child, &group->children, struct group, sibling)
			sum += ELEM(child->account, account)->used;
		INVARIANT(sum <= own->used, "INV-GROUP-SUM");
	}
	LIST_EACH (process, &group->processes, struct process, in_group)
		check_process(process);
}

static u64 frames_not_charged(struct group *root)
{
	return frame_total() - frame_available() - pool_bytes() / PAGE_BYTES - group_use(root, GROUP_FRAMES);
}

void sim_check_begin(void) { frames_elsewhere = frames_not_charged(world_init()->process->object.group); }

void sim_check(void)
{
	struct group *root = world_init()->process->object.group;

	for (u32 i = 0; i < COUNTED_MAX; i++) {
		*ELEM(objects, i) = (struct counted){};
		*ELEM(lineages, i) = (struct counted){};
	}
	caps_seen = 0;
	check_queues();
	sim_check_liveness();
	for (const struct group *group = root; group != nullptr; group = next_group(root, group))
		check_group(group);
	check_counts(root);
	INVARIANT(frames_not_charged(root) == frames_elsewhere, "INV-FRAMES: a frame is nobody's, or two's");
}
