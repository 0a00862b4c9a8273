/* SPDX-License-Identifier: Apache-2.0
 *
 * Namespaces: unions, removal, clones that go their own way, lists that are rebuilt.
 */
#include "kernel/core/ns/namespace.h"
#include "tests/host/kernel/tests.h"

enum : u32 { SIGNALS = 4 };

struct place {
	struct user user;
	u64 group, names;
	u64 signal[SIGNALS];
};

static struct place begin(void)
{
	struct place place = { .user = user_new() };

	place.group = give_to(&place.user, world_group(), COPY_ALL);
	place.names = HANDLE(&place.user, SYSCALL_NS_CREATE, place.group);
	for (u32 i = 0; i < SIGNALS; i++)
		*ELEM(place.signal, i) = HANDLE(&place.user, SYSCALL_SIGNAL_CREATE, place.group);
	return place;
}

static enum status bind(const struct place *place, u64 names, struct span path, u64 what, u32 order)
{
	user_put(&place->user, 0, path);
	return (enum status)CALL(&place->user, SYSCALL_NS_BIND, names, place->user.scratch, span_len(path), what, order).status;
}

static enum status unbind(const struct place *place, u64 names, struct span path)
{
	user_put(&place->user, 0, path);
	return (enum status)CALL(&place->user, SYSCALL_NS_UNBIND, names, place->user.scratch, span_len(path)).status;
}

/* Number of the signal bound there, from 1; 0: none. */
static u64 lookup(const struct place *place, u64 names, struct span path, u32 index, u64 *matched)
{
	user_put(&place->user, 0, path);
	struct answer answer = CALL(&place->user, SYSCALL_NS_LOOKUP, names, place->user.scratch, span_len(path), index);

	if (answer.status != STATUS_OK)
		return 0;
	u64 handle = answer.value & U32_MAX, id = object_id(&place->user, handle);

	if (matched != nullptr)
		*matched = answer.value >> 32;
	EXPECT_STATUS(CALL(&place->user, SYSCALL_CAP_DROP, handle).status, STATUS_OK);
	for (u32 i = 0; i < SIGNALS; i++)
		if (object_id(&place->user, *ELEM(place->signal, i)) == id)
			return i + 1;
	return 99;
}

#define AT(path, index) lookup(&p, p.names, span_text(path), index, nullptr)
#define BIND(path, which, order) \
	EXPECT_STATUS(bind(&p, p.names, span_text(path), p.signal[(which) - 1], order), STATUS_OK)

static void the_longest_prefix_of_whole_components_is_found(void)
{
	struct place p = begin();
	u64 matched = 0;

	BIND("/", 1, NS_ORDER_REPLACE);
	BIND("/dev", 2, NS_ORDER_REPLACE);
	BIND("/dev/uart", 3, NS_ORDER_REPLACE);
	EXPECT_EQ(lookup(&p, p.names, span_text("/dev/uart/0"), 0, &matched), 3);
	EXPECT_EQ(matched, 9);
	EXPECT_EQ(lookup(&p, p.names, span_text("/dev/uart0"), 0, &matched), 2);
	EXPECT_EQ(matched, 4);
	EXPECT_EQ(lookup(&p, p.names, span_text("/tmp"), 0, &matched), 1);
	EXPECT_EQ(matched, 1);
	EXPECT_EQ(AT("/", 0), 1);
}

static void a_union_lists_before_then_in_place_then_after(void)
{
	struct place p = begin();

	BIND("/bin", 1, NS_ORDER_REPLACE);
	BIND("/bin", 2, NS_ORDER_AFTER);
	BIND("/bin", 3, NS_ORDER_BEFORE);
	BIND("/bin", 4, NS_ORDER_AFTER);
	EXPECT_EQ(AT("/bin", 0), 3);
	EXPECT_EQ(AT("/bin", 1), 1);
	EXPECT_EQ(AT("/bin", 2), 2);
	EXPECT_EQ(AT("/bin", 3), 4);
	EXPECT_EQ(AT("/bin", 4), 0);
	BIND("/bin", 2, NS_ORDER_REPLACE);
	EXPECT_EQ(AT("/bin", 0), 2);
	EXPECT_EQ(AT("/bin", 1), 0);
}

