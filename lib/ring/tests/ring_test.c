/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of rings: honest sides, a driver that ends at any moment and comes back, and either side that writes anything.
 */
#include "lib/elf/tests/report.h"
#include "lib/ring/ring.h"

enum : u32 { SIZE = 8, ROUNDS = 300000, MEMORY_BYTES = 2048 };

alignas(64) static u8 memory[MEMORY_BYTES];
static struct ring_client client;
static struct ring_server server;
static u64 seed;

static struct mspan mem(void) { return MSPAN_OF_ARRAY(memory); }

/* SPEC: xorshift64, Marsaglia 2003, "Xorshift RNGs". */
static u32 any(u32 below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (u32)(seed >> 20) % below;
}

static void begin(void)
{
	seed = 88172645463325252ull;
	mspan_fill(mem(), 0);
	ring_server_begin(&server, mem(), SIZE, 1);
	(void)ring_client_begin(&client, mem(), SIZE);
}

static void ask(u32 number, u64 value)
{
	struct ring_entry entry = { .word = { 0, value, ~value, 7 } };

	ring_client_ask(&client, mem(), number, &entry);
}

static bool asked_is(u32 number, u64 value)
{
	struct ring_entry e = {};

	return ring_take(&server.requests, mem(), &e) == RING_TAKEN && e.word[RING_NUMBER] == number && e.word[1] == value &&
	       e.word[2] == ~value && e.word[3] == 7;
}

static bool nothing_asked(void)
{
	struct ring_entry e = {};

	return ring_take(&server.requests, mem(), &e) == RING_NOTHING;
}

static void answer(u64 number, u64 value)
{
	struct ring_entry entry = { .word = { number, value } };

	ring_put(&server.answers, mem(), &entry);
}

static enum ring_taken answered(struct ring_entry *e) { return ring_client_take(&client, mem(), e); }

static bool answered_is(u32 number, u64 value)
{
	struct ring_entry e = {};

	return answered(&e) == RING_TAKEN && e.word[RING_NUMBER] == number && e.word[1] == value;
}

/* ---- honest sides ---- */

static void requests_go_and_answers_come(struct report *r)
{
	struct ring_entry e = {};
	bool good = true;

	begin();
	/* Counts are about to wrap. */
	server.requests.count = server.requests.other = client.requests.count = client.requests.other = U32_MAX - 50;
	for (u32 i = 0; i < 100 && good; i++) {
		ask(i % SIZE, i);
		good = nothing_asked();
		(void)ring_client_tell(&client, mem());
		good = good && asked_is(i % SIZE, i) && nothing_asked() && answered(&e) == RING_NOTHING;
		answer(i % SIZE, i + 1);
		good = good && answered(&e) == RING_NOTHING;
		(void)ring_tell(&server.answers, mem());
		good = good && answered_is(i % SIZE, i + 1) && answered(&e) == RING_NOTHING;
	}
	report_case(r, span_text("each is seen once it was told, in order, also when counts wrap"), good);
	for (u32 i = 0; i < SIZE; i++)
		ask(i, i);
	(void)ring_client_tell(&client, mem());
	for (u32 i = 0; i < SIZE; i++)
		good = good && asked_is(i, i);
	report_case(r, span_text("as many are under way as there are numbers"), good && nothing_asked());
}

static void only_who_sleeps_is_woken(struct report *r)
{
	begin();
	ask(0, 0);
	report_case(r, span_text("a driver begins asleep"), ring_client_tell(&client, mem()));
	report_case(r, span_text("what was told is not told again"), !ring_client_tell(&client, mem()));
	ask(1, 1);
	report_case(r, span_text("who was woken is not woken again"), !ring_client_tell(&client, mem()));
	report_case(r, span_text("nobody sleeps while there is more"), !ring_sleep(&server.requests, mem()));
	bool good = asked_is(0, 0) && asked_is(1, 1) && ring_sleep(&server.requests, mem());

	ask(2, 2);
	ask(3, 3);
	report_case(r, span_text("who sleeps again is woken again, by several at once"), good && ring_client_tell(&client, mem()));
	good = asked_is(2, 2) && asked_is(3, 3);
	answer(0, 0);
	report_case(r, span_text("a client that does not sleep is not woken"), good && !ring_tell(&server.answers, mem()));
	report_case(r, span_text("and does not sleep then"), !ring_client_sleep(&client, mem()) && answered_is(0, 0));
	good = ring_client_sleep(&client, mem());
	answer(1, 1);
	report_case(r, span_text("one that sleeps is"), good && ring_tell(&server.answers, mem()));
}

