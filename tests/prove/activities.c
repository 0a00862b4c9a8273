/* SPDX-License-Identifier: Apache-2.0
 *
 * Activities: which parameters are accepted, what is promised for them, and what running charges. Any parameters,
 * any activity with what was accepted before. In this source no number wraps around.
 */
#include "kernel/core/sched/activity.h"
#include "abi/event_emit.h"
#include "kernel/core/group/group.h"
#include "kernel/core/sched/budget.h"
#include "kernel/core/sched/sched.h"
#include "kernel/core/sched/share.h"
#include "kernel/raw/downcast.h"

#pragma CPROVER check push
#pragma CPROVER check enable "unsigned-overflow"
#include "kernel/core/sched/activity.c"
#pragma CPROVER check pop
#include "tests/prove/include/quiet.h"

enum : u64 { LATEST_NS = 1ull << 62, VIRTUAL_END = 1ull << 63, USED_END = 1ull << 62 };

struct cpu *prove_this_cpu;
struct cpu core_boot_cpu;
u32 trace_classes;
u64 object_grace_wanted;

static struct group *group;
static struct activity *activity;   /* the one there is, or that was made */
static u64 promised;                /* to the group */
static bool ended;
static u64 settled;                 /* of the time used */
static struct urgency lent;         /* the most urgent of those who wait for whoever runs on it */
static bool somebody_waits;

/* Nobody else is there who could have taken it. */
void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
struct cpu *cpu_at(u32 id) { (void)id; return &core_boot_cpu; }
u32 cpus_there = 1;
bool alarm_cancel(struct alarm *alarm) { alarm->node.height = 0; return true; }
void share_update(struct activity *at) { (void)at; }
void share_end(struct activity *at) { (void)at; }
void share_settle(struct activity *at)
{
	settled += at->unsettled_ns;
	at->used_ns += at->unsettled_ns;
	at->unsettled_ns = 0;
}
void share_place(struct activity *at, const struct cpu *cpu, bool waking) { (void)at; (void)cpu; (void)waking; }
void sched_activity_changed(struct activity *at) { PROVE(at->lock.taken == 0, "queues are looked at with no lock held"); }
void share_linger(struct cpu *cpu, struct activity *at) { (void)cpu; (void)at; }
void trace_name_activity(struct activity *at) { (void)at; }
void inherit_changed(struct activity *at) { (void)at; }

static bool lends(u8 priority, u64 deadline_ns)
{
	if (!somebody_waits)
		return false;
	return lent.priority != priority ? lent.priority > priority : lent.deadline_ns < min_u64(deadline_ns, VIRTUAL_BASE);
}

const struct urgency *inherit_more_urgent(const struct activity *at, u8 priority, u64 deadline_ns)
{
	(void)at;
	return lends(priority, deadline_ns) ? &lent : nullptr;
}

/* What an activity of these parameters may be. */
static bool sound(u64 budget_ns, u64 relative_ns, u64 period_ns)
{
	return budget_ns == 0 || (budget_ns >= BUDGET_MIN_NS && budget_ns <= relative_ns && relative_ns <= period_ns &&
		period_ns <= 1ull << 60);
}

/* The proofs of budgets.c show what these stand for. */
u64 budget_reserve(const struct activity_params *params)
{
	u64 relative_ns = params->deadline_ns != 0 ? params->deadline_ns : params->period_ns;
	u64 reserved = ANY(u64);

	PROVE(sound(params->budget_ns, relative_ns, params->period_ns),
		"nothing is reckoned with parameters that were not looked at");
	ASSUME(reserved <= 1000000 && (reserved == 0) == (params->budget_ns == 0));
	return reserved;
}

void budget_start(struct activity *at, u64 now_ns)
{
	(void)now_ns;
	at->left_ns = ANY(u64);
	ASSUME(at->left_ns <= at->budget_ns && at->left_ns >= at->budget_ns / 2);
}

void budget_wake(struct activity *at, u64 now_ns)
{
	PROVE(at->left_ns != 0, "what is left is looked at");
	if (MAYBE())
		budget_start(at, now_ns);
}

void budget_end(struct activity *at, u64 now_ns)
{
	PROVE(at->budget_ns != 0 && at->left_ns == 0 && !at->exhausted, "a budget ends once");
	ended = true;
	if (MAYBE())
		budget_start(at, now_ns);
	else
		at->exhausted = 1;
	activity_classify(at);
}

