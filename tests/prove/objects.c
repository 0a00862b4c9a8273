/* SPDX-License-Identifier: Apache-2.0
 *
 * The life and death of objects: references, and the lists of a processor on which what is dead waits until no
 * processor can know it any more. Any lists with any three items, any progress of the other processors, one step.
 *
 * Ending an object of a type is modelled: it takes one step or more, and may make another object dead.
 */
#include "kernel/core/group/group.h"
#include "kernel/core/ipc/endpoint.h"

/* accounts.c proves the real one. */
static enum status charge_one(struct group *group, enum group_account account);
static unsigned char some_step(struct cpu *at);
#define group_charge_one charge_one
#include "kernel/core/object/object.c"
#undef group_charge_one

enum : u32 { PROCESSORS = 3, ITEMS = 3 };

struct cpu *prove_this_cpu;

static struct cpu *cpu[PROCESSORS];
static struct object *item[ITEMS];
static struct group *payer;
static u64 charged;                  /* objects, to the group */
static u32 ipis[PROCESSORS];
static bool died[ITEMS];             /* while another was closed */
static u32 given[ITEMS], gone[ITEMS];
static u32 more_steps;               /* that ends still take, at most */

/* Whether this step of an end is the last one. */
static bool last_step(void)
{
	if (more_steps == 0 || MAYBE())
		return true;
	more_steps--;
	return false;
}

/* ---- what is modelled ---- */

struct cpu *cpu_at(u32 id)
{
	PROVE(id < PROCESSORS, "only processors that there are");
	return id == 0 ? cpu[0] : id == 1 ? cpu[1] : cpu[2];
}

u32 cpus_there = PROCESSORS;

static bool pending, heavy;          /* as it was last seen; a heavy step was made since */
static u32 unlooked, steps_left;     /* steps since; that there are */

bool hal_interrupt_pending(void)
{
	unlooked = 0;
	heavy = false;
	pending = MAYBE();
	return pending;
}

void hal_ipi_send(u32 id, enum hal_ipi kind)
{
	PROVE(id != 0 && id < PROCESSORS && kind == HAL_IPI_RESCHEDULE, "another processor is nudged");
	ipis[id]++;
}

static enum status charge_one(struct group *group, enum group_account account)
{
	PROVE(group == payer && account == GROUP_OBJECTS, "an object is charged as one");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	charged++;
	return STATUS_OK;
}

void group_release(struct group *group, enum group_account account, u64 amount)
{
	PROVE(group == payer && account == GROUP_OBJECTS && amount == 1 && charged > 0, "what was charged is given back");
	charged--;
}

struct pooled *pool_take(u32 pool)
{
	if (MAYBE())
		return nullptr;
	struct object *fresh = NEW(struct object);

	*fresh = (struct object){ .pooled.pool = pool };
	return &fresh->pooled;
}

/* The number of the item, ITEMS if it is none. */
static u32 number_of(const struct pooled *at)
{
	for (u32 i = 0; i < ITEMS; i++)
		if (at == &item[i]->pooled)
			return i;
	return ITEMS;
}

void pool_give(struct pooled *at)
{
	PROVE(number_of(at) < ITEMS, "an item is given back");
	(*ELEM(given, number_of(at)))++;
}

void process_gone(struct process *process)
{
	u32 i = number_of((struct pooled *)(void *)process);

	PROVE(i < ITEMS, "a process that has ended is one of them");
	(*ELEM(gone, i))++;
}

static struct object *live;  /* for which something is left to do */
static u32 worked;

bool object_work(struct object *at)
{
	PROVE(at == live && at->at_work != 0, "what is left to do is done for whom it is left");
	worked++;
	at->at_work = MAYBE();
	if (at->at_work == 0)
		at->pooled.next = nullptr; /* another processor may have it in its list */
	return at->at_work == 0;
}

/* ---- the lists ---- */

enum place : u32 { NOWHERE, DEAD, CLOSED, CLOSING, FREEING, PLACES };

static bool on(const struct pooled *list, u32 i)
{
	const struct pooled *at = list;

	for (u32 step = 0; step < ITEMS && at != nullptr; step++) {
		if (at == &item[i]->pooled)
			return true;
		at = at->next;
	}
	return false;
}

static bool ends(const struct pooled *list)
{
	const struct pooled *at = list;

	for (u32 step = 0; step < ITEMS && at != nullptr; step++)
		at = at->next;
	return at == nullptr;
}

