/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts of groups: a group and all above it, up to the greatest depth there may be, with any limits, any
 * use and anything ready. Frames are charged through them too.
 */
#include "kernel/core/group/account.c"
#include "tests/prove/include/quiet.h"

struct cpu *prove_this_cpu;

void lock_spin(struct lock *lock) { (void)lock; prove_stop("spin"); }

static struct group *at[GROUP_DEPTH_MAX];
static u32 depth;   /* groups on the path */

static struct group *leaf(void) { return at[depth - 1]; }

/* The path is all there is: each group has one below it. */
struct group *group_walk(const struct group *top, struct group *from)
{
	struct group *next = nullptr;

	(void)top;
	for (u32 i = 0; i + 1 < depth; i++)
		if (from == at[i])
			next = at[i + 1];
	return next;
}

/* A path from the root down to the leaf; each may use more than what is ready and used on the path. */
static void any_path(u32 groups)
{
	depth = groups;
	prove_this_cpu = NEW(struct cpu);
	group_rules = ANY(u8);
	for (u32 i = 0; i < groups; i++) {
		at[i] = NEW(struct group);
		at[i]->parent = i == 0 ? nullptr : at[i - 1];
		for (u32 which = 0; which < GROUP_ACCOUNTS; which++)
			at[i]->account[which] = (struct account){
				.limit = ANY(u8), .used = ANY(u8), .ready = ANY(u8), .rules_seen = ANY(u8),
			};
	}
}

static struct account *of(u32 i) { return &at[i]->account[GROUP_FRAMES]; }

/* What is used of the account, without what is ready there and below. */
static u64 use_of(u32 group)
{
	u64 used = of(group)->used;

	for (u32 i = group; i < depth; i++)
		used -= of(i)->ready;
	return used;
}

/* INV-GROUP-SUM, on the path. */
static bool sums_hold(void)
{
	bool hold = true;

	for (u32 i = 0; i < depth; i++)
		hold = hold && of(i)->ready <= of(i)->used &&
			(i + 1 == depth || of(i)->used - of(i)->ready >= of(i + 1)->used);
	return hold;
}

/* All that the leaf's charges depend on is within limits, and alive. */
static bool within_limits(void)
{
	bool within = true;

	for (u32 i = 0; i < depth; i++)
		within = within && !at[i]->object.dead && of(i)->used <= of(i)->limit;
	return within;
}

static struct account *own(void) { return of(depth - 1); }

/* What rules_seen means: see account.c. */
static bool ready_is_granted(void) { return own()->rules_seen != group_rules || within_limits(); }

static u64 used_before[GROUP_DEPTH_MAX], use_before[GROUP_DEPTH_MAX], other_before[GROUP_DEPTH_MAX];
static u64 other_seen;

static void any_accounts(u32 groups)
{
	any_path(groups);
	ASSUME(sums_hold() && ready_is_granted());
	for (u32 i = 0; i < groups; i++) {
		used_before[i] = of(i)->used;
		use_before[i] = use_of(i);
		other_before[i] = at[i]->account[GROUP_OBJECTS].used;
	}
	other_seen = leaf()->account[GROUP_OBJECTS].rules_seen;
}

/* All groups use so much more, or less, than before, nothing else has changed, and what is kept is kept. */
static void check_use(u64 more, u64 less)
{
	for (u32 i = 0; i < depth; i++) {
		PROVE(use_of(i) + less == use_before[i] + more, "every group above is charged alike");
		PROVE(at[i]->account[GROUP_OBJECTS].used == other_before[i], "other accounts stay as they are");
	}
	PROVE(leaf()->account[GROUP_OBJECTS].rules_seen == other_seen, "and nothing is said of their limits");
	PROVE(sums_hold(), "INV-GROUP-SUM is kept");
	PROVE(moving.taken == 0, "nothing stays locked");
	PROVE(ready_is_granted(), "what is ready is so within all limits");
}

/* ---- the steps of a charge ---- */

void prove_walk(void)
{
	u64 amount = ANY(u8);

	any_accounts(3);
	const struct group *refused = charge_all(leaf(), GROUP_FRAMES, amount);

	for (u32 i = 0; i < 3; i++) {
		PROVE(of(i)->used == used_before[i] + (refused == nullptr ? amount : 0), "all are charged, or none");
		PROVE(refused != nullptr || of(i)->used <= of(i)->limit, "no group goes beyond its limit");
		PROVE(refused != nullptr || !at[i]->object.dead, "nothing dead is charged");
		PROVE(refused != at[i] || at[i]->object.dead || of(i)->used + amount > of(i)->limit, "who refuses has a reason");
		PROVE(refused != nullptr || at[i]->peak_frames >= of(i)->used, "the peak is one");
	}
}

void prove_ahead(void)
{
	u64 amount = ANY(u8);

	any_accounts(2);
	u64 seen = own()->rules_seen;
	bool charged = charge_ahead(leaf(), GROUP_FRAMES, amount);

	check_use(charged ? amount : 0, 0);
	PROVE(!charged || (within_limits() && own()->rules_seen == group_rules), "it is noted that all is within limits");
	PROVE(charged || own()->rules_seen == seen, "and not when it was not seen");
	PROVE(charged || seen == group_rules || of(1)->ready == 0, "what other limits granted is given back");
}

