/* SPDX-License-Identifier: Apache-2.0
 *
 * Allocations that fail: each place in the core that allocates fails on one of its first turns, and any may
 * fail now and then.
 *
 * Not come by: those of the boot, which is over (tests/host/kernel/starved_test.c); the sanitizer's self-test; and, but for rare
 * runs, the charge of a group that has none ready, in the two ways that are for when it has.
 */
#include "tests/sim/failures.h"

#include <sanitizer/common_interface_defs.h>

#include "tests/host/fake_hal/points.h"
#include "tests/sim/note.h"
#include "tests/sim/sim.h"

enum : u32 { TURNS = 6 };

struct site {
	struct fake_caller caller;
	u32 seen, due, failed;
};

static struct site sites[SITES_MAX];
static u32 site_count;
static u64 at_once;

void sim_fail_at_once(u64 caller) { at_once = caller; }

static struct site *site_of(struct fake_caller caller)
{
	for (u32 i = 0; i < site_count; i++)
		if (sites[i].caller.number == caller.number)
			return ELEM(sites, i);
	struct site *site = ELEM(sites, site_count);

	site_count++;
	*site = (struct site){ .caller = caller, .due = 1 + (u32)sim_random(TURNS) };
	if (caller.number == at_once)
		site->due = 1;
	return site;
}

static bool fails(struct fake_caller caller)
{
	if (!sim.failing)
		return false;
	struct site *site = site_of(caller);

	site->seen++;
	if (site->seen != site->due && (sim.fail_one_in == 0 || !sim_one_in(sim.fail_one_in)))
		return false;
	site->failed++;
	return true;
}

/* Names are for those that were not made to fail: looking one up is slow. */
void sim_sites(struct sim_note *note)
{
	note->sites = site_count;
	for (u32 i = 0; i < site_count; i++) {
		const struct site *site = ELEM(sites, i);
		struct sim_site *noted = ELEM(note->site, i);

		*noted = (struct sim_site){ .caller = site->caller.number, .failed = site->failed };
		if (site->failed == 0)
			__sanitizer_symbolize_pc(site->caller.at, "%f %s:%l", noted->name, sizeof(noted->name));
	}
}

static struct frame_result no_frame(void)
{
	return (struct frame_result){ .ok = false, .status = STATUS_OUT_OF_FRAMES };
}

struct frame_result __wrap_frame_alloc(u32 order)
{
	return fails(FAKE_CALLER()) ? no_frame() : __real_frame_alloc(order);
}

struct frame_result __wrap_frame_alloc_zeroed(void)
{
	return fails(FAKE_CALLER()) ? no_frame() : __real_frame_alloc_zeroed();
}

struct frame_result __wrap_group_frame_alloc(struct group *group)
{
	return fails(FAKE_CALLER()) ? no_frame() : __real_group_frame_alloc(group);
}

enum status __wrap_group_charge(struct group *group, enum group_account account, u64 amount)
{
	enum status exhausted[GROUP_ACCOUNTS] = { [GROUP_FRAMES] = STATUS_OUT_OF_FRAMES, [GROUP_OBJECTS] = STATUS_OUT_OF_OBJECTS,
		[GROUP_CAPS] = STATUS_OUT_OF_CAPS, [GROUP_THREADS] = STATUS_OUT_OF_THREADS,
		[GROUP_RESERVED] = STATUS_OUT_OF_TIME };

	return fails(FAKE_CALLER()) ? *ELEM(exhausted, account) : __real_group_charge(group, account, amount);
}

enum status __wrap_object_create(enum object_type type, struct group *group, struct object **out)
{
	return fails(FAKE_CALLER()) ? STATUS_OUT_OF_OBJECTS : __real_object_create(type, group, out);
}

struct pooled *__wrap_pool_take(u32 pool)
{
	return fails(FAKE_CALLER()) ? nullptr : __real_pool_take(pool);
}