static void sleepers_are_woken_where_counts_wrap(struct report *r)
{
	struct ring_entry e = {};
	bool good = true;

	for (u32 left = 0; left < 4; left++) {
		begin();
		server.requests.count = server.requests.other = client.requests.count = client.requests.other = U32_MAX - left;
		good = good && ring_sleep(&server.requests, mem());
		for (u32 i = 0; i < 3; i++)
			ask(i, i);
		good = good && ring_client_tell(&client, mem());
		ask(3, 3);
		good = good && !ring_client_tell(&client, mem());
		for (u32 i = 0; i < 4; i++)
			good = good && ring_take(&server.requests, mem(), &e) == RING_TAKEN;
		good = good && ring_sleep(&server.requests, mem());
		ask(4, 4);
		good = good && ring_client_tell(&client, mem());
	}
	report_case(r, span_text("also where counts wrap, and once"), good);
}

static void memory_is_looked_at_first(struct report *r)
{
	begin();
	report_case(r, span_text("sizes are powers of two within bounds"),
		    !ring_client_begin(&client, mem(), 0) && !ring_client_begin(&client, mem(), 6) &&
			    !ring_client_begin(&client, mem(), 64) &&
			    !ring_client_begin(&client, mspan_first(mem(), ring_bytes(SIZE) - 1), SIZE) &&
			    ring_client_begin(&client, mspan_first(mem(), ring_bytes(SIZE)), SIZE));
}

/* ---- a driver that ends ---- */

static void another_life(void)
{
	u32 life = server.requests.life + 1;

	ring_server_begin(&server, mem(), SIZE, life);
}

static void what_was_not_answered_is_asked_again(struct report *r)
{
	struct ring_entry e = {};

	begin();
	for (u32 i = 0; i < 4; i++)
		ask(i, 10 + i);
	(void)ring_client_tell(&client, mem());
	bool good = asked_is(0, 10) && asked_is(1, 11) && ring_client_sleep(&client, mem());

	answer(0, 20);
	(void)ring_tell(&server.answers, mem());
	answer(1, 21); /* and it ends before it has told */
	another_life();
	report_case(r, span_text("a new driver knows of nothing"), good && nothing_asked());
	ask(4, 14);
	report_case(r, span_text("nor of what is asked without knowing of it"), !ring_client_tell(&client, mem()) && nothing_asked());
	report_case(r, span_text("what it had answered is"), answered_is(0, 20));
	good = answered(&e) == RING_AGAIN && ring_client_tell(&client, mem()) && asked_is(1, 11) && asked_is(2, 12);
	report_case(r, span_text("the rest is asked again"), good && asked_is(3, 13) && asked_is(4, 14) && nothing_asked());
	answer(3, 23);
	(void)ring_tell(&server.answers, mem());
	report_case(r, span_text("and goes on"), answered_is(3, 23) && answered(&e) == RING_NOTHING);
}

/* Any number of steps of either side in any order, and a new driver now and then. Whoever sleeps makes steps only when woken. */
static bool play(bool (*device)[SIZE], u64 (*value)[SIZE], bool *client_awake, bool *server_awake)
{
	struct ring_entry e = {};
	u32 n = any(SIZE);

	if (any(200) == 0) {
		another_life();
		for (u32 i = 0; i < SIZE; i++)
			*ELEM(*device, i) = false;
		*client_awake = *server_awake = true;
		return true;
	}
	if (*client_awake && any(2) == 0) {
		enum ring_taken taken = RING_NOTHING;

		if (any(2) == 0 && !ring_client_waits(&client, n))
			ask(n, ++*ELEM(*value, n));
		else
			taken = answered(&e);
		if (taken == RING_BROKEN || (taken == RING_TAKEN && e.word[1] != *ELEM(*value, e.word[RING_NUMBER])))
			return false;
		if (any(2) == 0 && ring_client_tell(&client, mem()))
			*server_awake = true;
		if (taken == RING_NOTHING && any(4) == 0) {
			*server_awake = ring_client_tell(&client, mem()) || *server_awake;
			*client_awake = !ring_client_sleep(&client, mem());
		}
		return true;
	}
	if (any(2) == 0 && *ELEM(*device, n)) {
		*ELEM(*device, n) = false;
		answer(n, *ELEM(*value, n));
	}
	if (any(3) == 0 && ring_tell(&server.answers, mem()))
		*client_awake = true;
	if (!*server_awake)
		return true;
	enum ring_taken taken = ring_take(&server.requests, mem(), &e);

	if (taken == RING_NOTHING)
		*server_awake = !ring_sleep(&server.requests, mem());
	if (taken != RING_TAKEN)
		return taken == RING_NOTHING;
	bool good = e.word[RING_NUMBER] < SIZE && !*ELEM(*device, e.word[RING_NUMBER]) &&
		    ring_client_waits(&client, (u32)e.word[RING_NUMBER]) && e.word[1] == *ELEM(*value, e.word[RING_NUMBER]);

	if (good)
		*ELEM(*device, e.word[RING_NUMBER]) = true;
	return good;
}

