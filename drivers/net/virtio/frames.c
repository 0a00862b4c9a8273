/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames between the window and the device. See frames.h. Nothing of what is under way is kept: an instance that begins resets
 * the device, and begins a life of the rings, so that the client asks again.
 *
 * SPEC: virtio 1.2, 5.1 "Network Device"
 */
#include "drivers/net/virtio/frames.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/frames/protocol/protocol.h"
#include "lib/virtio/virtio.h"
#include "lib/waiting/waiting.h"

/* The device's queues have the numbers of ways: receive, transmit. */
enum : u32 { QUEUE_SIZE = 32, PARTS = 2, AT_ONCE = 64 };
/* WHY the device's header, all zero where nothing was agreed on, is not in the window: a client could agree on something. */
enum : u64 { HEADER_BYTES = 12, HEADER_ROOM = 64 };
enum : u64 { F_MTU = 1 << 3, F_ADDRESS = 1 << 5, F_STATUS = 1 << 16, OWN_ADDRESS = 0, OWN_STATUS = 4, OWN_MTU = 8 };
enum : u32 { STATUS_UP = 1 << 16, MTU_USUAL = 1500, MTU_LEAST = 68 };
/* Frames that have left are looked after when there is something else to do, or when there are so many of them. */
enum : u32 { SENT_TOGETHER = 8 };
/* WHY without INSPECT: clients are not told where in memory it is. */
enum : u32 { WINDOW_RIGHTS = MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE };
enum : u32 { LENT_RIGHTS = RIGHT_DUPLICATE | RIGHT_TRANSFER | WINDOW_RIGHTS };
#define BELL_NAME "/bell"

static const struct virtio_wants wants = { .needed = F_ADDRESS, .wanted = F_STATUS | F_MTU, .queues = FRAMES_WAYS,
	.size = QUEUE_SIZE, .parts = PARTS };

static struct virtio device;
static u64 headers_at;                  /* in the device's memory, one for each way */
static u64 sent, received, dropped;
static u32 bit;                         /* of the service's signal */
static struct waiting syncing;

static struct window {
	struct virtio_piece piece;
	bool lent;
	bool broken;      /* the client said what cannot be; it is served no more */
	handle_t signal;  /* the client's */
} window;

/* From the window to the device and back. */
static struct way {
	struct ring_server server;
	u32 under_way;
	struct ring_entry given[VIRTIO_RING_MAX]; /* by chain */
} ways[FRAMES_WAYS];

static struct mspan rings(enum frames_way way) { return frames_rings(rt_pages_mspan(window.piece.pages), way); }

/* ---- requests ---- */

static bool sound(enum frames_way way, const struct ring_entry *e)
{
	u64 at = e->word[FRAMES_AT], bytes = e->word[FRAMES_BYTES];
	bool fits = at >= FRAMES_BUFFERS_AT && at <= FRAMES_WINDOW_BYTES && bytes <= FRAMES_WINDOW_BYTES - at;

	/* INV: the device reaches no further than the window. */
	return fits && bytes >= (way == FRAMES_SEND ? FRAMES_LEAST : FRAMES_MOST) &&
	       (way == FRAMES_RECEIVE || bytes <= FRAMES_MOST);
}

static bool has_room(enum frames_way way) { return ELEM(device.queue, way)->ring.free_count >= PARTS; }

/* There is room. */
static void give(enum frames_way way, const struct ring_entry *e)
{
	bool receives = way == FRAMES_RECEIVE;
	struct virtio_request request = { .count = PARTS,
		.part = { { virtio_address(&device, headers_at + way * HEADER_ROOM), HEADER_BYTES, receives },
			{ window.piece.address + e->word[FRAMES_AT], (u32)e->word[FRAMES_BYTES], receives } } };
	u16 id;

	if (!virtio_put(&device, way, &request, &id))
		virtio_abandon_broken(&device);
	*ELEM(ELEM(ways, way)->given, id) = *e;
	ELEM(ways, way)->under_way++;
}

static void answer(enum frames_way way, struct ring_entry *e, u64 bytes)
{
	e->word[FRAMES_BYTES] = bytes;
	ring_put(&ELEM(ways, way)->server.answers, rings(way), e);
}

