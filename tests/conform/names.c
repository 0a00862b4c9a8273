/* SPDX-License-Identifier: Apache-2.0
 *
 * Namespaces.
 */
#include "tests/conform/objects.h"
#include "tests/conform/suites.h"

/* The badge of what the path leads to, 0 if nothing; the length that matched. */
static u64 looked_up(handle_t names, struct span path, u32 index, u64 *matched)
{
	u64 found = 0;
	enum status status = sys_ns_lookup(names, path, index, &found);

	*matched = found >> 32;
	if (status != STATUS_OK) {
		EXPECT(STATUS_NOT_FOUND, status);
		return 0;
	}
	handle_t handle = { (u32)found };
	u64 badge = inspected(handle).value;

	drop(handle);
	return badge;
}

static handle_t badged(handle_t endpoint, u64 badge)
{
	handle_t handle = {};

	EXPECT_OK(sys_cap_derive(endpoint, ALL_RIGHTS, badge, 0, &handle));
	return handle;
}

/* Binds a capability with that badge. */
static void bind(handle_t names, struct span path, handle_t endpoint, u64 badge, u32 order)
{
	handle_t handle = badged(endpoint, badge);

	EXPECT_OK(sys_ns_bind(names, path, handle, order));
	drop(handle);
}

static void longest_prefix_wins(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	u64 matched = 0;

	bind(names, span_text("/dev"), endpoint, 1, NS_ORDER_REPLACE);
	bind(names, span_text("/dev/console"), endpoint, 2, NS_ORDER_REPLACE);
	EXPECT_NUMBER(1, looked_up(names, span_text("/dev/disk"), 0, &matched));
	EXPECT_NUMBER(4, matched);
	EXPECT_NUMBER(2, looked_up(names, span_text("/dev/console/cons"), 0, &matched));
	EXPECT_NUMBER(12, matched);
	EXPECT_NUMBER(2, looked_up(names, span_text("/dev/console"), 0, &matched));
	EXPECT_NUMBER(1, looked_up(names, span_text("/dev/console2"), 0, &matched));
	EXPECT_NUMBER(0, looked_up(names, span_text("/devices"), 0, &matched));
	bind(names, span_text("/"), endpoint, 3, NS_ORDER_REPLACE);
	EXPECT_NUMBER(3, looked_up(names, span_text("/devices"), 0, &matched));
	EXPECT_NUMBER(1, matched);
	drop(endpoint);
	drop(names);
}

static void union_keeps_its_order(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	u64 matched = 0;

	bind(names, span_text("/bin"), endpoint, 10, NS_ORDER_REPLACE);
	bind(names, span_text("/bin"), endpoint, 20, NS_ORDER_AFTER);
	bind(names, span_text("/bin"), endpoint, 5, NS_ORDER_BEFORE);
	bind(names, span_text("/bin"), endpoint, 30, NS_ORDER_AFTER);
	EXPECT_NUMBER(5, looked_up(names, span_text("/bin/x"), 0, &matched));
	EXPECT_NUMBER(10, looked_up(names, span_text("/bin/x"), 1, &matched));
	EXPECT_NUMBER(20, looked_up(names, span_text("/bin/x"), 2, &matched));
	EXPECT_NUMBER(30, looked_up(names, span_text("/bin/x"), 3, &matched));
	EXPECT_NUMBER(0, looked_up(names, span_text("/bin/x"), 4, &matched));
	bind(names, span_text("/bin"), endpoint, 99, NS_ORDER_REPLACE);
	EXPECT_NUMBER(99, looked_up(names, span_text("/bin/x"), 0, &matched));
	EXPECT_NUMBER(0, looked_up(names, span_text("/bin/x"), 1, &matched));
	drop(endpoint);
	drop(names);
}

static void unbind_removes(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	u64 matched = 0;

	EXPECT(STATUS_NOT_FOUND, sys_ns_unbind(names, span_text("/a")));
	bind(names, span_text("/a"), endpoint, 1, NS_ORDER_REPLACE);
	bind(names, span_text("/a"), endpoint, 2, NS_ORDER_AFTER);
	EXPECT_OK(sys_ns_unbind(names, span_text("/a")));
	EXPECT_NUMBER(0, looked_up(names, span_text("/a"), 0, &matched));
	EXPECT(STATUS_NOT_FOUND, sys_ns_unbind(names, span_text("/a")));
	bind(names, span_text("/a"), endpoint, 3, NS_ORDER_AFTER);
	EXPECT_NUMBER(3, looked_up(names, span_text("/a"), 0, &matched));
	drop(endpoint);
	drop(names);
}

static void clones_go_apart(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	handle_t clone = {};
	u64 matched = 0;

	bind(names, span_text("/a"), endpoint, 1, NS_ORDER_REPLACE);
	EXPECT_OK(sys_ns_clone(names, rt_group(), &clone));
	bind(names, span_text("/a"), endpoint, 2, NS_ORDER_REPLACE);
	bind(clone, span_text("/b"), endpoint, 3, NS_ORDER_REPLACE);
	EXPECT_NUMBER(1, looked_up(clone, span_text("/a"), 0, &matched));
	EXPECT_NUMBER(2, looked_up(names, span_text("/a"), 0, &matched));
	EXPECT_NUMBER(0, looked_up(names, span_text("/b"), 0, &matched));
	drop(names);
	EXPECT_NUMBER(1, looked_up(clone, span_text("/a"), 0, &matched));
	drop(clone);
	drop(endpoint);
}

