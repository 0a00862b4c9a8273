/* SPDX-License-Identifier: Apache-2.0
 *
 * System calls on groups: making one, its limits, its end, and the processes in it. Any limits that a program may ask for; a
 * group with another below it, and two processes in either or in neither.
 */
#include "kernel/core/group/group.c"
#include "kernel/core/group/calls.c"
#include "tests/prove/include/quiet.h"

enum : u32 { PROCESSES = 2, REFS = 3 };

struct cpu *prove_this_cpu;
u32 trace_classes, cpus_there;
u64 object_grace_wanted;

static struct thread *self;
static struct group *group, *below, *fresh;
static struct process *process[PROCESSES];
static bool in_group[PROCESSES], in_below[PROCESSES];
static bool was_running[PROCESSES];
static u32 ended[PROCESSES], rules, created, handles, given_ready, given_up;
static u32 rights_given;
static struct object *handed;

/* ---- what is modelled ---- */

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void object_last_unref(struct object *object)
{
	PROVE(object == &fresh->object && group->object.dead, "whoever is listed is held otherwise, too, but for who came too late");
	given_up++;
}

bool hal_interrupt_pending(void) { return MAYBE(); }
void group_give_ready(struct group *at) { PROVE(at == below, "who leaves gives back what it has ready"); given_ready++; }
void group_rules_changed(void) { rules++; }
void share_update_group(struct group *at) { PROVE(at == group && at->weight != 0, "weights are counted anew"); }
u64 group_use(struct group *at, enum group_account which) { (void)at; return 100 + which; }
static struct group *full;
struct group *group_full(struct group *at, enum group_account which, u64 amount)
{
	PROVE(at == below && which < GROUP_ACCOUNTS && amount == 7, "who is full is asked for");
	return full;
}

void process_describe(struct process *at, struct process_info *info) { info->id = at->object.id; }
void object_init(struct object *object, enum object_type type, struct group *at) { object->type = type; object->group = at; }

enum status user_copy_in(struct process *of, struct mspan to, uaddr_t from)
{
	(void)of;
	(void)to;
	(void)from;
	return MAYBE() ? STATUS_OK : STATUS_BAD_ADDRESS;
}

void process_end(struct process *at, u64 status, enum exit_reason reason)
{
	(void)status;
	PROVE(reason == EXIT_REASON_GROUP_DESTROYED && rules != 0 && group->object.dead && below->object.dead,
		"nothing can be charged any more when processes end");
	for (u32 i = 0; i < PROCESSES; i++)
		ended[i] += at == process[i];
	at->state = PROCESS_STATE_DYING;
}

enum status object_create(enum object_type type, struct group *at, struct object **out)
{
	PROVE(type == OBJECT_GROUP && at == group, "a group, paid for by its parent");
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	*fresh = (struct group){ .object = { .type = type, .refs = 1, .group = at } };
	created++;
	*out = &fresh->object;
	return STATUS_OK;
}

struct pooled *pool_take(u32 pool)
{
	PROVE(pool == OBJECT_GROUP, "a group");
	*fresh = (struct group){ .object = { .pooled = { .pool = pool } } };
	return MAYBE() ? &fresh->object.pooled : nullptr;
}

struct sys_result sys_new_handle(struct thread *who, struct object *object, u32 rights, u64 value)
{
	PROVE(who == self && value == 0, "for who called");
	handles++;
	handed = object;
	rights_given = rights;
	return sys_ok(1);
}

/* ---- any groups ---- */