enum status group_charge(struct group *at, enum group_account account, u64 amount)
{
	PROVE(at == group && account == GROUP_RESERVED, "time is promised by the group of the activity");
	if (MAYBE())
		return STATUS_OUT_OF_TIME;
	promised += amount;
	return STATUS_OK;
}

void group_release(struct group *at, enum group_account account, u64 amount)
{
	PROVE(at == group && account == GROUP_RESERVED && amount <= promised, "nothing is given back that was not promised");
	promised -= amount;
}

enum status object_create(enum object_type type, struct group *at, struct object **out)
{
	if (MAYBE())
		return STATUS_OUT_OF_OBJECTS;
	activity = NEW(struct activity);
	*activity = (struct activity){ .object = { .type = type, .group = at } };
	*out = &activity->object;
	return STATUS_OK;
}

/* What is left is of the budget; or of a slice, if there is no budget or no more of it. */
static bool left_kept(void)
{
	bool slice = activity->budget_ns == 0 || activity->exhausted;

	return activity->left_ns <= activity->budget_ns || (slice && activity->left_ns <= SLICE_NS);
}

static u8 own_priority(void)
{
	bool less = activity->exhausted && activity->own_priority > PRIORITY_BEST_EFFORT;

	return less ? PRIORITY_BEST_EFFORT : activity->own_priority;
}

static u8 expected_priority(void)
{
	return somebody_waits && lent.priority > own_priority() ? lent.priority : own_priority();
}

static bool kept(void)
{
	bool by_parameters = activity->budget_ns == 0 && (activity->own_priority == PRIORITY_BEST_EFFORT ||
		(activity->own_priority < PRIORITY_BEST_EFFORT && expected_priority() == PRIORITY_BEST_EFFORT));

	if (activity->priority != expected_priority() || activity->raised_ns >= VIRTUAL_END)
		return false;
	return sound(activity->budget_ns, activity->relative_ns, activity->period_ns) && activity->weight >= 1 &&
		activity_is_best_effort(activity) == (activity->exhausted != 0 || by_parameters) &&
		activity->weight <= WEIGHT_MAX &&
		IMPLIES(activity->exhausted, activity->budget_ns != 0) &&
		IMPLIES(activity->budget_ns != 0, activity->own_priority != PRIORITY_BEST_EFFORT) &&
		activity->virtual_ns < VIRTUAL_END && left_kept();
}

static void any_group(void)
{
	prove_this_cpu = &core_boot_cpu;
	core_boot_cpu.online = MAYBE();
	group = NEW(struct group);
	promised = 0;
	ended = false;
	settled = 0;
	somebody_waits = MAYBE();
	lent = (struct urgency){ ANY(u8), ANY(u32), ANY(u64) };
	ASSUME(lent.hops != 0 && lent.deadline_ns <= VIRTUAL_BASE);
}

static struct activity_params any_params(void)
{
	return (struct activity_params){ .priority = ANY(u32), .weight = ANY(u32), .budget_ns = ANY(u64), .period_ns = ANY(u64),
		.deadline_ns = ANY(u64), .cpus = ANY(u64) };
}

static void any_activity(void)
{
	any_group();
	activity = NEW(struct activity);
	activity->object.group = group;
	activity->lock.taken = 0;
	activity->exhausted = MAYBE();
	activity->best_effort = MAYBE();
	activity->virtual_cpu = 0;
	promised = activity->reserved;
	ASSUME(kept() && activity->unsettled_ns < USED_END && promised <= 1000000 && activity->used_ns < USED_END &&
		activity->overrun_ns < USED_END);
}

void prove_make(void)
{
	struct activity_params params = any_params();
	struct activity *out = nullptr;

	any_group();
	enum status status = activity_make(group, &params, &out);

	PROVE((status == STATUS_OK) == (out != nullptr), "an activity is there when it says so");
	PROVE(IMPLIES(out == nullptr, promised == 0), "nothing is promised for one that was not made");
	if (out == nullptr)
		return;
	PROVE(kept() && out == activity, "only parameters that make sense are accepted");
	PROVE(promised == activity->reserved, "what was promised is remembered");
	PROVE((promised == 0) == (params.budget_ns == 0), "a budget is promised, and nothing else");
	PROVE(activity->own_priority <= group->max_priority, "nobody is more important than his group may be");
	PROVE(activity_close(activity) && promised == 0, "at its end nothing is promised any more");
}