static void unbinding_hides_everything_older(void)
{
	struct place p = begin();

	BIND("/a", 1, NS_ORDER_REPLACE);
	BIND("/a", 2, NS_ORDER_AFTER);
	EXPECT_STATUS(unbind(&p, p.names, span_text("/a")), STATUS_OK);
	EXPECT_EQ(AT("/a", 0), 0);
	EXPECT_STATUS(unbind(&p, p.names, span_text("/a")), STATUS_NOT_FOUND);
	EXPECT_STATUS(unbind(&p, p.names, span_text("/b")), STATUS_NOT_FOUND);
	BIND("/a", 3, NS_ORDER_AFTER);
	EXPECT_EQ(AT("/a", 0), 3);
	EXPECT_EQ(AT("/a", 1), 0);
}

static void clones_share_the_past_and_nothing_else(void)
{
	struct place p = begin();

	BIND("/a", 1, NS_ORDER_REPLACE);
	u64 clone = HANDLE(&p.user, SYSCALL_NS_CLONE, p.names, p.group);

	EXPECT_STATUS(bind(&p, clone, span_text("/b"), p.signal[1], NS_ORDER_REPLACE), STATUS_OK);
	EXPECT_STATUS(unbind(&p, clone, span_text("/a")), STATUS_OK);
	BIND("/c", 3, NS_ORDER_REPLACE);
	EXPECT_EQ(lookup(&p, clone, span_text("/a"), 0, nullptr), 0);
	EXPECT_EQ(lookup(&p, clone, span_text("/b"), 0, nullptr), 2);
	EXPECT_EQ(lookup(&p, clone, span_text("/c"), 0, nullptr), 0);
	EXPECT_EQ(AT("/a", 0), 1);
	EXPECT_EQ(AT("/b", 0), 0);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_DROP, p.names).status, STATUS_OK);
	world_settle();
	EXPECT_EQ(lookup(&p, clone, span_text("/b"), 0, nullptr), 2);
}

static void a_long_list_is_rebuilt_without_what_is_hidden(void)
{
	struct place p = begin();
	u64 clone = 0;

	BIND("/keep", 1, NS_ORDER_REPLACE);
	BIND("/keep", 2, NS_ORDER_AFTER);
	for (u32 i = 0; i < 3 * NS_NODES_MAX; i++) {
		if (i == NS_NODES_MAX / 2)
			clone = HANDLE(&p.user, SYSCALL_NS_CLONE, p.names, p.group);
		if (i % 3 == 2)
			EXPECT_STATUS(unbind(&p, p.names, span_text("/x")), STATUS_OK);
		else
			BIND("/x", 3 + i % 2, NS_ORDER_REPLACE);
	}
	BIND("/x", 3, NS_ORDER_REPLACE);
	EXPECT_EQ(AT("/x", 0), 3);
	EXPECT_EQ(AT("/keep", 0), 1);
	EXPECT_EQ(AT("/keep", 1), 2);
	EXPECT_EQ(lookup(&p, clone, span_text("/keep"), 1, nullptr), 2);
}

/* Rebuilding gives hidden capabilities up. The last one of a watched badge tells its endpoint. */
static void rebuilding_may_end_a_watched_badge(void)
{
	struct place p = begin();
	u64 endpoint = HANDLE(&p.user, SYSCALL_ENDPOINT_CREATE, p.group, 0);
	u64 reply = HANDLE(&p.user, SYSCALL_REPLY_CREATE, p.group);
	u64 badged = HANDLE(&p.user, SYSCALL_CAP_DERIVE, endpoint, COPY_ALL, 5, 0);

	EXPECT_STATUS(CALL(&p.user, SYSCALL_ENDPOINT_WATCH_BADGE, badged).status, STATUS_OK);
	EXPECT_STATUS(bind(&p, p.names, span_text("/x"), badged, NS_ORDER_REPLACE), STATUS_OK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_DROP, badged).status, STATUS_OK);
	for (u32 i = 0; i < NS_NODES_MAX; i++)
		BIND("/x", 1, NS_ORDER_REPLACE);
	struct answer note = user_message(&p.user, SYSCALL_RECEIVE, both(endpoint, reply), 0, 0);

	EXPECT_STATUS(note.status, STATUS_OK);
	EXPECT_EQ(note.value, 5);
	EXPECT_EQ(msg_info_kind(p.user.thread->frame.arg1), MSG_KIND_NOTE_BADGE_GONE);
}

