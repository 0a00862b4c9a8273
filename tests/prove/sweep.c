/* SPDX-License-Identifier: Apache-2.0
 *
 * Sweeping revoked capabilities. Any spaces in a group, anything in them revoked at any time, any progress of the passes that
 * agrees with it; one step, while others revoke, drop and sweep.
 *
 * What a pass has reached holds nothing that had been revoked when it began; nor does a space hold what had been
 * when its last pass began, nor a group.
 */
#include "kernel/core/cap/sweep.c"

enum : u32 { PROCESSES = 2, SLOTS = CAP_SLOTS_MAX };

struct cpu *prove_this_cpu;
u64 lineage_revocations;

static struct group *group;
static struct process *process[PROCESSES];
static bool in_group[PROCESSES];
static u8 revoked_at[PROCESSES][SLOTS];  /* the count at which what the slot holds was revoked; 0: it was not */
static bool alone;                        /* nobody else does anything */
static bool disturbed;                    /* others did something */
static u32 looked, dropped;
static u32 late_before;                   /* passes during which more was revoked, as the step may have seen it */

static u32 number_of(const struct process *at)
{
	PROVE(at == process[0] || at == process[1], "only processes that there are");
	return at == process[0] ? 0 : 1;
}

static u32 slots(u32 p) { return process[p]->caps.leaves * CAP_LEAF_SLOTS; }

/* ---- what is kept ---- */

/* Nothing below `end` was revoked at that count or before. */
static bool clean(u32 p, u64 end, u64 count)
{
	bool holds = true;

	for (u32 slot = 0; slot < SLOTS; slot++)
		holds = holds && (slot >= end || revoked_at[p][slot] == 0 || revoked_at[p][slot] > count);
	return holds;
}

static bool sound(const struct sweep *sweep)
{
	return sweep->began <= lineage_revocations && sweep->done <= lineage_revocations && sweep->late < LATE_PASSES &&
		(!sweep->begun || sweep->done <= sweep->began);
}

static bool space_kept(u32 p)
{
	const struct sweep *sweep = &process[p]->caps.sweep;

	return sound(sweep) && sweep->next <= SLOTS && (process[p]->caps.closed ||
		(clean(p, SLOTS, sweep->done) && (!sweep->begun || clean(p, sweep->next, sweep->began))));
}

static bool group_kept(void)
{
	bool holds = sound(&group->sweep);

	for (u32 p = 0; p < PROCESSES; p++)
		holds = holds && space_kept(p) && (!in_group[p] || (swept_at(&process[p]->caps, group->sweep.done) &&
			(!group->sweep.begun || process[p]->object.id > group->sweep.next ||
				swept_at(&process[p]->caps, group->sweep.began))));
	return holds;
}

static struct sweep any_sweep(void)
{
	return (struct sweep){ .began = ANY(u8), .done = ANY(u8), .next = ANY(u8), .begun = MAYBE(), .late = ANY(u8) };
}

static void any_group(void)
{
	lineage_revocations = ANY(u8);
	ASSUME(lineage_revocations < 128);
	prove_this_cpu = NEW(struct cpu);
	group = NEW(struct group);
	group->lock.taken = 0;
	group->sweep = any_sweep();
	for (u32 p = 0; p < PROCESSES; p++) {
		struct cap_space *space;

		process[p] = NEW(struct process);
		space = &process[p]->caps;
		space->lock.taken = 0;
		space->closed = MAYBE();
		space->group = group;
		space->sweep = any_sweep();
		process[p]->object.id = p + 1;
		process[p]->object.refs = 1;
		in_group[p] = MAYBE();
		ASSUME(space->leaves <= CAP_LEAVES);
		for (u32 slot = 0; slot < SLOTS; slot++) {
			revoked_at[p][slot] = ANY(u8);
			ASSUME(revoked_at[p][slot] <= lineage_revocations && (slot < slots(p) || revoked_at[p][slot] == 0));
		}
		revoked_at[p][0] = 0;
	}
	looked = 0;
	dropped = 0;
	disturbed = false;
	alone = false;
}

/* ---- what is modelled ---- */

bool hal_interrupt_pending(void) { return MAYBE(); }
void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
void object_last_unref(struct object *object) { (void)object; PROVE(false, "what is looked through is held"); }

/* Somebody revokes, or makes steps of the same pass or of later ones. */
static void others(u32 p)
{
	struct cap_space *space = &process[p]->caps;
	struct sweep before = space->sweep;

	if (alone)
		return;
	if (MAYBE()) {
		u32 slot = 1 + ANY(u32) % (SLOTS - 1);

		disturbed = true;
		lineage_revocations++;
		if (slot < slots(p))
			revoked_at[p][slot] = (u8)lineage_revocations;
	}
	if (MAYBE()) {
		disturbed = true;
		space->sweep = any_sweep();
		ASSUME(space_kept(p) && space->sweep.done >= before.done);
		if (space->sweep.late > late_before)
			late_before = space->sweep.late;
	}
}

handle_t cap_handle_at(const struct cap_space *space, u32 index)
{
	PROVE(index < space->leaves * CAP_LEAF_SLOTS && space->lock.taken == 0, "only slots that there are");
	looked++;
	return (handle_t){ index };
}

