/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests to a driver and its answers, through memory that both see (docs/adr/0050): a ring of entries each way, with one who
 * puts and one who takes. Either side may write anything there at any time, so what decides is kept outside, in struct ring; of
 * the other's, a count is read once and checked, and an entry is copied before it is looked at.
 *
 * Who finds nothing says so in the ring and sleeps until a signal is raised; who puts raises it only then. INV-RING-WAKE: no
 * entry lies in a ring whose taker sleeps and is not about to be woken. Each writes (that he sleeps, or how many there are), has
 * a full fence, and then reads what the other wrote; so one of them sees the other's.
 *
 * A driver may end and come back. Each of its instances is a life, with a number, and every count in memory is of a life: counts
 * of another are as if they were not there. So a driver begins with empty rings and needs to know nothing; what was asked and not
 * answered is asked again by the client, who alone knows it (client.c). Requests are such that this is right (docs/adr/0037).
 *
 * In memory, which begins with a multiple of 64 (RING_LINE):
 *
 *	the driver's life | requests: how many were put | beyond how many to wake | entries | answers: the same
 */
#ifndef LIB_RING_RING_H
#define LIB_RING_RING_H

#include "lib/base/span.h"

enum : u32 { RING_MAX = 32, RING_WORDS = 4 };
enum : u64 { RING_LINE = 64, RING_ENTRY_BYTES = 8 * RING_WORDS };

/* The first word of each is the request's number. */
struct ring_entry {
	u64 word[RING_WORDS];
};
static_assert(sizeof(struct ring_entry) == RING_ENTRY_BYTES, "layout of an entry");
enum : u32 { RING_NUMBER = 0 };

/* One side of one ring. INV-RING: size is a power of two; other - count is at most size. */
struct ring {
	u64 at;           /* in the memory */
	u32 size;         /* at most RING_MAX */
	u32 life;
	u32 count;        /* put, or taken, in this life */
	u32 other;        /* who puts: how many of them the other was told of; who takes: how many there are, as last read */
};

/* Memory for both rings of so many entries. */
static inline u64 ring_answers_at(u32 size) { return 3 * RING_LINE + RING_ENTRY_BYTES * size; }
static inline u64 ring_bytes(u32 size) { return ring_answers_at(size) + 2 * RING_LINE + RING_ENTRY_BYTES * size; }

void ring_begin(struct ring *ring, u64 at, u32 size, u32 life);

/* Puts an entry that the other does not know of yet. WHY without a check for room: a request has a number, of which there are
 * `size', so there are no more of them than room, nor answers. A client that has more loses answers. */
void ring_put(struct ring *ring, struct mspan memory, const struct ring_entry *entry);

/* Tells the other of what was put. True: he sleeps, and has to be woken. */
[[nodiscard]] bool ring_tell(struct ring *ring, struct mspan memory);

enum ring_taken : u32 {
	RING_NOTHING,
	RING_TAKEN,
	RING_BROKEN,      /* the other says what cannot be */
	RING_AGAIN,       /* of a client only: see ring_client_take */
};
enum ring_taken ring_take(struct ring *ring, struct mspan memory, struct ring_entry *entry);

/* Says that one has to be woken for more. False: there is more already. */
[[nodiscard]] bool ring_sleep(struct ring *ring, struct mspan memory);

/* ---- the driver's side ---- */

struct ring_server {
	struct ring requests, answers;
};

/* A life begins with nothing asked, and sleeping. The client's signal is to be raised then: he may sleep since before. */
void ring_server_begin(struct ring_server *server, struct mspan memory, u32 size, u32 life);

/* ---- the client's side ---- */

struct ring_client {
	struct ring requests, answers;
	u32 waiting;      /* numbers that are under way */
	struct ring_entry asked[RING_MAX];
};

/* In memory where the driver has begun, and once: what was under way is forgotten. False for a size that cannot be, or too
 * little memory. */
[[nodiscard]] bool ring_client_begin(struct ring_client *client, struct mspan memory, u32 size);

/* Asks, under a number that is not under way. */
void ring_client_ask(struct ring_client *client, struct mspan memory, u32 number, const struct ring_entry *entry);
static inline bool ring_client_waits(const struct ring_client *client, u32 number)
{
	return (client->waiting >> number & 1) != 0;
}

/* Tells the driver of what was asked. True: he has to be woken. */
[[nodiscard]] static inline bool ring_client_tell(struct ring_client *client, struct mspan memory)
{
	return ring_tell(&client->requests, memory);
}

/* The next answer. AGAIN: the driver has begun anew, and what is under way was asked again: it has to be told. */
enum ring_taken ring_client_take(struct ring_client *client, struct mspan memory, struct ring_entry *answer);

/* As ring_sleep. WHY without a look at the driver's life: one that begins raises the client's signal. */
[[nodiscard]] static inline bool ring_client_sleep(struct ring_client *client, struct mspan memory)
{
	return ring_sleep(&client->answers, memory);
}

#endif