static bool lists_end(void)
{
	return ends(cpu[0]->dead) && ends(cpu[0]->closed) && ends(cpu[0]->closing) && ends(cpu[0]->freeing);
}

/* Where an item is; PLACES if in two places. */
static enum place place_of(u32 i)
{
	bool dead = on(cpu[0]->dead, i), closed = on(cpu[0]->closed, i);
	bool closing = on(cpu[0]->closing, i), freeing = on(cpu[0]->freeing, i);

	if (dead + closed + closing + freeing > 1)
		return PLACES;
	return dead ? DEAD : closed ? CLOSED : closing ? CLOSING : freeing ? FREEING : NOWHERE;
}

bool object_close(struct object *object)
{
	PROVE(&object->pooled != cpu[0]->dead, "who is being closed is on no list");
	object->dead = true;
	for (u32 i = 0; i < ITEMS; i++)
		if (place_of(i) == NOWHERE && item[i] != object && item[i]->refs == 1 && MAYBE()) {
			object_unref(item[i]);
			died[i] = true;
		}
	return last_step();
}

bool object_free(struct object *object)
{
	PROVE(object->dead, "what is freed was closed");
	return last_step();
}

static void push(struct pooled **list, u32 i)
{
	item[i]->pooled.next = *list;
	*list = &item[i]->pooled;
}

static void any_item(u32 i)
{
	enum place place = ANY(u32);

	item[i] = NEW(struct object);
	item[i]->group = MAYBE() ? payer : nullptr;
	ASSUME(item[i]->pooled.pool < POOLS && place < PLACES);
	item[i]->type = item[i]->pooled.pool < OBJECT_COUNT ? item[i]->pooled.pool : OBJECT_NONE;
	/* Only objects die; other items are retired. Those behind their closing are dead, and referred to by
	 * nobody, but for a process, whose handles outlive its end. */
	ASSUME(IMPLIES(place == DEAD, item[i]->pooled.pool < OBJECT_COUNT));
	ASSUME(IMPLIES(place == DEAD, item[i]->refs == 0 || item[i]->type == OBJECT_PROCESS));
	ASSUME(IMPLIES(place > DEAD && item[i]->pooled.pool < OBJECT_COUNT,
		item[i]->dead != 0 && (item[i]->refs == 0 || item[i]->type == OBJECT_PROCESS)));
	if (place == DEAD)
		push(&cpu[0]->dead, i);
	else if (place == CLOSED)
		push(&cpu[0]->closed, i);
	else if (place == CLOSING)
		push(&cpu[0]->closing, i);
	else if (place == FREEING)
		push(&cpu[0]->freeing, i);
	given[i] = gone[i] = 0;
	died[i] = false;
}

/* It is known of a list if objects are on it, for whose end others may wait. */
static bool objects_known(void)
{
	bool known = true;

	for (u32 i = 0; i < ITEMS; i++)
		known = known && (item[i]->pooled.pool >= OBJECT_COUNT || ((place_of(i) != CLOSED || cpu[0]->closed_objects) &&
			(place_of(i) != CLOSING || cpu[0]->closing_objects)));
	return known;
}

static void any_processors(void)
{
	payer = NEW(struct group);
	ASSUME(payer->object.refs > ITEMS && payer->object.refs < 1u << 30);
	payer->object.type = OBJECT_GROUP;
	charged = ITEMS;
	object_grace_wanted = ANY(u64);
	ASSUME(object_grace_wanted < U64_MAX);
	for (u32 i = 0; i < PROCESSORS; i++) {
		cpu[i] = NEW(struct cpu);
		ipis[i] = 0;
		/* A processor has seen no grace period that was not asked for. */
		ASSUME(cpu[i]->grace_seen <= object_grace_wanted && cpu[i]->grace_nudged <= object_grace_wanted);
	}
	prove_this_cpu = cpu[0];
	cpu[0]->current = MAYBE() ? NEW(struct thread) : nullptr;
	if (cpu[0]->current != nullptr)
		cpu[0]->current->activity = MAYBE() ? NEW(struct activity) : nullptr;
	cpu[0]->dead = cpu[0]->closed = cpu[0]->closing = cpu[0]->freeing = nullptr;
	ASSUME(cpu[0]->closing_grace <= object_grace_wanted);
	for (u32 i = 0; i < ITEMS; i++)
		any_item(i);
	cpu[0]->closed_objects = MAYBE();
	cpu[0]->closing_objects = MAYBE();
	ASSUME(objects_known());
	cpu[0]->attention |= ATTEND_WORK;
	ASSUME(cpu[0]->work_priority <= WORK_PRIORITY);
	more_steps = 2;
}

