/* SPDX-License-Identifier: Apache-2.0
 *
 * Which function ends an object of which type. Any object; what each does is modelled, and proved elsewhere.
 */
#include "kernel/core/object/lifecycle.c"

struct cpu *prove_this_cpu;
u64 lineage_revocations;

static struct object *object;
static enum object_type closed_as, freed_as;   /* OBJECT_NONE: by nothing of its own */
static bool done;

static bool close_as(const struct object *at, enum object_type type)
{
	PROVE(at == object && at->dead != 0 && closed_as == OBJECT_NONE, "an object that is dead is ended, once");
	closed_as = type;
	return done;
}

static bool free_as(const struct object *at, enum object_type type)
{
	PROVE(at == object && freed_as == OBJECT_NONE, "its memory is given back, once");
	freed_as = type;
	return done;
}

bool process_close(struct process *at) { return close_as(&at->object, OBJECT_PROCESS); }
bool endpoint_close(struct endpoint *at) { return close_as(&at->object, OBJECT_ENDPOINT); }
bool reply_close(struct reply *at) { return close_as(&at->object, OBJECT_REPLY); }
bool signal_close(struct signal *at) { return close_as(&at->object, OBJECT_SIGNAL); }
bool timer_close(struct timer *at) { return close_as(&at->object, OBJECT_TIMER); }
bool namespace_close(struct namespace *at) { return close_as(&at->object, OBJECT_NAMESPACE); }
bool thread_close(struct thread *at) { return close_as(&at->object, OBJECT_THREAD); }
bool group_close(struct group *at) { return close_as(&at->object, OBJECT_GROUP); }
bool activity_close(struct activity *at) { return close_as(&at->object, OBJECT_ACTIVITY); }
bool process_free(struct process *at) { return free_as(&at->object, OBJECT_PROCESS); }
bool memory_free(struct memory *at) { return free_as(&at->object, OBJECT_MEMORY); }
void thread_free(struct thread *at) { (void)free_as(&at->object, OBJECT_THREAD); }
void group_close_accounts(struct group *at) { (void)free_as(&at->object, OBJECT_GROUP); }

static enum object_type worked_as;

static bool work_as(const struct object *at, enum object_type type)
{
	PROVE(at == object && worked_as == OBJECT_NONE, "work is done once a step");
	worked_as = type;
	return done;
}

bool receivable_work(struct endpoint *at) { return work_as(&at->object, OBJECT_ENDPOINT); }
bool process_work(struct process *at) { return work_as(&at->object, OBJECT_PROCESS); }
bool signal_work(struct signal *at) { return work_as(&at->object, OBJECT_SIGNAL); }

/* Each type that refers to others, or holds memory, by a function of its own; the others stand for an authority. */
static bool has_end(enum object_type type)
{
	return type == OBJECT_PROCESS || type == OBJECT_ENDPOINT || type == OBJECT_REPLY || type == OBJECT_SIGNAL ||
		type == OBJECT_TIMER || type == OBJECT_NAMESPACE || type == OBJECT_THREAD || type == OBJECT_GROUP ||
		type == OBJECT_ACTIVITY;
}

static bool has_memory(enum object_type type)
{
	return type == OBJECT_PROCESS || type == OBJECT_MEMORY || type == OBJECT_THREAD || type == OBJECT_GROUP;
}

static void any_object(void)
{
	object = (struct object *)(void *)NEW(struct process);
	object->type = ANY(u32);
	ASSUME(object->type < OBJECT_COUNT);
	closed_as = freed_as = worked_as = OBJECT_NONE;
	done = MAYBE();
}

void prove_close(void)
{
	any_object();
	bool whole = object_close(object);

	PROVE(closed_as == (has_end(object->type) ? object->type : OBJECT_NONE), "an object is ended as what it is");
	PROVE(object->dead != 0 && whole == (done || !has_end(object->type)),
		"from then on it is dead, and it is told if there is more to do");
}

void prove_free(void)
{
	any_object();
	bool whole = object_free(object), steps = object->type == OBJECT_PROCESS || object->type == OBJECT_MEMORY;

	PROVE(freed_as == (has_memory(object->type) ? object->type : OBJECT_NONE), "what it holds is given back as what it is");
	PROVE(whole == (done || !steps), "and it is told if there is more to do");
}

void prove_work(void)
{
	any_object();
	ASSUME(object->type == OBJECT_ENDPOINT || object->type == OBJECT_SIGNAL || object->type == OBJECT_PROCESS);
	bool whole = object_work(object);

	PROVE(worked_as == object->type && whole == done, "what is left to do is done as what it is, and told if there is more");
}
