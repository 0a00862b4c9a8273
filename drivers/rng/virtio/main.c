/* SPDX-License-Identifier: Apache-2.0
 *
 * A device of random numbers as a file, /dev/random: a read gives what the device has put into memory, or waits for it. The
 * device is asked when somebody waits, and once at the start, so that the first reader need not.
 *
 * SPEC: virtio 1.2, 5.4 "Entropy Device"
 */
#include "lib/base/text.h"
#include "lib/service/service.h"
#include "lib/driver/end.h"
#include "lib/virtio/virtio.h"
#include "lib/waiting/waiting.h"

enum : u32 { DEVICE_BIT = 0, QUEUE = 0, QUEUE_SIZE = 4 };
enum : u64 { POOL_BYTES = 1024 };

static struct virtio device;
static u64 pool_at;              /* in the device's memory */
static u8 pool[POOL_BYTES];      /* what it gave, out of its reach */
static u32 pool_used, pool_from; /* bytes of it, of which those before pool_from were given out */
static bool asked;
static struct waiting readers;

static void ask(void)
{
	struct virtio_request request = { .count = 1 };
	u16 id;

	request.part[0] = (struct virtio_part){ virtio_address(&device, pool_at), POOL_BYTES, true };
	if (!asked)
		asked = virtio_put(&device, QUEUE, &request, &id);
}

/* Nobody gets bytes that somebody else got. */
static struct span take_from_pool(u64 count)
{
	struct span part = span_part(SPAN_OF_ARRAY(pool), pool_from, min_u64(count, pool_used - pool_from));

	pool_from += (u32)span_len(part);
	return part;
}

static void answer_all(void)
{
	service_ticket ticket = 0;

	while (pool_from < pool_used && (ticket = waiting_take(&readers)) != 0) {
		u32 before = pool_from;

		if (service_answer_data(ticket, take_from_pool(service_ticket_count(ticket))) != STATUS_OK)
			pool_from = before;
	}
	if (pool_from == pool_used && waiting_first(&readers) != 0)
		ask();
}

static void random_signal(u64 bits)
{
	u16 id;
	u32 bytes = 0;

	if ((bits & 1ull << DEVICE_BIT) == 0)
		return;
	virtio_interrupt(&device);
	enum virtio_taken taken = virtio_take(&device, QUEUE, &id, &bytes);

	if (taken == VIRTIO_BROKEN)
		virtio_abandon_broken(&device);
	if (taken == VIRTIO_NOTHING)
		return;
	asked = false;
	/* WHY a copy: what the device can still reach may change. INV: bytes is at most what there was room for. */
	span_copy(MSPAN_OF_ARRAY(pool), span_of(virtio_memory(&device, pool_at, bytes)));
	pool_from = 0;
	pool_used = bytes;
	answer_all();
}

static enum status random_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	(void)from;
	if (span_len(path) != 0)
		return STATUS_NOT_FOUND;
	file->qid_type = QID_STREAM;
	return STATUS_OK;
}

static enum status random_read(struct service_call *call, struct service_file *file)
{
	(void)file;
	if (call->count == 0)
		return STATUS_OK;
	if (pool_from < pool_used)
		return service_put(call, take_from_pool(call->count));
	enum status status = waiting_add(&readers, call);

	ask();
	return status;
}

static enum status set_up(struct text *why)
{
	enum status status = virtio_set_up(&device, &(struct virtio_wants){ .queues = 1, .size = QUEUE_SIZE, .parts = 1 }, why);

	if (status == STATUS_OK && !virtio_take_memory(&device, POOL_BYTES, &pool_at))
		status = STATUS_OUT_OF_FRAMES;
	return status == STATUS_OK ? virtio_start(&device, DEVICE_BIT) : status;
}

static const struct service_ops ops = { .open = random_open, .read = random_read, .signal = random_signal };

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(why, 160);

	(void)args;
	enum status status = set_up(&why);

	if (status != STATUS_OK)
		driver_not_up(status, &why);
	ask();
	service_run(&ops);
}
