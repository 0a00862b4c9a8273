/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts of groups: a group and all above it, up to the greatest depth there may be, with any limits and any
 * use. Frames are charged through them too.
 */
#include "kernel/core/group/group.c"
#include "tests/prove/include/quiet.h"

enum : u64 { ENOUGH = 1ull << 48 };   /* of anything: nothing is counted beyond */

struct cpu *prove_this_cpu;

static struct group *at[GROUP_DEPTH_MAX];
static u32 top;

static void any_tree(void)
{
	top = ANY(u32);
	ASSUME(top < GROUP_DEPTH_MAX);
	for (u32 i = 0; i < GROUP_DEPTH_MAX; i++) {
		at[i] = NEW(struct group);
		at[i]->parent = i <= top ? nullptr : at[i - 1];
		for (u32 account = 0; account < GROUP_ACCOUNTS; account++)
			ASSUME(at[i]->used[account] <= ENOUGH);
	}
}

static struct group *leaf(void) { return at[GROUP_DEPTH_MAX - 1]; }

/* WHY one account after the other: CBMC follows an index that is a constant far faster. */
static void charge(enum group_account account, enum group_account other)
{
	u32 some = ANY(u32);
	u64 amount = ANY(u64);

	any_tree();
	ASSUME(some >= top && some < GROUP_DEPTH_MAX && amount <= ENOUGH);
	struct group *seen = at[some];
	u64 before = seen->used[account], others = seen->used[other];
	enum status status = group_charge(leaf(), account, amount);
	bool charged = status == STATUS_OK;

	/* INV-GROUP-SUM follows: the difference between two groups of the tree stays as it was. */
	PROVE(seen->used[account] == before + (charged ? amount : 0), "every group above is charged, or none");
	PROVE(IMPLIES(charged, seen->used[account] <= seen->limit[account]), "no group goes beyond its limit");
	PROVE(IMPLIES(charged, !seen->object.dead), "nothing is charged to a group that is being destroyed");
	PROVE(IMPLIES(charged && account == GROUP_FRAMES, seen->peak_frames >= seen->used[account]), "the peak is one");
	PROVE(seen->used[other] == others, "other accounts stay as they are");
	if (!charged)
		return;
	group_release(leaf(), account, amount);
	PROVE(seen->used[account] == before, "releasing undoes the charge");
}

void prove_charge(void)
{
	if (MAYBE())
		charge(GROUP_FRAMES, GROUP_OBJECTS);
	else
		charge(GROUP_CAPS, GROUP_FRAMES);
}

/* ---- frames ---- */

static u64 handed_out;

struct frame_result frame_alloc_zeroed(void)
{
	bool ok = MAYBE();

	handed_out += ok;
	return (struct frame_result){ .ok = ok, .status = STATUS_OUT_OF_FRAMES };
}

void frame_free_one(paddr_t frame)
{
	(void)frame;
	handed_out--;
}

/* The log takes what is said. */
void klog_loud_begin(void) {}
void klog_loud_end(void) {}
void klog_time(void) {}
void klog_text(const char *text) { (void)text; }
void klog_write(struct span text) { (void)text; }

void prove_frames(void)
{
	u32 some = ANY(u32);

	any_tree();
	ASSUME(some >= top && some < GROUP_DEPTH_MAX);
	u64 before = at[some]->used[GROUP_FRAMES];

	handed_out = 0;
	struct frame_result frame = group_frame_alloc(leaf());

	PROVE(handed_out == frame.ok, "a frame is handed out when it says so");
	PROVE(at[some]->used[GROUP_FRAMES] == before + handed_out, "each frame that is handed out is charged, and no other");
	PROVE(IMPLIES(!frame.ok, frame.status != STATUS_OK), "a refusal has a reason");
	if (!frame.ok)
		return;
	group_frame_free(leaf(), frame.frame);
	PROVE(handed_out == 0 && at[some]->used[GROUP_FRAMES] == before, "a frame that is given back is charged to nobody");
}

/* ---- the list of processes, and who is below whom ---- */

void prove_contains(void)
{
	u32 outer = ANY(u32);

	any_tree();
	ASSUME(outer < GROUP_DEPTH_MAX);
	PROVE(group_contains(at[outer], leaf()) == (outer >= top), "a group contains itself and what is below, nothing else");
}

void prove_members(void)
{
	struct group *group = NEW(struct group);
	struct process *first = NEW(struct process), *second = NEW(struct process), *third = NEW(struct process);
	u32 who = ANY(u32);

	group->lock.taken = 0;
	group->processes.first = nullptr;
	group_enter(group, first);
	group_enter(group, second);
	group_enter(group, third);
	group_leave(group, who == 0 ? first : who == 1 ? second : third);
	u32 count = 0;

	LIST_EACH (process, &group->processes, struct process, in_group) {
		PROVE(process != (who == 0 ? first : who == 1 ? second : third), "who has left is not listed");
		count++;
	}
	PROVE(count == 2 && group->lock.taken == 0, "the others are");
}
