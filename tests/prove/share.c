/* SPDX-License-Identifier: Apache-2.0
 *
 * Fair share: which weights are counted, and what a share is. A group below the root, with two activities,
and one activity of the
 * root's; any uses and weights; one operation.
 *
 * INV-WEIGHT: what is counted of a group's members is its active weight.
 */
#include "kernel/core/sched/activity.h"
#include "kernel/core/sched/share.c"

enum : u32 { ACTIVITIES = 3, CPUS = 2 };

struct cpu *prove_this_cpu;
u64 object_grace_wanted;

static struct group *root, *group;
static struct activity *activity[ACTIVITIES];   /* the last is the root's */
static struct cpu *cpu[CPUS];

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }
u32 cpus_there = CPUS;
struct cpu *cpu_at(u32 id) { PROVE(id < CPUS, "a processor that there is"); return id == 0 ? cpu[0] : cpu[1]; }

static bool kept(void)
{
	return group->active_weight == activity[0]->counted + activity[1]->counted &&
		root->active_weight == group->counted + activity[2]->counted && group->counted == wanted_of_group(group);
}

static void any_state(void)
{
	root = NEW(struct group);
	group = NEW(struct group);
	root->parent = nullptr;
	group->parent = root;
	group->weight = 1 + ANY(u16) % WEIGHT_MAX;
	root->weight = 1 + ANY(u16) % WEIGHT_MAX;
	for (u32 i = 0; i < CPUS; i++) {
		cpu[i] = NEW(struct cpu);
		cpu[i]->id = i;
	}
	prove_this_cpu = cpu[0];
	for (u32 i = 0; i < ACTIVITIES; i++) {
		activity[i] = NEW(struct activity);
		activity[i]->object.group = i == 2 ? root : group;
		activity[i]->weight = 1 + ANY(u16) % WEIGHT_MAX;
		activity[i]->counted = MAYBE() ? 0 : ANY(u16);
		activity[i]->uses = MAYBE() ? 0 : ANY(u8);
		activity[i]->virtual_cpu = MAYBE();
		activity[i]->object.dead = MAYBE();
	}
	group->active_weight = activity[0]->counted + activity[1]->counted;
	group->counted = wanted_of_group(group);
	root->active_weight = group->counted + activity[2]->counted;
	cpu[0]->lingers = MAYBE() ? activity[1] : nullptr;
	cpu[1]->lingers = MAYBE() ? activity[0] : nullptr;
}

void prove_update(void)
{
	u32 i = MAYBE() ? 0 : 2;

	any_state();
	u64 others = activity[1]->counted;

	share_update(activity[i]);
	PROVE(kept() && activity[1]->counted == others,
		"what is counted of members is the group's active weight, and that of groups is, too");
	PROVE(activity[i]->counted == (activity[i]->uses != 0 ? share_weight(activity[i]) : 0),
		"who is used is counted with its weight, nobody else");
}

/* Used, and then no more: it goes on being counted until another is the last on that processor. */
void prove_linger(void)
{
	any_state();
	u32 uses = activity[0]->uses;
	u64 weight = share_weight(activity[0]);
	bool dead = activity[0]->object.dead != 0;
	struct activity *before = cpu[0]->lingers;

	share_use(activity[0]);
	PROVE(kept() && activity[0]->uses == uses + 1 && (uses != 0 || activity[0]->counted == weight),
		"who begins to be used is counted with its weight");
	share_unuse(cpu[0], activity[0]);
	bool lingers = uses == 0 && weight != 0 && !dead;

	PROVE(kept() && activity[0]->uses == uses, "uses are given up as they were taken");
	PROVE(!lingers || (cpu[0]->lingers == activity[0] && activity[0]->counted != 0), "the last to have run here lingers");
	PROVE(!lingers || before == nullptr || activity[1]->counted == (activity[1]->uses != 0 ? share_weight(activity[1]) : 0),
		"who did before is counted no longer than it is used");
	PROVE(!dead || uses != 0 || weight == 0 || (cpu[0]->lingers != activity[0] && activity[0]->counted == 0),
		"what is dead lingers nowhere");
	share_forget(cpu[0]);
	PROVE(kept() && cpu[0]->lingers == nullptr && (!lingers || activity[0]->counted == 0),
		"nobody lingers when that is asked for");
}

void prove_end(void)
{
	any_state();
	activity[0]->uses = 0;
	share_end(activity[0]);
	PROVE(kept() && activity[0]->counted == 0 && cpu[0]->lingers != activity[0] && cpu[1]->lingers != activity[0],
		"what is dead is counted nowhere, and lingers nowhere");
}

void prove_divide(void)
{
	u64 inverse = ANY(u64), weight = ANY(u64), sum = ANY(u64);

	ASSUME(inverse >= ONE && inverse <= INVERSE_MAX && weight != 0 && weight <= WEIGHT_MAX);
	u64 share = divide(inverse, weight, sum);

	PROVE(share >= inverse && share <= INVERSE_MAX, "a share of a share is no more than that, and never nothing");
	PROVE(weight != sum || share == inverse, "who is alone has all of it");
}

void prove_settle(void)
{
	any_state();
	activity[0]->weight = group->weight = 100;
	group->active_weight = root->active_weight = 200;
	cpu[0]->lingers = nullptr;
	u64 used = activity[0]->unsettled_ns, virtual = activity[0]->virtual_ns, of_group = group->cpu_ns, of_root = root->cpu_ns;
	bool shares = activity[0]->best_effort != 0;

	ASSUME(used < 1ull << 62 && virtual < 1ull << 62 && of_group < 1ull << 62 && of_root < 1ull << 62);
	share_settle(activity[0]);
	PROVE(activity[0]->unsettled_ns == 0 && group->cpu_ns == of_group + used && root->cpu_ns == of_root + used,
		"time is settled once, in each group above");
	PROVE(activity[0]->virtual_ns == virtual + (shares ? 4 * (used < CHARGE_MAX_NS ? used : CHARGE_MAX_NS) : 0),
		"half of a half of the time: four times as much virtual time, of at most a second");
}

void prove_place(void)
{
	bool waking = MAYBE();

	any_state();
	struct activity *at = activity[0];
	u64 virtual = at->virtual_ns, clock = cpu[0]->virtual_ns, there = cpu[1]->virtual_ns;
	bool moves = at->virtual_cpu != 0;

	ASSUME(virtual < 1ull << 62 && clock < 1ull << 62 && there < 1ull << 62);
	share_place(at, cpu[0], waking);
	if (at->best_effort == 0) {
		PROVE(at->virtual_ns == virtual, "who does not share keeps what it has");
		return;
	}
	PROVE(at->virtual_cpu == 0, "its time is one of this processor's clock");
	PROVE(!moves || at->virtual_ns == clock + (virtual > there ? virtual - there : 0),
		"as far ahead of it as it was of the other");
	PROVE(moves || at->virtual_ns == (waking && virtual < clock ? clock : virtual),
		"who waited is not given back what it did not use");
	share_chosen(cpu[0], at);
	PROVE(cpu[0]->virtual_ns >= clock && cpu[0]->virtual_ns >= at->virtual_ns,
		"and the clock goes on with who is chosen, never back");
}