enum status cap_read(struct process *at, handle_t handle, struct cap *out)
{
	u32 p = number_of(at);

	(void)out;
	others(p);
	if (revoked_at[p][handle.v % SLOTS] != 0)
		return STATUS_REVOKED;
	return MAYBE() ? STATUS_OK : STATUS_BAD_HANDLE;
}

enum status cap_drop(struct process *at, handle_t handle)
{
	u8 *revoked = &revoked_at[number_of(at)][handle.v % SLOTS];

	PROVE(*revoked != 0, "only what has been revoked is dropped");
	*revoked = 0;
	if (MAYBE())
		return STATUS_BAD_HANDLE; /* another was faster */
	dropped++;
	return STATUS_OK;
}

struct process *group_next(struct group *at, u64 after, bool ended)
{
	PROVE(ended, "those that have ended may still have some");
	PROVE(at == group && group->lock.taken == 0, "the group that is full");
	for (u32 p = 0; p < PROCESSES; p++)
		if (in_group[p] && process[p]->object.id > after) {
			process[p]->object.refs++;
			return process[p];
		}
	return nullptr;
}

/* ---- a step over a space ---- */

void prove_space(void)
{
	any_group();
	ASSUME(space_kept(0));
	struct cap_space *space = &process[0]->caps;
	u64 count = lineage_revocations, next = space->sweep.begun ? space->sweep.next : 0;
	u32 wanted = ANY(u32);

	ASSUME(wanted != 0);
	late_before = space->sweep.late;
	enum swept swept = sweep_space(process[0], wanted);

	PROVE(space_kept(0), "what a pass has gone by was swept");
	PROVE(space->lock.taken == 0, "the lock is free again");
	PROVE(looked <= SLOTS_A_STEP && dropped <= wanted, "a step is bounded, and ends when it has found enough");
	PROVE((swept == SWEEP_FOUND) == (dropped != 0), "what was found is told");
	PROVE(swept != SWEEP_NOTHING || space->closed || clean(0, SLOTS, count) || late_before == LATE_PASSES - 1,
		"nothing is left, unless others revoke all the time");
	PROVE(disturbed || swept != SWEEP_MORE || !space->sweep.begun || space->sweep.next > next,
		"a step that finds nothing gets further");
}

/* ---- a step over a group ---- */

void prove_group(void)
{
	any_group();
	ASSUME(group_kept());
	u64 count = lineage_revocations;

	late_before = group->sweep.late;
	enum swept swept = sweep_group(group, 1);
	bool swept_all = true;

	for (u32 p = 0; p < PROCESSES; p++)
		swept_all = swept_all && (!in_group[p] || process[p]->caps.closed || clean(p, SLOTS, count));
	PROVE(group_kept(), "what a pass over the group has gone by was swept");
	PROVE(group->lock.taken == 0, "the lock is free again");
	PROVE(process[0]->object.refs == 1 && process[1]->object.refs == 1, "nothing stays held");
	PROVE((swept == SWEEP_FOUND) == (dropped != 0) && dropped <= 1, "what was found is told");
	PROVE(swept != SWEEP_NOTHING || swept_all || late_before == LATE_PASSES - 1,
		"nothing is left in the whole group, unless others revoke all the time");
}

/* ---- room ---- */

static u64 charged, limit_left;   /* how often the group's limit still refuses */
static bool tried;                /* since something was swept last */
static u32 fulls;

struct group *group_full(struct group *at, enum group_account which, u64 amount)
{
	PROVE(at == group && which == GROUP_CAPS && amount != 0, "room for capabilities is looked for");
	fulls++;
	tried = false;
	return MAYBE() ? group : nullptr;
}

enum status group_charge(struct group *at, enum group_account which, u64 amount)
{
	PROVE(at == group && which == GROUP_CAPS, "capabilities are charged");
	tried = true;
	if (MAYBE())
		return MAYBE() ? STATUS_OUT_OF_CAPS : STATUS_DEAD;
	charged += amount;
	return STATUS_OK;
}

void prove_room(void)
{
	any_group();
	in_group[1] = false;
	alone = true;
	ASSUME(group_kept());
	u32 count = ANY(u32);
	u64 revocations_before = lineage_revocations;

	ASSUME(count != 0);
	charged = 0;
	fulls = 0;
	tried = false;
	late_before = group->sweep.late;
	enum status status = sweep_and_charge(process[0], count);

	PROVE(charged == (status == STATUS_OK ? count : 0), "what is promised is charged, once, and nothing else");
	PROVE(fulls <= STEPS_A_CALL, "a bounded number of steps");
	PROVE(status == STATUS_OK || status == STATUS_DEAD || status == STATUS_OUT_OF_CAPS, "the reason is told");
	PROVE(IMPLIES(sweep_goes_on(status), status == STATUS_OUT_OF_CAPS), "only who lacks room is told to try again");
	bool for_good = status == STATUS_OUT_OF_CAPS && !sweep_goes_on(status);

	PROVE(!for_good || !in_group[0] || process[0]->caps.closed || clean(0, SLOTS, revocations_before) ||
		late_before == LATE_PASSES - 1, "nobody is refused for good while anything revoked is in the way");
	PROVE(!for_good || tried, "nor before the group was asked once more");
	PROVE(group_kept() && process[0]->object.refs == 1, "and the passes are as they should be");
}
