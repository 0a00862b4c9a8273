/* SPDX-License-Identifier: Apache-2.0
 *
 * A client's side: what is under way, by number, kept until it is answered. See ring.h.
 */
#include "lib/ring/ring.h"

/* What the driver writes first of all that is of its life. */
static u32 life_in(struct mspan memory) { return (u32)mspan_load64(memory, 0); }

static void begin(struct ring_client *client, u32 size, u32 life)
{
	ring_begin(&client->requests, RING_LINE, size, life);
	ring_begin(&client->answers, ring_answers_at(size), size, life);
}

bool ring_client_begin(struct ring_client *client, struct mspan memory, u32 size)
{
	if (size == 0 || size > RING_MAX || (size & (size - 1)) != 0 || mspan_len(memory) < ring_bytes(size))
		return false;
	*client = (struct ring_client){};
	begin(client, size, life_in(memory));
	return true;
}

void ring_client_ask(struct ring_client *client, struct mspan memory, u32 number, const struct ring_entry *entry)
{
	struct ring_entry *asked = ELEM(client->asked, bounded(number, client->requests.size));

	INVARIANT(!ring_client_waits(client, number), "a client asks under numbers that are not under way");
	*asked = *entry;
	asked->word[RING_NUMBER] = number;
	client->waiting |= 1u << number;
	ring_put(&client->requests, memory, asked);
}

static void ask_again(struct ring_client *client, struct mspan memory)
{
	for (u32 i = 0; i < client->requests.size; i++)
		if (ring_client_waits(client, i))
			ring_put(&client->requests, memory, ELEM(client->asked, i));
}

static enum ring_taken take(struct ring_client *client, struct mspan memory, struct ring_entry *answer)
{
	enum ring_taken taken = ring_take(&client->answers, memory, answer);

	if (taken != RING_TAKEN)
		return taken;
	u64 number = answer->word[RING_NUMBER];

	if (number >= client->requests.size || !ring_client_waits(client, (u32)number))
		return RING_BROKEN;
	client->waiting &= ~(1u << number);
	return RING_TAKEN;
}

enum ring_taken ring_client_take(struct ring_client *client, struct mspan memory, struct ring_entry *answer)
{
	enum ring_taken taken = take(client, memory, answer);
	u32 life = taken == RING_NOTHING ? life_in(memory) : client->answers.life;

	if (life == client->answers.life)
		return taken;
	/* WHY once more: it may have answered just before it ended. */
	taken = take(client, memory, answer);
	if (taken != RING_NOTHING)
		return taken;
	begin(client, client->requests.size, life);
	ask_again(client, memory);
	return RING_AGAIN;
}
