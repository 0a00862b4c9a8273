/* SPDX-License-Identifier: Apache-2.0
 *
 * A network from its client's side. See frames.h.
 */
#include "lib/frames/frames.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/rt/message.h"

/* Buffers to receive come first, then those to send, of which there are fewer than numbers. */
enum : u32 { RECEIVING = FRAMES_TOGETHER,
	SENDING = (u32)((FRAMES_WINDOW_BYTES - FRAMES_BUFFERS_AT) / FRAMES_BUFFER_BYTES) - RECEIVING, GIVE_BACK = RECEIVING / 2 };
enum : u32 { DEATHS_MAX = 8 };
/* Who waits asks so often whether anybody is there: a driver that was given up wakes nobody. */
enum : u64 { PATIENCE_NS = 1000000000 };

static struct mspan rings(const struct frames *frames, enum frames_way way)
{
	return frames_rings(rt_pages_mspan(frames->window), way);
}

static u64 place(enum frames_way way, u32 number)
{
	return FRAMES_BUFFERS_AT + FRAMES_BUFFER_BYTES * (number + (way == FRAMES_SEND ? RECEIVING : 0));
}

struct mspan frames_buffer(const struct frames *frames, enum frames_way way, u32 number)
{
	return mspan_part(rt_pages_mspan(frames->window), place(way, number), FRAMES_BUFFER_BYTES);
}

/* ---- beginning and end ---- */

static enum status ask(const struct frames *frames, u32 label, struct message *m)
{
	enum status status = STATUS_REPEAT;

	for (u32 i = 0; i < DEATHS_MAX && (status == STATUS_REPEAT || status == STATUS_PEER_DIED); i++) {
		*m = msg_make(label, 0);
		if (label == FRAMES_LEASE)
			msg_add_cap(m, frames->signal, RIGHT_DUPLICATE | SIGNAL_RIGHT_RAISE);
		status = msg_call_status(frames->file.cap, m, RT_FOREVER);
	}
	return status == STATUS_UNKNOWN_CALL ? STATUS_NOT_SUPPORTED : status;
}

/* WHY again without capabilities: the driver died between deciding and giving them. */
static enum status lease(struct frames *frames)
{
	struct message m = {};
	enum status status = STATUS_OK;

	for (u32 i = 0; i < DEATHS_MAX && status == STATUS_OK && msg_caps(&m) == 0; i++)
		status = ask(frames, FRAMES_LEASE, &m);
	if (status == STATUS_OK && msg_caps(&m) != 2)
		status = STATUS_BAD_FORMAT;
	if (status != STATUS_OK) {
		msg_drop_caps(&m, 0);
		return status;
	}
	frames->bell = msg_cap(&m, 1);
	status = rt_pages_map(msg_cap(&m, 0), 0, FRAMES_WINDOW_BYTES, MAP_READ | MAP_WRITE, &frames->window);
	sys_cap_drop(msg_cap(&m, 0));
	return status;
}

static void give(struct frames *frames, enum frames_way way, u32 number, u64 bytes)
{
	struct ring_entry entry = { .word = { [FRAMES_AT] = place(way, number), [FRAMES_BYTES] = bytes } };

	ring_client_ask(ELEM(frames->ways, way), rings(frames, way), number, &entry);
}

enum status frames_open(struct frames *frames, struct span path)
{
	*frames = (struct frames){};
	enum status status = file_open(&frames->file, path, OPEN_READ | OPEN_WRITE);

	if (status == STATUS_OK)
		status = sys_signal_create(rt_group(), &frames->signal);
	if (status == STATUS_OK)
		status = lease(frames);
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
	if (frames->window.v != 0)
		(void)frames_sync(frames);
	rt_pages_release(frames->window);
	if (!handle_is_none(frames->signal))
		sys_cap_drop(frames->signal);
	if (!handle_is_none(frames->bell))
		sys_cap_drop(frames->bell);
	file_close(&frames->file);
	*frames = (struct frames){};
}

/* ---- requests and answers ---- */

void frames_flush(struct frames *frames)
{
	bool wake = false;

	for (u32 i = 0; i < FRAMES_WAYS; i++)
		wake = ring_client_tell(ELEM(frames->ways, i), rings(frames, i)) || wake;
	frames->given_back = 0;
	/* What was asked is there all the same; a driver without a bell looks when it begins. */
	if (wake)
		(void)sys_signal_raise(frames->bell, FRAMES_BELL);
}

/* The next answer; NOTHING: OK and `taken' says so. */
static enum status take(struct frames *frames, enum frames_way way, struct ring_entry *answer, bool *taken)
{
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
	u64 bits, until = min_u64(deadline_ns, rt_deadline_in(PATIENCE_NS));
	struct message m;
	/* WHY also who waits for frames: each way sees a new life by itself, and what was sent in the last is asked again only then.
	 * Whoever waits for buffers has just looked. */
	enum status status = way == FRAMES_SEND ? STATUS_OK : take_sent(frames);

	if (status != STATUS_OK)
		return status;
	frames_flush(frames);
	if (!ring_client_sleep(ELEM(frames->ways, way), rings(frames, way)))
		return STATUS_OK;
	status = sys_signal_wait(frames->signal, 1ull << way, until, &bits);

	if (status == STATUS_CANCELLED)
		return STATUS_OK;
	return status == STATUS_TIMED_OUT && until != deadline_ns ? ask(frames, NINEP_PING, &m) : status;
}

enum status frames_begin(struct frames *frames, u32 *number)
{
	enum status status = STATUS_OK;

	for (;;) {
		struct ring_entry answer;
		bool taken;

		for (*number = 0; *number < SENDING; (*number)++)
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
	struct message m;
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		status = take_sent(frames);
		if (status != STATUS_OK || ELEM(frames->ways, FRAMES_SEND)->waiting == 0)
			break;
		frames_flush(frames);
		status = ask(frames, FRAMES_SYNC, &m);
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