static void any_groups(void)
{
	self = NEW(struct thread);
	self->process = NEW(struct process);
	group = NEW(struct group);
	below = NEW(struct group);
	fresh = NEW(struct group);
	group->lock.taken = below->lock.taken = 0;
	group->object.dead = below->object.dead = 0;
	group->parent = nullptr;
	group->children.first = group->processes.first = below->children.first = below->processes.first = nullptr;
	below->parent = group;
	list_push(&group->children, &below->sibling);
	rules = created = handles = given_ready = given_up = 0;
	self->process->object.group = MAYBE() ? group : MAYBE() ? below : nullptr;
	handed = nullptr;
	cpus_there = 1 + ANY(u8) % CPUS_MAX;
	group->depth = ANY(u8) % GROUP_DEPTH_MAX;
	group->max_priority = ANY(u8);
	for (u32 i = 0; i < PROCESSES; i++) {
		process[i] = NEW(struct process);
		process[i]->object.refs = MAYBE() ? 0 : REFS;
		in_group[i] = MAYBE();
		in_below[i] = !in_group[i] && MAYBE();
		ended[i] = 0;
		was_running[i] = process[i]->state == PROCESS_STATE_RUNNING;
		ASSUME(process[i]->object.id != 0 && (i == 0 || process[1]->object.id != process[0]->object.id));
		if (in_group[i])
			list_push(&group->processes, &process[i]->in_group);
		else if (in_below[i])
			list_push(&below->processes, &process[i]->in_group);
	}
}

static struct group_limits any_limits(void)
{
	return (struct group_limits){ .frames = ANY(u64), .objects = ANY(u64), .caps = ANY(u64), .threads = ANY(u64),
		.weight = ANY(u32), .max_priority = ANY(u32), .reserved_ppm = ANY(u64) };
}

static bool as_asked(const struct group *at, const struct group_limits *limits)
{
	return at->account[GROUP_FRAMES].limit == (limits->frames != 0 ? limits->frames : U64_MAX) &&
		at->account[GROUP_OBJECTS].limit == (limits->objects != 0 ? limits->objects : U64_MAX) &&
		at->account[GROUP_CAPS].limit == (limits->caps != 0 ? limits->caps : U64_MAX) &&
		at->account[GROUP_THREADS].limit == (limits->threads != 0 ? limits->threads : U64_MAX) &&
		at->account[GROUP_RESERVED].limit == (limits->reserved_ppm != 0 ? limits->reserved_ppm : U64_MAX);
}

void prove_create(void)
{
	struct group_limits limits = any_limits();
	struct user_span name = { .bytes = ANY(u64) };

	any_groups();
	group->object.dead = MAYBE();
	ASSUME(name.bytes <= NAME_BYTES); /* the table of calls */
	struct sys_result result = syscall_group_create(self, group, &limits, name);

	PROVE((result.status == STATUS_OK) == (handles == 1) && created == handles + given_up, "all or nothing");
	if (handles == 0)
		return;
	PROVE(!group->object.dead, "nothing is made in what is destroyed");
	PROVE(fresh->parent == group && fresh->depth == group->depth + 1 && fresh->depth < GROUP_DEPTH_MAX, "no tree is too deep");
	PROVE(fresh->weight != 0 && fresh->weight <= WEIGHT_MAX && fresh->max_priority <= group->max_priority,
		"it has a weight, and no priority that its parent has not");
	PROVE(as_asked(fresh, &limits) && handed == &fresh->object, "its limits are those asked for");
	PROVE(group->children.first == &fresh->sibling && fresh->sibling.next == &below->sibling, "it is below its parent");
}

void prove_set_limits(void)
{
	struct group_limits limits = any_limits();

	any_groups();
	group->weight = 1 + ANY(u16) % WEIGHT_MAX;
	u32 most = group->max_priority;
	u64 frames = group->account[GROUP_FRAMES].limit;
	struct sys_result result = syscall_group_set_limits(self, group, &limits);

	PROVE(group->weight != 0 && group->weight <= WEIGHT_MAX && group->max_priority <= most,
		"a group keeps a weight, and gains no priority");
	PROVE(result.status == STATUS_OK ? as_asked(group, &limits) && rules == 1 : group->account[GROUP_FRAMES].limit == frames &&
		group->max_priority == most, "limits are those asked for, and known to all; a refusal changes nothing");
}

/* ---- processes ---- */

static bool counts(u32 i) { return (in_group[i] || in_below[i]) && process[i]->object.refs != 0; }

