/* SPDX-License-Identifier: Apache-2.0
 *
 * Either side of requests and answers in shared memory, with any other side: whatever is read there may be anything, each time.
 */
#include "lib/ring/ring.h"

static u64 model_load64(struct mspan s, u64 at);
static void model_store64(struct mspan s, u64 at, u64 value);
static void model_copy(struct mspan to, struct span from);
static void model_fence(int order);
#define __atomic_thread_fence(order) model_fence(order)
#define mspan_load64(s, at) model_load64(s, at)
#define mspan_store64(s, at, value) model_store64(s, at, value)
#define span_copy(to, from) model_copy(to, from)
#include "lib/ring/ring.c"
/* A name that both files have. */
#define begin begin_client
#include "lib/ring/client.c"

enum : u64 { MEMORY_BYTES = 640 };

alignas(64) static u8 memory[MEMORY_BYTES];
static u64 needed;              /* bytes of it that both rings were given */
static bool told, copied;       /* something was stored, or copied from there, behind which no fence has been yet */

/* ---- what is modelled ---- */

static void within(const u8 *p, u64 at, u64 width)
{
	u64 offset = __CPROVER_POINTER_OFFSET(p) + at;

	PROVE(__CPROVER_same_object(p, memory) && offset + width <= needed && offset % 8 == 0,
		"nothing but the rings' own memory is touched, in whole numbers");
}

static u64 model_load64(struct mspan s, u64 at)
{
	within(s.raw_p, at, 8);
	PROVE(!told, "INV-RING-WAKE: between what is told and a look at what the other told is a full fence");
	return ANY(u64);
}

static void model_store64(struct mspan s, u64 at, u64 value)
{
	(void)value;
	within(s.raw_p, at, 8);
	told = true;
}

static void model_fence(int order)
{
	copied = false;
	told = told && order != __ATOMIC_SEQ_CST;
}

static void model_copy(struct mspan to, struct span from)
{
	PROVE(from.raw_n == RING_ENTRY_BYTES && to.raw_n == RING_ENTRY_BYTES, "entries are copied whole");
	if (__CPROVER_same_object(from.raw_p, memory)) {
		within(from.raw_p, 0, RING_ENTRY_BYTES);
		copied = true;
		__CPROVER_havoc_slice(to.raw_p, RING_ENTRY_BYTES);
	} else {
		within(to.raw_p, 0, RING_ENTRY_BYTES);
	}
}

/* ---- INV-RING ---- */

static struct mspan shared(void) { return mspan_first(MSPAN_OF_ARRAY(memory), needed); }

static u32 any_size(void)
{
	u32 size = ANY(u32);

	ASSUME(size == 1 || size == 2 || size == RING_MAX);
	needed = ring_bytes(size);
	return size;
}

static bool sound(const struct ring *ring, u32 size, bool puts)
{
	return ring->size == size && (puts || ring->other - ring->count <= size);
}

static struct ring *any_ring(u32 size, bool puts)
{
	struct ring *ring = NEW(struct ring);

	ASSUME(ring->at == RING_LINE || ring->at == ring_answers_at(size));
	ASSUME(sound(ring, size, puts));
	return ring;
}

/* ---- proofs ---- */

void prove_put(void)
{
	u32 size = any_size();
	struct ring *ring = any_ring(size, true);
	struct ring old = *ring;
	struct ring_entry e = ANY(struct ring_entry);

	ring_put(ring, shared(), &e);
	PROVE(ring->count == old.count + 1 && ring->other == old.other, "an entry is put, and not told of");
	(void)ring_tell(ring, shared());
	PROVE(ring->other == ring->count && ring->count == old.count + 1, "all that was put is told of");
	PROVE(!ring_tell(ring, shared()), "and once: nobody is woken for nothing");
}