static void drivers_end_at_any_moment(struct report *r)
{
	bool device[SIZE] = {}, client_awake = true, server_awake = false, good = true;
	u64 value[SIZE] = {}, asked = 0;

	begin();
	for (u32 i = 0; i < ROUNDS && good; i++)
		good = play(&device, &value, &client_awake, &server_awake);
	for (u32 i = 0; i < SIZE; i++)
		asked += *ELEM(value, i);
	report_case(r, span_text("each request is with one driver at a time, answered once, and never after that with any"), good);
	report_case(r, span_text("and work goes on"), asked > ROUNDS / 100);
}

/* ---- sides that lie ---- */

static void counts_that_cannot_be_are_seen(struct report *r)
{
	struct ring_entry e = {};

	begin();
	mspan_store64(mem(), RING_LINE, 1ull << 32 | (SIZE + 1));
	report_case(r, span_text("more requests than there is room for"), ring_take(&server.requests, mem(), &e) == RING_BROKEN);
	mspan_store64(mem(), RING_LINE, 1ull << 32 | U32_MAX);
	report_case(r, span_text("fewer than before"), ring_take(&server.requests, mem(), &e) == RING_BROKEN);
	mspan_store64(mem(), ring_answers_at(SIZE), 1ull << 32 | (SIZE + 1));
	report_case(r, span_text("more answers"), answered(&e) == RING_BROKEN);
	begin();
	answer(3, 0);
	(void)ring_tell(&server.answers, mem());
	report_case(r, span_text("an answer to what was not asked"), answered(&e) == RING_BROKEN);
	begin();
	ask(2, 0);
	answer(2, 0);
	answer(2, 0);
	answer(1ull << 32 | 2, 0);
	(void)ring_tell(&server.answers, mem());
	report_case(r, span_text("and one twice"), answered(&e) == RING_TAKEN && answered(&e) == RING_BROKEN);
	begin();
	ask(2, 0);
	struct ring_entry wide = { .word = { 1ull << 32 | 2 } };

	ring_put(&server.answers, mem(), &wide);
	(void)ring_tell(&server.answers, mem());
	report_case(r, span_text("numbers are of 64 bits"), answered(&e) == RING_BROKEN);
}

/* WHY it is a test: whatever leaves the memory, an array or its bounds traps, or is seen by the sanitizers. */
static void who_writes_anything_does_no_harm(struct report *r)
{
	struct ring_entry e = {};
	bool good = true;

	begin();
	for (u32 i = 0; i < ROUNDS && good; i++) {
		u32 n = any(SIZE), waiting = client.waiting, before = server.requests.count;

		for (u32 j = any(3); j > 0; j--)
			*ELEM(memory, any(any(2) == 0 ? MEMORY_BYTES : 4 * RING_LINE)) = (u8)any(any(2) == 0 ? 256 : 4);
		if (any(2) == 0 && !ring_client_waits(&client, n)) {
			ask(n, i);
			waiting |= 1u << n;
		}
		(void)ring_client_tell(&client, mem());
		(void)ring_client_sleep(&client, mem());
		enum ring_taken taken = answered(&e);

		if (taken == RING_TAKEN)
			good = e.word[RING_NUMBER] < SIZE && (waiting >> e.word[RING_NUMBER] & 1) != 0;
		good = good && (client.waiting & ~waiting) == 0 && (taken == RING_TAKEN || client.waiting == waiting);
		taken = ring_take(&server.requests, mem(), &e);
		good = good && server.requests.count - before == (taken == RING_TAKEN ? 1 : 0) &&
		       server.requests.other - server.requests.count <= SIZE;
		(void)ring_sleep(&server.requests, mem());
		if (any(4) == 0)
			answer(any(SIZE), i);
		(void)ring_tell(&server.answers, mem());
	}
	report_case(r, span_text("anything may be written at any time"), good);
}

int main(void)
{
	struct report report = {};

	requests_go_and_answers_come(&report);
	only_who_sleeps_is_woken(&report);
	sleepers_are_woken_where_counts_wrap(&report);
	memory_is_looked_at_first(&report);
	what_was_not_answered_is_asked_again(&report);
	drivers_end_at_any_moment(&report);
	counts_that_cannot_be_are_seen(&report);
	who_writes_anything_does_no_harm(&report);
	return report_end(&report);
}