void prove_room(void)
{
	any_accounts(3);
	u64 ready = of(0)->ready;
	u64 found = give_ready_below(at[1], GROUP_FRAMES);

	check_use(0, 0);
	PROVE(of(1)->ready == 0 && of(2)->ready == 0 && of(0)->ready == ready, "nothing is ready below, and the rest stays");
	for (u32 i = 0; i < 2; i++)
		PROVE(of(i)->used + found == used_before[i], "there is as much more room");
}

/* All accounts of a group that is going to leave. */
void prove_give(void)
{
	u64 used[GROUP_ACCOUNTS], ready[GROUP_ACCOUNTS];

	any_accounts(2);
	for (u32 which = 0; which < GROUP_ACCOUNTS; which++) {
		used[which] = at[0]->account[which].used;
		ready[which] = at[1]->account[which].ready;
		ASSUME(used[which] >= ready[which] && at[1]->account[which].used >= ready[which]);
	}
	u32 rules = group_rules;

	group_give_ready(at[1]);
	group_rules_changed();
	for (u32 which = 0; which < GROUP_ACCOUNTS; which++)
		PROVE(at[1]->account[which].ready == 0 && at[0]->account[which].used == used[which] - ready[which],
			"nothing stays ready in any account, and those above have it back");
	PROVE(group_rules != rules, "who changes limits is seen");
}

void prove_full(void)
{
	u64 amount = ANY(u8);

	any_accounts(3);
	const struct group *full = group_full(leaf(), GROUP_FRAMES, amount);
	bool lower = false;

	for (u32 i = 0; i < 3; i++) {
		bool fits = of(i)->used + amount <= of(i)->limit;

		PROVE(lower || (full == at[i]) == !fits, "the first from above in which it does not fit");
		lower = lower || !fits;
	}
	PROVE((full != nullptr) == lower, "none if it fits everywhere");
}

/* ---- a charge and a release as a whole ---- */

/* Of one group: that more follow is in the steps. */
void prove_charge(void)
{
	u64 amount = ANY(u8);

	any_accounts(1);
	enum status status = group_charge(leaf(), GROUP_FRAMES, amount);
	bool charged = status == STATUS_OK;

	check_use(charged ? amount : 0, 0);
	PROVE(!charged || within_limits(), "no group goes beyond its limit, nothing dead is charged");
	PROVE(status != STATUS_DEAD || leaf()->object.dead, "it is dead if it says so");
	PROVE(charged || status == STATUS_DEAD || (of(0)->ready == 0 && of(0)->used + amount > of(0)->limit),
		"nobody is refused while anything lies ready");
}

/* What is reported. */
void prove_use(void)
{
	any_accounts(3);
	PROVE(group_use(at[1], GROUP_FRAMES) == use_before[1], "what is ready here and below is not used");
	check_use(0, 0);
}

void prove_close(void)
{
	any_accounts(2);
	for (u32 which = 0; which < GROUP_ACCOUNTS; which++) {
		leaf()->account[which].ready = leaf()->account[which].used; /* all else was given back */
		ASSUME(at[0]->account[which].used >= at[0]->account[which].ready + leaf()->account[which].used);
	}
	u64 above = use_of(0);

	group_close_accounts(leaf());
	for (u32 which = 0; which < GROUP_ACCOUNTS; which++)
		PROVE(leaf()->account[which].used == 0 && leaf()->account[which].ready == 0, "nothing is left");
	PROVE(use_of(0) == above && sums_hold(), "those above have back what was ready");
}

void prove_release(void)
{
	u64 amount = ANY(u8);

	any_accounts(2);
	ASSUME(amount <= use_of(1));
	u64 ready = of(1)->ready;

	if (amount == 1 && MAYBE())
		group_release_one(leaf(), GROUP_FRAMES);
	else
		group_release(leaf(), GROUP_FRAMES, amount);
	check_use(0, amount);
	PROVE(own()->rules_seen == group_rules || of(1)->ready == ready, "nothing is kept that limits may not allow");
	PROVE(of(1)->ready <= (ready > GROUP_READY_MOST ? ready : GROUP_READY_MOST), "little lies ready");
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

struct frame_result frame_alloc(u32 order)
{
	bool ok = MAYBE();

	handed_out += ok ? 1ull << order : 0;
	return (struct frame_result){ .ok = ok, .status = STATUS_OUT_OF_FRAMES };
}

/* The log takes what is said. */
void klog_loud_begin(void) {}
void klog_loud_end(void) {}
void klog_begin(const char *text) { (void)text; }
void klog_text(const char *text) { (void)text; }
void klog_write(struct span text) { (void)text; }

void prove_frames(void)
{
	any_accounts(1);
	handed_out = 0;
	struct frame_result frame = group_frame_alloc(leaf());

	PROVE(handed_out == frame.ok, "a frame is handed out when it says so");
	check_use(handed_out, 0);
	PROVE(frame.ok || frame.status != STATUS_OK, "a refusal has a reason");
	if (!frame.ok)
		return;
	group_frame_free(leaf(), frame.frame);
	PROVE(handed_out == 0, "it is taken back");
	check_use(0, 0);
}

void prove_runs(void)
{
	u32 order = ANY(u32);

	ASSUME(order <= 5); /* more and fewer than are charged ahead */
	any_accounts(1);
	handed_out = 0;
	u64 free = of(0)->limit - use_of(0);
	struct frame_result run = group_run_alloc(leaf(), order);

	PROVE(handed_out == (run.ok ? 1ull << order : 0), "so many frames are handed out when it says so");
	PROVE(!run.ok || free >= 2ull << order, "only if there is ample room");
	check_use(handed_out, 0);
}