static void take_requests(enum frames_way way)
{
	struct ring *requests = &ELEM(ways, way)->server.requests;
	struct ring_entry e;
	enum ring_taken taken = RING_NOTHING;

	do {
		while (has_room(way) && (taken = ring_take(requests, rings(way), &e)) == RING_TAKEN) {
			/* WHY it is served no more: an answer takes no room, so he could keep the driver here for ever. */
			if (!sound(way, &e)) {
				window.broken = true;
				return;
			}
			give(way, &e);
		}
		window.broken = taken == RING_BROKEN || window.broken;
	} while (!window.broken && has_room(way) && !ring_sleep(requests, rings(way)));
}

/* ---- what the device has done ---- */

static void frame_came(struct ring_entry *e, u32 bytes)
{
	if (bytes < HEADER_BYTES + FRAMES_LEAST || bytes > HEADER_BYTES + FRAMES_MOST) {
		dropped++;
		give(FRAMES_RECEIVE, e);
		return;
	}
	received++;
	answer(FRAMES_RECEIVE, e, bytes - HEADER_BYTES);
}

static bool take_one(enum frames_way way)
{
	u32 bytes = 0;
	u16 id;
	enum virtio_taken taken = virtio_take(&device, way, &id, &bytes);

	if (taken == VIRTIO_BROKEN)
		virtio_abandon_broken(&device);
	if (taken == VIRTIO_NOTHING)
		return false;
	/* WHY a copy: the chain may be given again. */
	struct ring_entry e = *ELEM(ELEM(ways, way)->given, id);

	ELEM(ways, way)->under_way--;
	if (way == FRAMES_RECEIVE)
		frame_came(&e, bytes);
	else
		answer(FRAMES_SEND, &e, e.word[FRAMES_BYTES]);
	sent += way == FRAMES_SEND;
	return true;
}

static void take_sent(void)
{
	service_ticket ticket;

	while (take_one(FRAMES_SEND))
		;
	if (ELEM(ways, FRAMES_SEND)->under_way != 0 || waiting_first(&syncing) == 0)
		return;
	while ((ticket = waiting_take(&syncing)) != 0)
		(void)service_answer(ticket, STATUS_OK, 0);
	virtio_be_patient(&device, FRAMES_SEND, SENT_TOGETHER);
}

static void tell_client(void)
{
	u64 bits = 0;

	for (u32 i = 0; i < FRAMES_WAYS; i++)
		bits |= ring_tell(&ELEM(ways, i)->server.answers, rings(i)) ? 1ull << i : 0;
	/* Whoever has taken his signal away is not woken. */
	if (bits != 0)
		(void)sys_signal_raise(window.signal, bits);
}

void frames_serve(void)
{
	if (!window.lent || window.broken)
		return;
	take_sent();
	for (u32 i = 0; i < FRAMES_WAYS && !window.broken; i++)
		take_requests(i);
	tell_client();
}

void frames_interrupt(void)
{
	u32 taken = 0;

	virtio_interrupt(&device);
	while (taken < AT_ONCE && take_one(FRAMES_RECEIVE))
		taken++;
	/* WHY not all: they may come as fast as they are taken, and clients wait. */
	if (taken == AT_ONCE)
		(void)sys_signal_raise(service_signal(), 1ull << bit);
	frames_serve();
}

enum status frames_sync(struct service_call *call, const struct service_file *file)
{
	if (file->state[0] == 0 || window.broken)
		return STATUS_INVALID;
	virtio_be_patient(&device, FRAMES_SEND, 0);
	frames_serve();
	if (ELEM(ways, FRAMES_SEND)->under_way != 0)
		return waiting_add_repeatable(&syncing, call);
	virtio_be_patient(&device, FRAMES_SEND, SENT_TOGETHER);
	return STATUS_OK;
}

/* ---- who has the window ---- */

static void begin_life(void)
{
	window.broken = false;
	for (u32 i = 0; i < FRAMES_WAYS; i++)
		ring_server_begin(&ELEM(ways, i)->server, rings(i), FRAMES_TOGETHER, rt_instance());
}

static void forget_signal(void)
{
	if (!handle_is_none(window.signal))
		sys_cap_drop(window.signal);
	window.signal = handle_none();
}

/* Whoever still maps it does not any more. */
static void take_back(void)
{
	enum status status = sys_cap_revoke(window.piece.handle);

	INVARIANT(status == STATUS_OK, "the keeper gives pieces with the right to revoke");
	(void)sys_ns_unbind(service_vault(), span_text(BELL_NAME));
	forget_signal();
	window.lent = false;
}

