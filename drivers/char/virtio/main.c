/* SPDX-License-Identifier: Apache-2.0
 *
 * A virtio console as a file, /dev/vcon0/data. Nothing that was answered is buffered here: a write is answered when the device
 * has given its bytes back.
 *
 * SPEC: virtio 1.2, 5.3 "Console Device"
 */
#include "lib/base/text.h"
#include "lib/service/service.h"
#include "lib/driver/end.h"
#include "lib/virtio/virtio.h"
#include "lib/waiting/waiting.h"

enum : u32 { DEVICE_BIT = 0, RECEIVE = 0, TRANSMIT = 1, QUEUE_SIZE = 16, BUFFERS = 8, NODE_DATA = 1 };
enum : u64 { BUFFER_BYTES = 256, TRANSMIT_BYTES = 4096, INPUT_BYTES = BUFFERS * BUFFER_BYTES };

static const struct service_tree tree = {
	.count = 2,
	.node = { { .name = "", .qid_type = QID_DIRECTORY }, { .name = "data", .qid_type = QID_STREAM } },
};

static struct virtio device;

/* ---- input ---- */

static u64 buffers_at;                   /* in the device's memory */
static u32 free_buffer[BUFFERS], free_buffers;
static u32 buffer_of_chain[VIRTIO_RING_MAX];
static u8 input[INPUT_BYTES];            /* what came, out of the device's reach: a ring */
static u32 input_first, input_used;
static struct waiting readers;

/* INV: what the device may bring has room in `input'. */
static void give_buffers(void)
{
	while (free_buffers > 0 && input_used + (BUFFERS - free_buffers + 1) * BUFFER_BYTES <= INPUT_BYTES) {
		u32 buffer = *ELEM(free_buffer, free_buffers - 1);
		struct virtio_request request = { .count = 1,
			.part = { { virtio_address(&device, buffers_at + buffer * BUFFER_BYTES), BUFFER_BYTES, true } } };
		u16 id;

		if (!virtio_put(&device, RECEIVE, &request, &id))
			return;
		*ELEM(buffer_of_chain, id) = buffer;
		free_buffers--;
	}
}

static void take_input(u16 id, u32 bytes)
{
	u32 buffer = *ELEM(buffer_of_chain, id);
	struct mspan from = virtio_memory(&device, buffers_at + buffer * BUFFER_BYTES, bytes);

	for (u64 i = 0; i < bytes; i++)
		*ELEM(input, (input_first + input_used + i) % INPUT_BYTES) = mspan_u8(from, i);
	input_used += bytes;
	*ELEM(free_buffer, free_buffers) = buffer;
	free_buffers++;
}

/* What lies together at its head. */
static struct span input_head(u64 most)
{
	return span_part(SPAN_OF_ARRAY(input), input_first, min_u64(most, min_u64(input_used, INPUT_BYTES - input_first)));
}

static void drop_input(u64 bytes)
{
	input_first = (u32)((input_first + bytes) % INPUT_BYTES);
	input_used -= (u32)bytes;
}

/* A reader that has gone took nothing. */
static void answer_readers(void)
{
	service_ticket ticket = 0;

	while (input_used > 0 && (ticket = waiting_take(&readers)) != 0) {
		struct span data = input_head(service_ticket_count(ticket));

		if (service_answer_data(ticket, data) == STATUS_OK)
			drop_input(span_len(data));
	}
	give_buffers();
}

static enum status console_read(struct service_call *call, struct service_file *file)
{
	if (file->node != NODE_DATA)
		return STATUS_IS_DIRECTORY;
	if (call->count == 0)
		return STATUS_OK;
	if (input_used == 0)
		return waiting_add(&readers, call);
	struct span data = input_head(call->count);
	enum status status = service_put(call, data);

	if (status == STATUS_OK)
		drop_input(span_len(data));
	give_buffers();
	return status;
}

/* ---- output ---- */

static u64 transmit_at;
static struct waiting writers;
static service_ticket sending;   /* the writer whose bytes the device has; 0: it has none */
static u64 sending_bytes;

/* The bytes of the writer who waits longest. */
static void send_next(void)
{
	service_ticket ticket = 0;

	while (sending_bytes == 0 && (ticket = waiting_take(&writers)) != 0) {
		struct virtio_request request = { .count = 1 };
		u16 id;
		u64 got = 0;
		enum status status = service_take_deferred(ticket, 0, virtio_memory(&device, transmit_at, TRANSMIT_BYTES), &got);

		request.part[0] = (struct virtio_part){ virtio_address(&device, transmit_at), (u32)got, false };
		if (status == STATUS_OK && got > 0 && !virtio_put(&device, TRANSMIT, &request, &id))
			status = STATUS_IO;
		if (status != STATUS_OK || got == 0) {
			service_answer(ticket, status, 0);
			continue;
		}
		sending = ticket;
		sending_bytes = got;
	}
}

static void sent(void)
{
	/* A writer who has gone needs no answer. */
	service_answer(sending, STATUS_OK, sending_bytes);
	sending_bytes = 0;
	send_next();
}

static enum status console_write(struct service_call *call, struct service_file *file)
{
	if (file->node != NODE_DATA)
		return STATUS_IS_DIRECTORY;
	if (call->count == 0)
		return STATUS_OK;
	enum status status = waiting_add(&writers, call);

	send_next();
	return status;
}

/* ---- the device ---- */

static void console_signal(u64 bits)
{
	enum virtio_taken taken;
	u32 bytes = 0;
	u16 id;

	if ((bits & 1ull << DEVICE_BIT) == 0)
		return;
	virtio_interrupt(&device);
	while ((taken = virtio_take(&device, TRANSMIT, &id, &bytes)) == VIRTIO_TAKEN)
		sent();
	while (taken != VIRTIO_BROKEN && (taken = virtio_take(&device, RECEIVE, &id, &bytes)) == VIRTIO_TAKEN)
		take_input(id, bytes);
	if (taken == VIRTIO_BROKEN)
		virtio_abandon_broken(&device);
	answer_readers();
}

static enum status set_up(struct text *why)
{
	enum status status = virtio_set_up(&device, &(struct virtio_wants){ .queues = 2, .size = QUEUE_SIZE, .parts = 1 }, why);

	if (status == STATUS_OK && (!virtio_take_memory(&device, BUFFERS * BUFFER_BYTES, &buffers_at) ||
				    !virtio_take_memory(&device, TRANSMIT_BYTES, &transmit_at)))
		status = STATUS_OUT_OF_FRAMES;
	return status == STATUS_OK ? virtio_start(&device, DEVICE_BIT) : status;
}

static enum status console_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	return service_tree_open(&tree, from, path, file);
}

static enum status console_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	return service_tree_entry(&tree, directory, index, out);
}

static const struct service_ops ops = { .open = console_open, .entry = console_entry, .read = console_read,
	.write = console_write, .signal = console_signal };

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(why, 160);

	(void)args;
	enum status status = set_up(&why);

	if (status != STATUS_OK)
		driver_not_up(status, &why);
	for (u32 i = 0; i < BUFFERS; i++)
		*ELEM(free_buffer, i) = i;
	free_buffers = BUFFERS;
	give_buffers();
	service_run(&ops);
}