/* What this processor has to do is at least as urgent as who runs, and no more than that. */
static bool is_urgent_enough(u32 before)
{
	const struct thread *current = cpu[0]->current;
	u32 now = cpu[0]->work_priority;

	if (current == nullptr || current->activity == nullptr || current->activity->priority >= WORK_PRIORITY)
		return now == WORK_PRIORITY;
	return now == (current->activity->priority > before ? current->activity->priority : before);
}

/* Every other processor holds no pointer from before this grace period. */
static bool all_have_left(u64 grace)
{
	return (cpu[1]->idle || cpu[1]->grace_seen >= grace) && (cpu[2]->idle || cpu[2]->grace_seen >= grace);
}

/* Somebody may have work left, before others of whom it is not the turn. */
static bool any_work(struct pooled *next)
{
	bool works = MAYBE();

	live = NEW(struct object);
	ASSUME(live->pooled.pool < OBJECT_COUNT && live->refs > 1 && live->refs < 1u << 31);
	live->type = live->pooled.pool;
	live->at_work = works;
	live->pooled.next = next;
	cpu[0]->at_work = works ? &live->pooled : nullptr;
	worked = 0;
	return works;
}

/* ---- proofs ---- */

void prove_add_work(void)
{
	any_processors();
	struct pooled *before = MAYBE() ? &NEW(struct object)->pooled : nullptr;
	u32 references = item[0]->refs, urgent = cpu[0]->work_priority;
	bool worked_for = item[0]->at_work != 0, adds = !worked_for && references != 0;

	ASSUME(references < 1u << 31);
	cpu[0]->at_work = before;
	cpu[0]->attention = 0;
	object_add_work(item[0], cpu[0]->current);
	PROVE(item[0]->refs == references + adds && (item[0]->at_work != 0) == (worked_for || adds),
		"who has work left is held for that by one processor, unless it is dying");
	PROVE(cpu[0]->at_work == (adds ? &item[0]->pooled : before) && IMPLIES(adds, item[0]->pooled.next == before),
		"and in its list");
	PROVE(cpu[0]->attention == (adds || worked_for ? ATTEND_WORK : 0) && IMPLIES(adds || worked_for, is_urgent_enough(urgent)),
		"which is looked at as soon as each who left it runs");
}

void prove_step(void)
{
	enum place before[ITEMS];

	any_processors();
	struct pooled *next = MAYBE() ? &NEW(struct object)->pooled : nullptr;
	bool works = any_work(next);
	u32 references = live->refs;

	for (u32 i = 0; i < ITEMS; i++)
		before[i] = place_of(i);
	u64 grace = cpu[0]->closing_grace;
	bool more = reap_step(cpu[0]) != REAPED_NOTHING;

	PROVE(lists_end() && objects_known(), "lists stay lists");
	for (u32 i = 0; i < ITEMS; i++) {
		enum place now = place_of(i);

		PROVE(now != PLACES && IMPLIES(died[i], now == DEAD), "nothing is in two places or lost");
		PROVE(IMPLIES(now != before[i], now == before[i] + 1 || (before[i] == FREEING && now == NOWHERE)),
			"nobody jumps a stage");
		PROVE(IMPLIES(before[i] == CLOSING && now == FREEING, all_have_left(grace)),
			"nothing is freed before all processors have left the kernel");
		PROVE(given[i] + gone[i] == (before[i] == FREEING && now == NOWHERE), "what is through is given back, once");
		PROVE(IMPLIES(given[i] != 0 && item[i]->pooled.pool < OBJECT_COUNT, item[i]->refs == 0),
			"and only if nobody refers to it");
		PROVE(IMPLIES(before[i] == CLOSED && now == CLOSING,
			cpu[1]->grace_seen < cpu[0]->closing_grace && cpu[2]->grace_seen < cpu[0]->closing_grace &&
			cpu[0]->closing_grace == object_grace_wanted),
			"its grace period begins after the closing, for all");
	}
	bool stays = live->at_work != 0;

	PROVE(worked == works && IMPLIES(works, cpu[0]->at_work == (stays ? &live->pooled : next) &&
		live->refs == references - !stays && IMPLIES(stays, live->pooled.next == next)),
		"who has work left is in the list, and held, until it is done");
	PROVE(IMPLIES(!more, cpu[0]->dead == nullptr && cpu[0]->freeing == nullptr && !works),
		"nothing that could be done is left");
	PROVE(ipis[1] <= 1 && ipis[2] <= 1, "others are nudged once for a grace period");
}

