/* SPDX-License-Identifier: Apache-2.0
 *
 * Capabilities: deriving, rights, ranges, badges, granting, revoking, dropping.
 */
#include "tests/conform/child.h"
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"

static void derived_has_fewer_rights(void)
{
	handle_t whole = new_signal();
	handle_t child = derived(whole, SIGNAL_RIGHT_RAISE | RIGHT_INSPECT);
	u64 bits = 0;

	EXPECT_NUMBER(SIGNAL_RIGHT_RAISE | RIGHT_INSPECT, inspected(child).rights);
	EXPECT_NUMBER(inspected(whole).depth + 1, inspected(child).depth);
	EXPECT_NUMBER(inspected(whole).object_id, inspected(child).object_id);
	EXPECT_OK(sys_signal_raise(child, 1));
	EXPECT(STATUS_DENIED, sys_signal_wait(child, 1, RT_POLL, &bits));
	drop(child);
	drop(whole);
}

static void rights_never_grow(void)
{
	handle_t whole = new_signal();
	handle_t less = derived(whole, RIGHT_DUPLICATE | RIGHT_TRANSFER | SIGNAL_RIGHT_WAIT);
	handle_t more = derived(less, ALL_RIGHTS);

	EXPECT_NUMBER(RIGHT_DUPLICATE | RIGHT_TRANSFER | SIGNAL_RIGHT_WAIT, inspected(more).rights);
	drop(more);
	drop(less);
	drop(whole);
}

static void deriving_needs_duplicate(void)
{
	handle_t whole = new_signal();
	handle_t less = derived(whole, ALL_RIGHTS & ~(u32)RIGHT_DUPLICATE);
	handle_t child = {};

	EXPECT(STATUS_DENIED, sys_cap_derive(less, ALL_RIGHTS, 0, 0, &child));
	drop(less);
	drop(whole);
}

static void dropped_handle_is_stale(void)
{
	handle_t first = new_signal();
	struct cap_info info;

	drop(first);
	EXPECT(STATUS_BAD_HANDLE, sys_cap_drop(first));
	EXPECT(STATUS_BAD_HANDLE, sys_cap_inspect(first, &info));
	for (u32 i = 0; i < 200; i++) {
		handle_t other = new_signal();

		EXPECT_TRUE(other.v != first.v);
		EXPECT(STATUS_BAD_HANDLE, sys_signal_raise(first, 1));
		drop(other);
	}
}

static void revoke_ends_all_descendants(void)
{
	handle_t whole = new_signal();
	handle_t child = derived(whole, ALL_RIGHTS);
	handle_t grandchild = derived(child, ALL_RIGHTS);
	handle_t sibling = derived(whole, ALL_RIGHTS);

	EXPECT_OK(sys_cap_revoke(child));
	EXPECT_OK(sys_signal_raise(child, 1));
	EXPECT(STATUS_REVOKED, sys_signal_raise(grandchild, 1));
	EXPECT_OK(sys_signal_raise(sibling, 1));
	EXPECT_OK(sys_cap_revoke(whole));
	EXPECT(STATUS_REVOKED, sys_signal_raise(child, 1));
	EXPECT(STATUS_REVOKED, sys_signal_raise(sibling, 1));
	EXPECT_OK(sys_signal_raise(whole, 1));
	handle_t fresh = derived(whole, ALL_RIGHTS);

	EXPECT_OK(sys_signal_raise(fresh, 1));
	drop(fresh);
	drop(sibling);
	drop(grandchild);
	drop(child);
	drop(whole);
}

static void revoke_needs_its_right(void)
{
	handle_t whole = new_signal();
	handle_t less = derived(whole, ALL_RIGHTS & ~(u32)RIGHT_REVOKE);

	EXPECT(STATUS_DENIED, sys_cap_revoke(less));
	drop(less);
	drop(whole);
}

static void child_outlives_its_dropped_parent(void)
{
	handle_t whole = new_signal();
	handle_t child = derived(whole, ALL_RIGHTS);

	drop(whole);
	EXPECT_OK(sys_signal_raise(child, 1));
	drop(child);
}

static void derivation_has_a_depth_limit(void)
{
	handle_t chain[64] = { new_signal() };
	enum status status = STATUS_OK;
	u32 used = 1;

	while (used < ARRAY_LEN(chain) && status == STATUS_OK) {
		status = sys_cap_derive(*ELEM(chain, used - 1), ALL_RIGHTS, 0, 0, ELEM(chain, used));
		if (status == STATUS_OK)
			used++;
	}
	EXPECT(STATUS_TOO_DEEP, status);
	EXPECT_TRUE(used >= 8);
	while (used > 0)
		drop(*ELEM(chain, --used));
}

static void memory_ranges_only_narrow(void)
{
	handle_t whole = new_memory(8);
	handle_t part = {};
	handle_t inner = {};

	EXPECT_NUMBER(8, inspected(whole).count);
	EXPECT_OK(sys_cap_derive(whole, ALL_RIGHTS, 2, 4, &part));
	EXPECT_NUMBER(2, inspected(part).value);
	EXPECT_NUMBER(4, inspected(part).count);
	EXPECT_OK(sys_cap_derive(part, ALL_RIGHTS, 1, 3, &inner));
	EXPECT_NUMBER(3, inspected(inner).value);
	drop(inner);
	EXPECT(STATUS_RANGE, sys_cap_derive(part, ALL_RIGHTS, 1, 4, &inner));
	EXPECT(STATUS_RANGE, sys_cap_derive(part, ALL_RIGHTS, 5, 1, &inner));
	EXPECT(STATUS_RANGE, sys_cap_derive(part, ALL_RIGHTS, U64_MAX, 2, &inner));
	EXPECT(STATUS_RANGE, sys_cap_derive(part, ALL_RIGHTS, 1, U64_MAX, &inner));
	drop(part);
	drop(whole);
}