void frames_kept(void)
{
	struct service_file *file;
	u64 found = 0;

	for (u32 i = 0; (file = service_file_from(i)) != nullptr; i = file->index + 1)
		window.lent = window.lent || file->state[0] != 0;
	if (!window.lent) {
		take_back();
		return;
	}
	if (sys_ns_lookup(service_vault(), span_text(BELL_NAME), 0, &found) == STATUS_OK)
		window.signal = (handle_t){ (u32)found };
	begin_life();
	/* He may wait for what the last instance would have answered. */
	(void)sys_signal_raise(window.signal, (1ull << FRAMES_WAYS) - 1);
}

/* The next instance finds it by its name. */
static enum status take_signal(struct service_call *call)
{
	struct cap_info info;

	if (call->cap_count != 1 || sys_cap_inspect(call->cap[0], &info) != STATUS_OK || info.type != OBJECT_SIGNAL)
		return STATUS_WRONG_TYPE;
	enum status status = sys_ns_bind(service_vault(), span_text(BELL_NAME), call->cap[0], NS_ORDER_REPLACE);

	if (status != STATUS_OK)
		return status;
	forget_signal();
	window.signal = service_take_cap(call, 0);
	return STATUS_OK;
}

enum status frames_lease(struct service_call *call, struct service_file *file)
{
	handle_t lent = handle_none();

	if ((file->flags & OPEN_READ) == 0 || (file->flags & OPEN_WRITE) == 0)
		return STATUS_DENIED;
	if (window.lent && file->state[0] == 0)
		return STATUS_BUSY;
	enum status status = take_signal(call);

	if (status == STATUS_OK)
		status = sys_cap_derive(window.piece.handle, LENT_RIGHTS, 0, FRAMES_WINDOW_BYTES >> PAGE_SHIFT, &lent);
	if (status != STATUS_OK)
		return status;
	if (!window.lent) {
		/* What is in it was somebody else's. */
		mspan_fill(rt_pages_mspan(window.piece.pages), 0);
		window.lent = true;
		file->state[0] = 1;
		service_file_changed(file);
		begin_life();
	}
	service_answer_cap(call, lent, WINDOW_RIGHTS, true);
	service_answer_cap(call, service_signal(), SIGNAL_RIGHT_RAISE, false);
	return STATUS_OK;
}

/* Buffers that wait for frames are the device's until it is reset. */
void frames_end(const struct service_file *file)
{
	TEXT_BUFFER(why, 160);

	if (file->state[0] == 0)
		return;
	if (virtio_begin_again(&device, &wants, &why) != STATUS_OK)
		virtio_abandon(&device, text_span(&why));
	virtio_be_patient(&device, FRAMES_SEND, SENT_TOGETHER);
	for (u32 i = 0; i < FRAMES_WAYS; i++)
		ELEM(ways, i)->under_way = 0;
	take_back();
}

/* ---- */

void frames_status(struct frames_status *out)
{
	u32 second = virtio_own32(&device, OWN_STATUS), mtu = virtio_own32(&device, OWN_MTU) >> 16;

	frames_serve();
	*out = (struct frames_status){ .sent = sent, .received = received, .dropped = dropped,
		.up = (device.features & F_STATUS) == 0 || (second & STATUS_UP) != 0,
		.mtu = (device.features & F_MTU) != 0 && mtu >= MTU_LEAST && mtu < MTU_USUAL ? mtu : MTU_USUAL };
	mspan_put_le32(MSPAN_OF_ARRAY(out->address), 0, virtio_own32(&device, OWN_ADDRESS));
	mspan_put_le16(MSPAN_OF_ARRAY(out->address), 4, (u16)second);
}

enum status frames_set_up(u32 interrupt_bit, struct text *why)
{
	bit = interrupt_bit;
	enum status status = virtio_set_up(&device, &wants, why);

	if (status == STATUS_OK && (!virtio_take_memory(&device, FRAMES_WAYS * HEADER_ROOM, &headers_at) ||
				    !virtio_piece(1, &window.piece) || window.piece.bytes < FRAMES_WINDOW_BYTES)) {
		text_add(why, "too little memory for frames");
		status = STATUS_OUT_OF_FRAMES;
	}
	if (status == STATUS_OK)
		status = virtio_start(&device, interrupt_bit);
	if (status == STATUS_OK)
		virtio_be_patient(&device, FRAMES_SEND, SENT_TOGETHER);
	return status;
}