void prove_next(void)
{
	u64 after = ANY(u64);
	bool all = MAYBE();
	u32 refs[PROCESSES];

	any_groups();
	for (u32 i = 0; i < PROCESSES; i++)
		refs[i] = process[i]->object.refs;
	struct process *next = group_next(group, after, all);

	for (u32 i = 0; i < PROCESSES; i++) {
		bool meant = counts(i) && (all || was_running[i]);

		PROVE(next != process[i] || (meant && process[i]->object.id > after), "who is found is in it, and comes behind");
		PROVE(process[i]->object.refs == refs[i] + (next == process[i]), "and is held, nobody else");
		PROVE(!meant || process[i]->object.id <= after || (next != nullptr && next->object.id <= process[i]->object.id),
			"nobody is left out");
	}
	PROVE(group->lock.taken == 0 && below->lock.taken == 0, "no lock is held");
}

void prove_destroy(void)
{
	any_groups();
	bool inside = self->process->object.group != nullptr;
	u64 status = syscall_group_destroy(self, group).status;

	PROVE(status == (inside || ended[0] + ended[1] == 0 ? STATUS_OK : status), "who gives way is outside, and gets further");
	for (u32 i = 0; i < PROCESSES; i++) {
		PROVE(process[i]->object.refs == REFS || process[i]->object.refs == 0, "nobody is held any more");
		PROVE(ended[i] == (counts(i) && was_running[i]) || (status == SYS_AGAIN && ended[i] == 0),
			"each process in it ends, once");
	}
	PROVE(group->object.dead && below->object.dead, "nothing can be made in it any more");
}

void prove_open(void)
{
	u64 id = ANY(u64);
	u32 rights = ANY(u32);
	bool there = false;

	any_groups();
	for (u32 i = 0; i < PROCESSES; i++)
		there = there || (counts(i) && process[i]->object.id == id);
	struct sys_result result = syscall_group_open_process(self, group, id, rights);

	PROVE((result.status == STATUS_OK) == there && handles == there, "a process in it is opened, and no other");
	PROVE(!there || (handed->id == id && (rights_given & ~(rights & PROCESS_RIGHTS_ALL)) == 0 &&
		(rights_given & RIGHT_REVOKE) == 0),
		"with no right that was not asked for, nor to revoke");
	for (u32 i = 0; i < PROCESSES; i++)
		PROVE(process[i]->object.refs == (handed == &process[i]->object ? REFS + 1 : REFS) || process[i]->object.refs == 0,
			"and held by that alone");
}

void prove_leave(void)
{
	any_groups();
	PROVE(group_close(below) && group->children.first == nullptr && given_ready == 1, "who closes is below nobody");
	PROVE(group_close(group), "the root has nobody above");
	struct group *root = nullptr;
	enum status status = group_make_root(&root);

	PROVE((status == STATUS_OK) == (root == fresh), "a root is made, or not");
	PROVE(status != STATUS_OK || (fresh->weight != 0 && fresh->parent == nullptr &&
		fresh->account[GROUP_FRAMES].limit == U64_MAX &&
		fresh->account[GROUP_RESERVED].limit < (u64)cpus_there * 1000000), "without limits, but that not all time is promised");
}

void prove_stat(void)
{
	struct group_stat stat;
	struct process_info info;
	u64 after = ANY(u64);

	any_groups();
	struct process *next = group_next(group, after, true);
	u64 id = next != nullptr ? next->object.id : 0;

	PROVE(syscall_group_stat(self, group, &stat).status == STATUS_OK && stat.frames == 100 + GROUP_FRAMES && stat.caps ==
		100 + GROUP_CAPS && stat.threads_limit == group->account[GROUP_THREADS].limit && stat.id == group->object.id,
		"what is told is what is used, account by account");
	struct group_limit limit = {};
	u32 account = ANY(u32);

	ASSUME(account < GROUP_ACCOUNTS);
	full = MAYBE() ? group : nullptr;
	bool told = syscall_group_full(self, below, account, 7, &limit).status == STATUS_OK;

	PROVE(told == (full != nullptr) && (!told || (limit.id == group->object.id && limit.limit == group->account[account].limit)),
		"and of one that is full, its limit");
	if (next != nullptr)
		next->object.refs--;
	u64 status = syscall_group_next_process(self, group, after, &info).status;

	PROVE((status == STATUS_OK) == (next != nullptr) && (next == nullptr || (info.id == id && next->object.refs == REFS)),
		"and the next process is described, and held no longer");
}