void prove_unref(void)
{
	any_processors();
	ASSUME(place_of(0) == NOWHERE && item[0]->refs != 0 && item[0]->refs < 1u << 31);
	cpu[0]->attention = ANY(u32);
	u32 references = item[0]->refs, urgent = cpu[0]->work_priority;

	if (MAYBE()) {
		bool held = object_try_ref(item[0]);

		PROVE(held, "who lives can be referred to");
		object_unref(item[0]);
		PROVE(item[0]->refs == references && place_of(0) == NOWHERE, "a reference given up leaves what was");
	}
	object_unref(item[0]);
	PROVE(item[0]->refs == references - 1, "a reference is one");
	PROVE(place_of(0) == (references == 1 ? DEAD : NOWHERE) && lists_end(), "with the last one, and only then, it is dead");
	PROVE(IMPLIES(references == 1, (cpu[0]->attention & ATTEND_WORK) != 0), "and its end is on its way");
	PROVE(references == 1 ? is_urgent_enough(urgent) : cpu[0]->work_priority == urgent, "as urgent as who left it");
	PROVE(IMPLIES(references == 1, !object_try_ref(item[0])), "nobody can refer to it any more");
}

void prove_retire(void)
{
	any_processors();
	ASSUME(place_of(0) == NOWHERE);
	cpu[0]->attention = ANY(u32);
	object_retire(&item[0]->pooled);
	PROVE(place_of(0) == CLOSED && lists_end(), "it waits for a grace period");
	PROVE(IMPLIES(cpu[0]->retired % RETIRED_BATCH == 0, (cpu[0]->attention & ATTEND_WORK) != 0),
		"of many, some look after all");
}

void prove_create(void)
{
	enum object_type type = ANY(u32);
	struct object *made = nullptr;

	any_processors();
	ASSUME(type > OBJECT_NONE && type < OBJECT_COUNT);
	if (MAYBE())
		payer->object.refs = 0;
	u32 references = payer->object.refs;
	enum status status = object_create(type, payer, &made);
	bool ok = status == STATUS_OK;

	PROVE(charged == ITEMS + ok && payer->object.refs == references + ok, "its group is charged and held, or neither");
	PROVE(IMPLIES(references == 0, !ok), "nothing is made for a group that is gone");
	PROVE((made != nullptr) == ok, "there is an object exactly if it says so");
	if (!ok)
		return;
	PROVE(made->type == type && made->refs == 1 && !made->dead && made->group == payer, "one reference, its maker's");
	PROVE(made->root.object == made && made->root.refs == 1 && made->root.parent == nullptr,
		"the root of its capabilities is its own");
}

/* ---- the loop ---- */

static bool through;                 /* nothing is left that can be done now */

/* As prove_step shows the real one. */
static unsigned char some_step(struct cpu *at)
{
	PROVE(at == cpu[0] && !pending && !heavy && unlooked < STEPS_UNTIL_LOOK && !through,
		"interrupts are looked for after each heavy step and some light ones, and nothing is begun when one is pending");
	through = steps_left == 0 || MAYBE();
	if (through)
		return REAPED_NOTHING;
	steps_left--;
	unlooked++;
	heavy = MAYBE();
	at->closing_objects = MAYBE();
	at->closed_objects = MAYBE();
	return heavy ? REAPED_HEAVY : REAPED_LIGHT;
}

void prove_reap(void)
{
	any_processors();
	pending = heavy = through = false;
	unlooked = 0;
	steps_left = 4;
	object_reap();
	bool attended = (cpu[0]->attention & ATTEND_WORK) != 0;

	PROVE(through != pending, "it ends when nothing can be done, or an interrupt is pending");
	PROVE(attended == (pending || cpu[0]->closing_objects || cpu[0]->closed_objects),
		"and is come back to exactly if objects are left, for whose end others may wait");
}