static void bad_paths_are_refused(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	u64 found = 0;

	EXPECT(STATUS_INVALID, sys_ns_bind(names, span_text("a"), endpoint, NS_ORDER_REPLACE));
	EXPECT(STATUS_INVALID, sys_ns_bind(names, span_empty(), endpoint, NS_ORDER_REPLACE));
	EXPECT(STATUS_INVALID, sys_ns_bind(names, span_text("/a/"), endpoint, NS_ORDER_REPLACE));
	EXPECT(STATUS_INVALID, sys_ns_bind(names, span_text("//a"), endpoint, NS_ORDER_REPLACE));
	EXPECT(STATUS_INVALID, sys_ns_bind(names, span_text("/a/../b"), endpoint, NS_ORDER_REPLACE));
	EXPECT(STATUS_INVALID, sys_ns_bind(names, span_text("/./b"), endpoint, NS_ORDER_REPLACE));
	EXPECT(STATUS_INVALID, sys_ns_lookup(names, span_text("x"), 0, &found));
	EXPECT(STATUS_INVALID, sys_ns_lookup(names, span_empty(), 0, &found));
	drop(endpoint);
	drop(names);
}

static void binding_needs_duplicate(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	handle_t less = derived(endpoint, ALL_RIGHTS & ~(u32)RIGHT_DUPLICATE);

	EXPECT(STATUS_DENIED, sys_ns_bind(names, span_text("/a"), less, NS_ORDER_REPLACE));
	EXPECT(STATUS_INVALID, sys_ns_bind(names, span_text("/a"), names, NS_ORDER_REPLACE));
	drop(less);
	drop(endpoint);
	drop(names);
}

static void lookup_keeps_rights(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	handle_t less = derived(endpoint, RIGHT_DUPLICATE | ENDPOINT_RIGHT_SEND);
	u64 found = 0;

	EXPECT_OK(sys_ns_bind(names, span_text("/a"), less, NS_ORDER_REPLACE));
	EXPECT_OK(sys_ns_lookup(names, span_text("/a/b/c"), 0, &found));
	EXPECT_NUMBER(RIGHT_DUPLICATE | ENDPOINT_RIGHT_SEND, inspected((handle_t){ (u32)found }).rights);
	drop((handle_t){ (u32)found });
	drop(less);
	drop(endpoint);
	drop(names);
}

static void revoked_binding_leads_nowhere(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	u64 found = 0;

	bind(names, span_text("/a"), endpoint, 1, NS_ORDER_REPLACE);
	EXPECT_OK(sys_cap_revoke(endpoint));
	EXPECT(STATUS_REVOKED, sys_ns_lookup(names, span_text("/a"), 0, &found));
	drop(endpoint);
	drop(names);
}

static void entries_are_listed(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	struct ns_entry entry = {};

	EXPECT(STATUS_NOT_FOUND, sys_ns_entry(names, 0, &entry));
	bind(names, span_text("/one"), endpoint, 1, NS_ORDER_REPLACE);
	bind(names, span_text("/one"), endpoint, 2, NS_ORDER_REPLACE);
	EXPECT_OK(sys_ns_entry(names, 0, &entry));
	EXPECT_TRUE(span_equal(span_until_zero(SPAN_OF_ARRAY(entry.path)), span_text("/one")));
	EXPECT_NUMBER(OBJECT_ENDPOINT, entry.type);
	EXPECT(STATUS_NOT_FOUND, sys_ns_entry(names, 1, &entry));
	drop(endpoint);
	drop(names);
}

/* Rebinding the same path for ever must not fill the namespace up. */
static void rebinding_does_not_fill_it(void)
{
	handle_t names = new_names();
	handle_t endpoint = new_endpoint(0);
	u64 matched = 0;

	for (u64 i = 1; i <= 300; i++)
		bind(names, span_text("/same"), endpoint, i, NS_ORDER_REPLACE);
	EXPECT_NUMBER(300, looked_up(names, span_text("/same"), 0, &matched));
	drop(endpoint);
	drop(names);
}

static const struct test tests[] = {
	{ "the longest prefix wins", longest_prefix_wins },
	{ "a union keeps its order", union_keeps_its_order },
	{ "unbind removes", unbind_removes },
	{ "clones of a namespace go apart", clones_go_apart },
	{ "bad paths are refused", bad_paths_are_refused },
	{ "binding needs DUPLICATE", binding_needs_duplicate },
	{ "lookup keeps the rights", lookup_keeps_rights },
	{ "a revoked binding leads nowhere", revoked_binding_leads_nowhere },
	{ "bindings are listed", entries_are_listed },
	{ "rebinding does not fill a namespace", rebinding_does_not_fill_it },
};

void test_names(struct span filter)
{
	RUN_TESTS(tests, filter);
}