void prove_take(void)
{
	u32 size = any_size();
	struct ring *ring = any_ring(size, false);
	struct ring old = *ring;
	struct ring_entry e = {};
	enum ring_taken taken = ring_take(ring, shared(), &e);

	PROVE(sound(ring, size, false) && ring->life == old.life && ring->at == old.at, "INV-RING is kept");
	PROVE(!copied, "what is looked at is the copy: a fence is behind it");
	PROVE(taken <= RING_BROKEN && ring->count == old.count + (taken == RING_TAKEN ? 1 : 0), "one is taken, or none");
	PROVE(taken != RING_TAKEN || ring->other - old.count <= size, "of no more than there is room for");
	PROVE(taken == RING_TAKEN || ring->other == ring->count, "what is known to be there is taken");
	old = *ring;
	(void)ring_sleep(ring, shared());
	PROVE(ring->count == old.count && ring->other == old.other, "whoever says that he sleeps takes nothing");
}

void prove_begin(void)
{
	u32 size = any_size(), life = ANY(u32), asked = ANY(u32);
	struct ring_server *server = NEW(struct ring_server);
	struct ring_client *client = NEW(struct ring_client);
	u64 bytes = needed;

	ring_server_begin(server, shared(), size, life);
	PROVE(sound(&server->requests, size, false) && sound(&server->answers, size, true) && server->requests.count == 0 &&
		server->answers.count == 0 && server->requests.life == life && server->answers.life == life, "a life begins empty");
	/* The client is another side. */
	told = false;
	needed = ANY(u64);
	ASSUME(needed <= MEMORY_BYTES);
	bool good = ring_client_begin(client, shared(), asked);

	PROVE(!good || (asked != 0 && asked <= RING_MAX && (asked & (asked - 1)) == 0 && ring_bytes(asked) <= needed),
		"a client begins with a size that can be, in memory that is large enough, or not at all");
	PROVE(!good || (client->waiting == 0 && sound(&client->requests, asked, true) && sound(&client->answers, asked, false)),
		"with nothing under way");
	(void)bytes;
}

static struct ring_client *any_client(u32 size)
{
	struct ring_client *client = NEW(struct ring_client);

	ASSUME(client->requests.at == RING_LINE && client->answers.at == ring_answers_at(size));
	ASSUME(sound(&client->requests, size, true) && sound(&client->answers, size, false));
	ASSUME(client->requests.life == client->answers.life && client->waiting >> (size - 1) <= 1);
	return client;
}

static u32 ones(u32 bits)
{
	u32 count = 0;

	for (u32 i = 0; i < RING_MAX; i++)
		count += bits >> i & 1;
	return count;
}

void prove_ask(void)
{
	u32 size = any_size(), number = ANY(u32), n = ANY(u32);
	struct ring_client *client = any_client(size);
	u32 waiting = client->waiting, count = client->requests.count;
	struct ring_entry e = ANY(struct ring_entry);

	ASSUME(number < size && !ring_client_waits(client, number));
	ring_client_ask(client, shared(), number, &e);
	PROVE(client->waiting == (waiting | 1u << number) && client->requests.count == count + 1, "it is under way, and no other");
	PROVE(ELEM(client->asked, number)->word[RING_NUMBER] == number, "under its number");
	ASSUME(n > 0 && n < RING_WORDS);
	PROVE(*ELEM(ELEM(client->asked, number)->word, n) == *ELEM(e.word, n), "and remembered");
}

void prove_client(void)
{
	u32 size = any_size();
	struct ring_client *client = any_client(size);
	u32 waiting = client->waiting, life = client->answers.life;
	struct ring_entry e = {};
	enum ring_taken taken = ring_client_take(client, shared(), &e);
	u64 number = e.word[RING_NUMBER];

	PROVE(sound(&client->requests, size, true) && sound(&client->answers, size, false) &&
		client->requests.life == client->answers.life, "INV-RING is kept");
	PROVE(taken == RING_TAKEN || client->waiting == waiting, "what is not answered stays under way");
	bool was = number < size && (waiting >> number & 1) != 0;

	PROVE(taken != RING_TAKEN || (was && client->waiting == (waiting & ~(1u << number))),
		"what is answered was under way, once, and no other");
	PROVE((taken == RING_AGAIN) == (client->answers.life != life), "a new life is seen");
	PROVE(taken != RING_AGAIN || (client->requests.count == ones(waiting) && client->requests.other == 0 &&
		client->answers.count == 0), "and all that is under way is asked again");
}