static void a_full_namespace_says_so(void)
{
	struct place p = begin();
	enum status status = STATUS_OK;
	u32 bound = 0;

	while (status == STATUS_OK && bound < 2 * NS_NODES_MAX) {
		status = bind(&p, p.names, span_text("/union"), p.signal[0], NS_ORDER_AFTER);
		bound += status == STATUS_OK;
	}
	EXPECT_STATUS(status, STATUS_NO_SPACE);
	EXPECT_EQ(bound, NS_NODES_MAX);
}

static void malformed_paths_are_refused(void)
{
	struct place p = begin();

#define REFUSED(path) EXPECT_STATUS(bind(&p, p.names, span_text(path), p.signal[0], NS_ORDER_REPLACE), STATUS_INVALID)
	REFUSED("");
	REFUSED("a");
	REFUSED("/a/");
	REFUSED("//");
	REFUSED("/a//b");
	REFUSED("/.");
	REFUSED("/a/..");
	REFUSED("/a\0b");
	BIND("/...", 1, NS_ORDER_REPLACE);
	EXPECT_STATUS(bind(&p, p.names, span_text("/a"), p.names, NS_ORDER_REPLACE), STATUS_INVALID);
	EXPECT_STATUS(bind(&p, p.names, span_text("/a"), p.signal[0], 3), STATUS_RANGE);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_NS_BIND, p.names, p.user.scratch, 65, p.signal[0], 0).status, STATUS_TOO_LONG);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_NS_BIND, p.names, 0x10000, 5, p.signal[0], 0).status, STATUS_BAD_ADDRESS);
}

static void a_revoked_binding_is_no_authority(void)
{
	struct place p = begin();
	u64 child = HANDLE(&p.user, SYSCALL_CAP_DERIVE, p.signal[0], COPY_ALL, 0, 0);

	EXPECT_STATUS(bind(&p, p.names, span_text("/s"), child, NS_ORDER_REPLACE), STATUS_OK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_CAP_REVOKE, p.signal[0]).status, STATUS_OK);
	user_put(&p.user, 0, span_text("/s"));
	EXPECT_STATUS(CALL(&p.user, SYSCALL_NS_LOOKUP, p.names, p.user.scratch, 2, 0).status, STATUS_REVOKED);
	EXPECT_STATUS(bind(&p, p.names, span_text("/t"), child, NS_ORDER_REPLACE), STATUS_REVOKED);
}

static void entries_are_what_can_be_seen(void)
{
	struct place p = begin();
	struct ns_entry entry = {};

	BIND("/a", 1, NS_ORDER_REPLACE);
	BIND("/b", 2, NS_ORDER_REPLACE);
	BIND("/a", 3, NS_ORDER_REPLACE);
	EXPECT_STATUS(unbind(&p, p.names, span_text("/b")), STATUS_OK);
	EXPECT_STATUS(CALL(&p.user, SYSCALL_NS_ENTRY, p.names, 0, p.user.scratch).status, STATUS_OK);
	user_get(&p.user, 0, MSPAN_OF_STRUCT(entry));
	EXPECT_EQ(entry.object_id, object_id(&p.user, p.signal[2]));
	EXPECT(span_equal(span_until_zero(SPAN_OF_ARRAY(entry.path)), span_text("/a")));
	EXPECT_STATUS(CALL(&p.user, SYSCALL_NS_ENTRY, p.names, 1, p.user.scratch).status, STATUS_NOT_FOUND);
}

void namespace_tests(void)
{
	RUN(the_longest_prefix_of_whole_components_is_found);
	RUN(a_union_lists_before_then_in_place_then_after);
	RUN(unbinding_hides_everything_older);
	RUN(clones_share_the_past_and_nothing_else);
	RUN(a_long_list_is_rebuilt_without_what_is_hidden);
	RUN(rebuilding_may_end_a_watched_badge);
	RUN(a_full_namespace_says_so);
	RUN(malformed_paths_are_refused);
	RUN(a_revoked_binding_is_no_authority);
	RUN(entries_are_what_can_be_seen);
}
