/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames between the window and the device. See frames.h. Nothing of what is under way is kept: an instance that begins resets
 * the device, and begins a life of the rings, so that the client asks again.
 *
 * SPEC: virtio 1.2, 5.1 "Network Device"
 */
#include "drivers/net/virtio/frames.h"
#include "abi/stubs.h"
#include "lib/frames/protocol/protocol.h"
#include "lib/lease/driver/lent.h"
#include "lib/virtio/virtio.h"
#include "lib/waiting/waiting.h"

/* The device's queues have the numbers of ways: receive, transmit. */
enum : u32 { QUEUE_SIZE = 32, PARTS = 2, AT_ONCE = 64 };
/* WHY the device's header, all zero where nothing was agreed on, is not in the window: a client could agree on something. */
enum : u64 { HEADER_BYTES = 12, HEADER_ROOM = 64 };
enum : u64 { F_MTU = 1 << 3, F_ADDRESS = 1 << 5, F_STATUS = 1 << 16, OWN_ADDRESS = 0, OWN_STATUS = 4, OWN_MTU = 8 };
enum : u32 { STATUS_UP = 1 << 16, MTU_USUAL = 1500, MTU_LEAST = 68 };

static const struct virtio_wants wants = { .needed = F_ADDRESS, .wanted = F_STATUS | F_MTU, .queues = FRAMES_WAYS,
	.size = QUEUE_SIZE, .parts = PARTS };

static struct virtio device;
static u64 headers_at;                  /* in the device's memory, one for each way */
static u64 sent, received, dropped;
static u32 bit;                         /* of the service's signal */
static struct waiting syncing;
/* Frames that have left are looked after when there is something else to do, or are many. */
static bool patient;
static struct lent window;
static u64 window_at;                   /* where the device finds it */
static bool broken;                     /* the client said what cannot be; it is served no more */

/* From the window to the device and back. */
static struct way {
	struct ring_server server;
	u32 under_way;
	struct ring_entry given[VIRTIO_RING_MAX]; /* by chain */
} ways[FRAMES_WAYS];

static struct mspan rings(enum frames_way way) { return frames_rings(rt_pages_mspan(window.pages), way); }

static void be_patient(bool now)
{
	patient = now;
	virtio_be_patient(&device, FRAMES_SEND, now ? FRAMES_SENT_TOGETHER : 0);
}

/* ---- requests ---- */

/* WHY he is served no more: an answer takes no room, so he could keep the driver here for ever. He is told once. */
static void give_up_client(void)
{
	broken = true;
	lent_wake(&window, LEASE_DOUBT);
}

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
			{ window_at + e->word[FRAMES_AT], (u32)e->word[FRAMES_BYTES], receives } } };
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
		while (has_room(way) && (taken = ring_take(requests, rings(way), &e)) == RING_TAKEN && sound(way, &e))
			give(way, &e);
		if (taken != RING_NOTHING && has_room(way)) {
			give_up_client();
			return;
		}
	} while (has_room(way) && !ring_sleep(requests, rings(way)));
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
	if (ELEM(ways, FRAMES_SEND)->under_way != 0 || patient)
		return;
	while ((ticket = waiting_take(&syncing)) != 0)
		(void)service_answer(ticket, STATUS_OK, 0);
	/* Also if whoever waited has gone. */
	be_patient(true);
}

static void tell_client(void)
{
	u64 bits = 0;

	for (u32 i = 0; i < FRAMES_WAYS; i++)
		bits |= ring_tell(&ELEM(ways, i)->server.answers, rings(i)) ? 1ull << i : 0;
	if (bits != 0)
		lent_wake(&window, bits);
}

void frames_serve(void)
{
	if (!window.taken)
		return;
	take_sent();
	for (u32 i = 0; i < FRAMES_WAYS && !broken; i++)
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
	enum status status = frames_ask(file);

	if (status != STATUS_OK)
		return status;
	be_patient(false);
	frames_serve();
	return ELEM(ways, FRAMES_SEND)->under_way != 0 ? waiting_add_repeatable(&syncing, call) : STATUS_OK;
}

/* ---- who has the window ---- */

static void begin_life(void)
{
	broken = false;
	for (u32 i = 0; i < FRAMES_WAYS; i++)
		ring_server_begin(&ELEM(ways, i)->server, rings(i), FRAMES_TOGETHER, rt_instance());
}

void frames_kept(void)
{
	struct service_file *file;
	bool taken = false;

	for (u32 i = 0; (file = service_file_from(i)) != nullptr; i = file->index + 1)
		taken = taken || file->state[0] != 0;
	lent_kept(&window, taken);
	if (!taken)
		return;
	begin_life();
	/* He may wait for what the last instance would have answered. */
	lent_wake(&window, (1ull << FRAMES_WAYS) - 1);
}

enum status frames_lease(struct service_call *call, struct service_file *file)
{
	bool with_rings;

	if ((file->flags & OPEN_READ) == 0 || (file->flags & OPEN_WRITE) == 0)
		return STATUS_DENIED;
	if (window.taken && file->state[0] == 0)
		return STATUS_BUSY;
	enum status status = lent_answer(&window, call, &with_rings);

	if (status != STATUS_OK || !with_rings)
		return status == STATUS_OK ? STATUS_INVALID : status;
	if (!window.taken) {
		lent_begin(&window);
		file->state[0] = 1;
		service_file_changed(file);
		begin_life();
	}
	return STATUS_OK;
}

enum status frames_ask(const struct service_file *file)
{
	if (file->state[0] == 0)
		return STATUS_STALE;
	return broken ? STATUS_INVALID : STATUS_OK;
}

/* Buffers that wait for frames are the device's until it is reset. */
void frames_end(const struct service_file *file)
{
	TEXT_BUFFER(why, 160);

	if (file->state[0] == 0)
		return;
	if (virtio_begin_again(&device, &wants, &why) != STATUS_OK)
		virtio_abandon(&device, text_span(&why));
	be_patient(true);
	for (u32 i = 0; i < FRAMES_WAYS; i++)
		ELEM(ways, i)->under_way = 0;
	lent_take_back(&window);
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

static bool find_window(void)
{
	struct dma_piece piece;

	if (!dma_piece(1, &piece) || piece.bytes < FRAMES_WINDOW_BYTES)
		return false;
	window = (struct lent){ .memory = piece.handle, .pages = piece.pages, .bytes = FRAMES_WINDOW_BYTES };
	window_at = piece.address;
	return true;
}

enum status frames_set_up(u32 interrupt_bit, struct text *why)
{
	bit = interrupt_bit;
	enum status status = virtio_set_up(&device, &wants, why);

	if (status == STATUS_OK && (!virtio_take_memory(&device, FRAMES_WAYS * HEADER_ROOM, &headers_at) || !find_window())) {
		text_add(why, "too little memory for frames");
		status = STATUS_OUT_OF_FRAMES;
	}
	if (status == STATUS_OK)
		status = virtio_start(&device, interrupt_bit);
	if (status == STATUS_OK)
		be_patient(true);
	return status;
}