void prove_set(void)
{
	struct activity_params params = any_params();

	any_activity();
	u64 left_ns = activity->left_ns, old_ns = activity->budget_ns;
	bool exhausted = activity->exhausted;
	enum status status = activity_set(activity, &params);

	PROVE(kept() && activity->lock.taken == 0, "what is set keeps what the kernel keeps");
	PROVE(promised == activity->reserved, "what is promised is what is remembered, whether it was set or not");
	PROVE(IMPLIES(status != STATUS_OK, activity->budget_ns == old_ns && activity->left_ns == left_ns),
		"a refusal changes nothing");
	PROVE(IMPLIES(params.budget_ns != 0 && old_ns != 0, activity->left_ns <= left_ns && activity->exhausted == exhausted),
		"setting a budget again is no way to more of it");
}

void prove_charge(void)
{
	u64 used_ns = ANY(u64), now_ns = ANY(u64);

	any_activity();
	ASSUME(used_ns < USED_END && now_ns < LATEST_NS);
	u64 left_ns = activity->left_ns, before_ns = activity_used_ns(activity), overrun_ns = activity->overrun_ns;
	u64 unsettled_ns = activity->unsettled_ns;
	bool exhausted = activity->exhausted != 0, counts = activity->budget_ns != 0 && !exhausted;

	activity_charge(activity, used_ns, now_ns);
	PROVE(kept() && activity->lock.taken == 0, "charging keeps what the kernel keeps");
	PROVE(activity_used_ns(activity) == before_ns + used_ns, "all of it is charged");
	PROVE(settled + activity->unsettled_ns == unsettled_ns + used_ns, "and settled, or still to be settled");
	PROVE(ended == (counts && used_ns >= left_ns), "a budget ends exactly when it is used up");
	PROVE(activity->overrun_ns == overrun_ns + (counts && used_ns > left_ns ? used_ns - left_ns : 0),
		"what was used beyond it is remembered");
	PROVE(IMPLIES(exhausted, activity->exhausted != 0), "what is used up stays so until its period is over");
}

/* Whoever lets another go first. */
void prove_yield(void)
{
	u64 behind_ns = ANY(u64), now_ns = ANY(u64);

	any_activity();
	ASSUME(now_ns < LATEST_NS && behind_ns < VIRTUAL_BASE + (VIRTUAL_BASE - 1));
	u64 virtual_ns = activity->virtual_ns, used_ns = activity->used_ns;
	bool best_effort = activity_is_best_effort(activity);

	activity_yield(activity, behind_ns, now_ns);
	PROVE(kept() && activity->lock.taken == 0 && activity->used_ns == used_ns,
		"yielding keeps what the kernel keeps, and charges nothing");
	PROVE(!best_effort || (activity->virtual_ns >= virtual_ns && activity->virtual_ns <= max_u64(virtual_ns, behind_ns)),
		"nobody who shares goes before his turn by yielding, nor behind more than one");
}

void prove_begin(void)
{
	u64 now_ns = ANY(u64);

	any_activity();
	ASSUME(now_ns < LATEST_NS);
	activity_begin(activity, &core_boot_cpu, now_ns, MAYBE());
	PROVE(kept() && activity->lock.taken == 0, "beginning keeps what the kernel keeps");
	PROVE(activity->left_ns != 0, "who begins to run has something left");
}

/* INV-RUN-QUEUE: who has a budget goes before who has not. */
void prove_reckon(void)
{
	any_activity();
	ASSUME(activity->period_deadline_ns < VIRTUAL_BASE);
	activity->priority = ANY(u8); /* something of what it is made of has changed */
	activity_reckon(activity);
	bool budgeted = activity->budget_ns != 0 && !activity->exhausted;
	u64 own_ns = budgeted ? activity->period_deadline_ns : VIRTUAL_BASE;
	bool raised = lends(own_priority(), own_ns);

	PROVE(activity->priority == (raised ? lent.priority : own_priority()),
		"nobody runs at more than his own priority, or that of who waits for him, nor at less");
	PROVE(IMPLIES(activity->exhausted && !raised, activity->priority <= PRIORITY_BEST_EFFORT),
		"without what was promised nobody goes before best effort");
	PROVE(min_u64(activity->deadline_ns, VIRTUAL_BASE) == (raised ? lent.deadline_ns : own_ns),
		"who has a budget goes before who has not");
}

void prove_used(void)
{
	any_activity();
	u64 settled_before = activity->used_ns, not_yet = activity->unsettled_ns;

	PROVE(activity_used_ns(activity) == settled_before + not_yet && activity->lock.taken == 0,
		"what was used is reported, settled or not");
}