static void badge_is_final(void)
{
	handle_t whole = new_endpoint(0);
	handle_t badged = {};
	handle_t again = {};
	handle_t plain = derived(whole, ALL_RIGHTS & ~(u32)ENDPOINT_RIGHT_BADGE);

	EXPECT_OK(sys_cap_derive(whole, ALL_RIGHTS, 77, 0, &badged));
	EXPECT_NUMBER(77, inspected(badged).value);
	EXPECT(STATUS_DENIED, sys_cap_derive(badged, ALL_RIGHTS, 78, 0, &again));
	EXPECT_OK(sys_cap_derive(badged, ALL_RIGHTS, 0, 0, &again));
	EXPECT_NUMBER(77, inspected(again).value);
	drop(again);
	EXPECT(STATUS_DENIED, sys_cap_derive(plain, ALL_RIGHTS, 5, 0, &again));
	drop(plain);
	drop(badged);
	drop(whole);
}

static void value_makes_no_sense_for_other_types(void)
{
	handle_t signal = new_signal();
	handle_t child = {};

	EXPECT(STATUS_INVALID, sys_cap_derive(signal, ALL_RIGHTS, 1, 0, &child));
	EXPECT(STATUS_INVALID, sys_cap_derive(signal, ALL_RIGHTS, 0, 1, &child));
	drop(signal);
}

static void grant_puts_it_into_another_process(void)
{
	handle_t process = new_process();
	handle_t signal = new_signal();
	handle_t there = {};
	struct cap_info info = {};
	u64 next = 0;

	EXPECT_OK(sys_cap_grant(process, signal, SIGNAL_RIGHT_RAISE, &there));
	EXPECT_OK(sys_process_next_cap(process, 0, &info, &next));
	EXPECT_NUMBER(there.v, info.handle);
	EXPECT_NUMBER(OBJECT_SIGNAL, info.type);
	EXPECT_NUMBER(SIGNAL_RIGHT_RAISE, info.rights);
	EXPECT(STATUS_NOT_FOUND, sys_process_next_cap(process, (u32)next, &info, &next));
	drop(signal);
	EXPECT_OK(sys_process_kill(process, 0));
	drop(process);
}

static void grant_needs_duplicate_and_transfer(void)
{
	handle_t process = new_process();
	handle_t signal = new_signal();
	handle_t there = {};
	handle_t no_transfer = derived(signal, ALL_RIGHTS & ~(u32)RIGHT_TRANSFER);
	handle_t no_duplicate = derived(signal, ALL_RIGHTS & ~(u32)RIGHT_DUPLICATE);

	EXPECT(STATUS_DENIED, sys_cap_grant(process, no_transfer, ALL_RIGHTS, &there));
	EXPECT(STATUS_DENIED, sys_cap_grant(process, no_duplicate, ALL_RIGHTS, &there));
	drop(no_transfer);
	drop(no_duplicate);
	drop(signal);
	EXPECT_OK(sys_process_kill(process, 0));
	drop(process);
}

static void inspect_without_right_hides_the_object(void)
{
	handle_t signal = new_signal();
	handle_t blind = derived(signal, ALL_RIGHTS & ~(u32)RIGHT_INSPECT);

	EXPECT_TRUE(inspected(signal).object_id != 0);
	EXPECT_NUMBER(0, inspected(blind).object_id);
	EXPECT_NUMBER(OBJECT_SIGNAL, inspected(blind).type);
	drop(blind);
	drop(signal);
}

static void inspect_checks_its_address(void)
{
	handle_t signal = new_signal();

	EXPECT_TRUE(inspected(signal).handle == signal.v);
	drop(signal);
}

static const struct test tests[] = {
	{ "a derived capability has fewer rights", derived_has_fewer_rights },
	{ "rights never grow", rights_never_grow },
	{ "deriving needs DUPLICATE", deriving_needs_duplicate },
	{ "a dropped handle is stale for ever", dropped_handle_is_stale },
	{ "revoke ends all descendants", revoke_ends_all_descendants },
	{ "revoke needs its right", revoke_needs_its_right },
	{ "a child outlives its dropped parent", child_outlives_its_dropped_parent },
	{ "derivation has a depth limit", derivation_has_a_depth_limit },
	{ "memory ranges only narrow", memory_ranges_only_narrow },
	{ "a badge is final", badge_is_final },
	{ "value makes no sense for other types", value_makes_no_sense_for_other_types },
	{ "grant puts it into another process", grant_puts_it_into_another_process },
	{ "grant needs DUPLICATE and TRANSFER", grant_needs_duplicate_and_transfer },
	{ "inspect without the right hides the object", inspect_without_right_hides_the_object },
	{ "inspect tells the handle", inspect_checks_its_address },
};

void test_caps(struct span filter)
{
	RUN_TESTS(tests, filter);
}
