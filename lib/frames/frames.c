/* SPDX-License-Identifier: Apache-2.0
 *
 * A network from its client's side. See frames.h.
 */
#include "lib/frames/frames.h"

/* Buffers to receive come first, then those to send, of which there are fewer than numbers. */
enum : u32 { RECEIVING = FRAMES_TOGETHER, GIVE_BACK = RECEIVING / 2 };

static struct mspan rings(const struct frames *frames, enum frames_way way)
{
	return frames_rings(lease_window(&frames->lease), way);
}

static u64 place(enum frames_way way, u32 number)
{
	return FRAMES_BUFFERS_AT + FRAMES_BUFFER_BYTES * (number + (way == FRAMES_SEND ? RECEIVING : 0));
}

struct mspan frames_buffer(const struct frames *frames, enum frames_way way, u32 number)
{
	return mspan_part(lease_window(&frames->lease), place(way, number), FRAMES_BUFFER_BYTES);
}

/* ---- beginning and end ---- */

static void give(struct frames *frames, enum frames_way way, u32 number, u64 bytes)
{
	struct ring_entry entry = { .word = { [FRAMES_AT] = place(way, number), [FRAMES_BYTES] = bytes } };

	ring_client_ask(ELEM(frames->ways, way), rings(frames, way), number, &entry);
}

enum status frames_open(struct frames *frames, struct span path)
{
	struct message m;

	*frames = (struct frames){};
	enum status status = lease_open(&frames->lease, path, OPEN_READ | OPEN_WRITE);

	if (status == STATUS_OK)
		status = lease_take(&frames->lease, true, FRAMES_WINDOW_BYTES, &m);
	for (u32 i = 0; i < FRAMES_WAYS && status == STATUS_OK; i++)
		status = ring_client_begin(ELEM(frames->ways, i), rings(frames, i), FRAMES_TOGETHER) ? STATUS_OK : STATUS_BAD_FORMAT;
	if (status != STATUS_OK) {
		frames_close(frames);
		return status;
	}
	for (u32 i = 0; i < RECEIVING; i++)
		give(frames, FRAMES_RECEIVE, i, FRAMES_BUFFER_BYTES);
	frames_flush(frames);
	return STATUS_OK;
}

void frames_close(struct frames *frames)
{
	if (frames->lease.window.v != 0)
		(void)frames_sync(frames);
	lease_close(&frames->lease);
	*frames = (struct frames){};
}

/* ---- requests and answers ---- */

void frames_flush(struct frames *frames)
{
	bool wake = false;

	for (u32 i = 0; i < FRAMES_WAYS; i++)
		wake = ring_client_tell(ELEM(frames->ways, i), rings(frames, i)) || wake;
	frames->given_back = 0;
	if (wake)
		lease_ring(&frames->lease);
}

/* The next answer; NOTHING: OK and `taken' says so. */
static enum status take(struct frames *frames, enum frames_way way, struct ring_entry *answer, bool *taken)
{
	enum status status = lease_is_good(&frames->lease);

	*taken = false;
	if (status != STATUS_OK)
		return status;
	enum ring_taken what = ring_client_take(ELEM(frames->ways, way), rings(frames, way), answer);

	*taken = what == RING_TAKEN;
	if (what == RING_AGAIN)
		frames_flush(frames);
	return what == RING_BROKEN ? STATUS_BAD_FORMAT : STATUS_OK;
}

/* What has left, and whether it has to be asked again. */
static enum status take_sent(struct frames *frames)
{
	enum status status = STATUS_OK;
	bool taken = true;

	while (status == STATUS_OK && taken) {
		struct ring_entry answer;

		status = take(frames, FRAMES_SEND, &answer, &taken);
	}
	return status;
}

/* OK: it may be worth looking again. */
static enum status wait(struct frames *frames, enum frames_way way, u64 deadline_ns)
{
	/* WHY also who waits for frames: each way sees a new life by itself, and what was sent in the last is asked again only then.
	 * Whoever waits for buffers has just looked. */
	enum status status = way == FRAMES_SEND ? STATUS_OK : take_sent(frames);

	if (status != STATUS_OK)
		return status;
	frames_flush(frames);
	if (!ring_client_sleep(ELEM(frames->ways, way), rings(frames, way)))
		return STATUS_OK;
	return lease_wait(&frames->lease, 1ull << way, deadline_ns);
}

enum status frames_begin(struct frames *frames, u32 *number)
{
	enum status status = STATUS_OK;

	for (;;) {
		struct ring_entry answer;
		bool taken;

		for (*number = 0; *number < FRAMES_SENDING; (*number)++)
			if (!ring_client_waits(ELEM(frames->ways, FRAMES_SEND), *number))
				return STATUS_OK;
		status = take(frames, FRAMES_SEND, &answer, &taken);
		if (status == STATUS_OK && !taken)
			status = wait(frames, FRAMES_SEND, RT_FOREVER);
		if (status != STATUS_OK)
			return status;
	}
}

void frames_send(struct frames *frames, u32 number, u64 bytes) { give(frames, FRAMES_SEND, number, bytes); }

enum status frames_sync(struct frames *frames)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		struct message m = msg_make(FRAMES_SYNC, 0);

		status = take_sent(frames);
		if (status != STATUS_OK || ELEM(frames->ways, FRAMES_SEND)->waiting == 0)
			break;
		frames_flush(frames);
		status = lease_call(&frames->lease, &m);
	}
	return status;
}

enum status frames_receive(struct frames *frames, u64 deadline_ns, u32 *number, struct span *frame)
{
	for (;;) {
		struct ring_entry answer;
		bool taken;
		enum status status = take(frames, FRAMES_RECEIVE, &answer, &taken);

		if (status == STATUS_OK && !taken)
			status = wait(frames, FRAMES_RECEIVE, deadline_ns);
		if (status != STATUS_OK)
			return status;
		if (!taken)
			continue;
		if (answer.word[FRAMES_BYTES] < FRAMES_LEAST || answer.word[FRAMES_BYTES] > FRAMES_MOST)
			return STATUS_BAD_FORMAT;
		*number = (u32)answer.word[RING_NUMBER];
		*frame = span_first(span_of(frames_buffer(frames, FRAMES_RECEIVE, *number)), answer.word[FRAMES_BYTES]);
		return STATUS_OK;
	}
}

/* WHY not at once: a driver that sleeps is woken for many of them. */
void frames_done(struct frames *frames, u32 number)
{
	give(frames, FRAMES_RECEIVE, number, FRAMES_BUFFER_BYTES);
	if (++frames->given_back >= GIVE_BACK)
		frames_flush(frames);
}
