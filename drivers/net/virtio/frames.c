/* SPDX-License-Identifier: Apache-2.0
 *
 * Queues and buffers. See frames.h. Nothing of them is kept: an instance that begins resets the device, and who had asked is
 * told to ask again.
 *
 * SPEC: virtio 1.2, 5.1 "Network Device"
 */
#include "drivers/net/virtio/frames.h"
#include "abi/stubs.h"
#include "lib/virtio/virtio.h"
#include "lib/waiting/waiting.h"

enum : u32 { RECEIVE = 0, TRANSMIT = 1, QUEUE_SIZE = 32, AT_ONCE = 64 };
enum : u32 { RECEIVE_BUFFERS = 16, SEND_BUFFERS = 8, BUFFERS = RECEIVE_BUFFERS + SEND_BUFFERS };
/* A buffer has the device's header, all zero where nothing was agreed on, and a frame. */
enum : u64 { HEADER_BYTES = 12, BUFFER_BYTES = 2048 };
enum : u64 { F_MTU = 1 << 3, F_ADDRESS = 1 << 5, F_STATUS = 1 << 16, OWN_ADDRESS = 0, OWN_STATUS = 4, OWN_MTU = 8 };
enum : u32 { STATUS_UP = 1 << 16, MTU_USUAL = 1500, MTU_LEAST = 68 };

static struct virtio device;
static u64 buffers_at;                  /* in the device's memory */
static u32 buffer_of[2][VIRTIO_RING_MAX];  /* by queue and chain */
static u64 sent, received, dropped;
static bool wanted;
static u32 bit;                         /* of the service's signal */

/* Frames that came, in order: buffers, and how long what is in them is. */
static u32 came[RECEIVE_BUFFERS], came_bytes[RECEIVE_BUFFERS], came_first, came_count;
static struct waiting readers, writers;
/* Of the buffers to send from. */
static struct sender {
	bool busy;
	service_ticket ticket;
	u64 bytes;
} senders[SEND_BUFFERS];

static struct mspan buffer(u32 number) { return virtio_memory(&device, buffers_at + number * BUFFER_BYTES, BUFFER_BYTES); }

static bool put(u32 queue, u32 number, u64 bytes, bool for_device_to_write)
{
	struct virtio_request request = { .count = 1,
		.part = { { virtio_address(&device, buffers_at + number * BUFFER_BYTES), (u32)bytes, for_device_to_write } } };
	u16 id;

	if (!virtio_put(&device, queue, &request, &id))
		return false;
	*ELEM(buffer_of[bounded(queue, 2)], id) = number;
	return true;
}

/* ---- from the device ---- */

/* The queue has room for all buffers. */
static void give_buffer(u32 number)
{
	if (!put(RECEIVE, number, BUFFER_BYTES, true))
		virtio_abandon_broken(&device);
}

static void take_frame(u32 number, u32 bytes)
{
	bool good = bytes >= HEADER_BYTES + FRAME_LEAST && bytes <= HEADER_BYTES + FRAME_MOST;

	if (!good || !wanted) {
		dropped++;
		give_buffer(number);
		return;
	}
	u32 last = (came_first + came_count) % RECEIVE_BUFFERS;

	*ELEM(came, last) = number;
	*ELEM(came_bytes, last) = bytes;
	came_count++;
}

static struct span first_frame(void)
{
	return span_part(span_of(buffer(*ELEM(came, came_first))), HEADER_BYTES, *ELEM(came_bytes, came_first) - HEADER_BYTES);
}

static void drop_first(void)
{
	give_buffer(*ELEM(came, came_first));
	came_first = (came_first + 1) % RECEIVE_BUFFERS;
	came_count--;
}

/* A reader that has gone took nothing. */
static void answer_readers(void)
{
	service_ticket ticket = 0;

	while (came_count > 0 && (ticket = waiting_take(&readers)) != 0) {
		if (service_answer_data(ticket, first_frame()) != STATUS_OK)
			continue;
		received++;
		drop_first();
	}
}

enum status frames_receive(struct service_call *call)
{
	/* WHY: a part of a frame is of no use, and the rest would be lost. */
	if (call->count < FRAME_MOST)
		return STATUS_INVALID;
	if (came_count == 0)
		return waiting_add_repeatable(&readers, call);
	enum status status = service_put(call, first_frame());

	if (status != STATUS_OK)
		return status;
	received++;
	drop_first();
	return STATUS_OK;
}

void frames_wanted(bool now)
{
	wanted = now;
	while (!wanted && came_count > 0) {
		dropped++;
		drop_first();
	}
}

/* ---- to the device ---- */

static struct sender *free_sender(u32 *number)
{
	for (u32 i = 0; i < SEND_BUFFERS; i++) {
		*number = RECEIVE_BUFFERS + i;
		if (!ELEM(senders, i)->busy)
			return ELEM(senders, i);
	}
	return nullptr;
}

/* False: the frame is not the device's now. */
static bool give_frame(struct sender *sender, u32 number, service_ticket ticket)
{
	u64 bytes = service_ticket_count(ticket), got = 0;

	mspan_fill(mspan_first(buffer(number), HEADER_BYTES), 0);
	enum status status = service_take_deferred(ticket, 0, mspan_part(buffer(number), HEADER_BYTES, bytes), &got);

	if (status == STATUS_OK && got != bytes)
		status = STATUS_BAD_ADDRESS;
	if (status == STATUS_OK && !put(TRANSMIT, number, HEADER_BYTES + bytes, false))
		status = STATUS_BUSY;
	if (status != STATUS_OK) {
		service_answer(ticket, status, 0);
		return false;
	}
	*sender = (struct sender){ .busy = true, .ticket = ticket, .bytes = bytes };
	return true;
}

static void give_frames(void)
{
	struct sender *sender;
	service_ticket ticket;
	u32 number = 0;

	while ((sender = free_sender(&number)) != nullptr && (ticket = waiting_take(&writers)) != 0)
		(void)give_frame(sender, number, ticket);
}

enum status frames_send(struct service_call *call)
{
	if (call->count < FRAME_LEAST || call->count > FRAME_MOST)
		return STATUS_INVALID;
	enum status status = waiting_add_repeatable(&writers, call);

	give_frames();
	return status;
}

static void frame_sent(u32 number)
{
	struct sender *sender = ELEM(senders, number - RECEIVE_BUFFERS);

	sent++;
	sender->busy = false;
	/* Who has gone needs no answer. */
	service_answer(sender->ticket, STATUS_OK, sender->bytes);
}

void frames_interrupt(void)
{
	enum virtio_taken taken;
	u32 bytes = 0;
	u16 id;

	virtio_interrupt(&device);
	while ((taken = virtio_take(&device, TRANSMIT, &id, &bytes)) == VIRTIO_TAKEN)
		frame_sent(*ELEM(buffer_of[TRANSMIT], id));
	for (u32 i = 0; i < AT_ONCE && taken != VIRTIO_BROKEN; i++) {
		taken = virtio_take(&device, RECEIVE, &id, &bytes);
		if (taken != VIRTIO_TAKEN)
			break;
		take_frame(*ELEM(buffer_of[RECEIVE], id), bytes);
		answer_readers();
	}
	if (taken == VIRTIO_BROKEN)
		virtio_abandon_broken(&device);
	/* WHY not all: they may come as fast as they are taken, and clients wait. */
	if (taken == VIRTIO_TAKEN)
		(void)sys_signal_raise(service_signal(), 1ull << bit);
	give_frames();
}

/* ---- */

void frames_status(struct frames_status *out)
{
	u32 second = virtio_own32(&device, OWN_STATUS), mtu = virtio_own32(&device, OWN_MTU) >> 16;

	*out = (struct frames_status){ .sent = sent, .received = received, .dropped = dropped,
		.up = (device.features & F_STATUS) == 0 || (second & STATUS_UP) != 0,
		.mtu = (device.features & F_MTU) != 0 && mtu >= MTU_LEAST && mtu < MTU_USUAL ? mtu : MTU_USUAL };
	mspan_put_le32(MSPAN_OF_ARRAY(out->address), 0, virtio_own32(&device, OWN_ADDRESS));
	mspan_put_le16(MSPAN_OF_ARRAY(out->address), 4, (u16)second);
}

enum status frames_open(u32 interrupt_bit, struct text *why)
{
	bit = interrupt_bit;
	struct virtio_wants wants = { .needed = F_ADDRESS, .wanted = F_STATUS | F_MTU, .queues = 2, .size = QUEUE_SIZE, .parts = 1 };
	enum status status = virtio_set_up(&device, &wants, why);

	if (status == STATUS_OK && !virtio_take_memory(&device, BUFFERS * BUFFER_BYTES, &buffers_at)) {
		text_add(why, "too little memory for frames");
		status = STATUS_OUT_OF_FRAMES;
	}
	if (status == STATUS_OK)
		status = virtio_start(&device, interrupt_bit);
	for (u32 i = 0; i < RECEIVE_BUFFERS && status == STATUS_OK; i++)
		give_buffer(i);
	return status;
}
