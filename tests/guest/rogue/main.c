/* SPDX-License-Identifier: Apache-2.0
 *
 * rogue: has a device of random numbers write wherever it is told. Written to /dev/rogue: `ADDRESS BYTES', physical, which
 * is not its memory; or `own BYTES', which is; or `own BYTES TIMES', and then it ends; or `config', and it tries to get at the
 * device's configuration space. Read from it: how many times the device has done so, how many bytes of its own memory are not
 * as it left them, and where that is.
 */
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/base/text.h"
#include "lib/rt/memory.h"
#include "lib/service/service.h"
#include "lib/virtio/virtio.h"

enum : u32 { DEVICE_BIT = 0, QUEUE = 0, QUEUE_SIZE = 8, LINE_BYTES = 48 };
enum : u64 { OWN_BYTES = 256 };

static struct virtio device;
static u64 own;      /* in the device's memory */
static u64 done;
static bool present;

static void rogue_signal(u64 bits)
{
	u32 bytes = 0;
	u16 id;

	if ((bits & 1ull << DEVICE_BIT) == 0 || !present)
		return;
	virtio_interrupt(&device);
	while (virtio_take(&device, QUEUE, &id, &bytes) == VIRTIO_TAKEN)
		done++;
}

static enum status rogue_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	(void)from;
	if (span_len(path) != 0)
		return STATUS_NOT_FOUND;
	file->qid_type = QID_FILE;
	return present ? STATUS_OK : STATUS_NOT_SUPPORTED;
}

static enum status rogue_read(struct service_call *call, struct service_file *file)
{
	struct span memory = span_of(virtio_memory(&device, own, OWN_BYTES));
	u64 changed = 0;
	TEXT_BUFFER(line, 64);

	(void)file;
	for (u64 i = 0; i < OWN_BYTES; i++)
		changed += span_u8(memory, i) != 0 ? 1 : 0;
	text_add_u64(&line, done);
	text_add(&line, " done, ");
	text_add_u64(&line, changed);
	text_add(&line, " bytes changed at ");
	text_add_hex(&line, virtio_address(&device, own));
	text_add(&line, "\n");
	return service_put_at(call, text_span(&line));
}

/* In configuration space its registers could be moved over others'. STATUS_OK: it can. */
static enum status change_config(void)
{
	handle_t config = rt_handle(span_text("config")), stronger;
	pages_t pages;

	if (sys_cap_derive(config, MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE, 0, 1, &stronger) == STATUS_OK)
		return STATUS_OK;
	return rt_pages_map(config, 0, PAGE_BYTES, MAP_READ | MAP_WRITE, &pages);
}

static enum status put(u64 address, u32 bytes, u64 times)
{
	struct virtio_request request = { .count = 1, .part = { { address, bytes, true } } };
	u16 id;

	for (u64 i = 0; i < times; i++)
		if (!virtio_put(&device, QUEUE, &request, &id))
			return STATUS_BUSY;
	return STATUS_OK;
}

static enum status rogue_write(struct service_call *call, struct service_file *file)
{
	u8 bytes[LINE_BYTES];
	u64 got = 0, address = 0, count = 0, times = 1;

	(void)file;
	enum status status = service_take(call, 0, MSPAN_OF_ARRAY(bytes), &got);
	struct span line = span_trim(span_first(SPAN_OF_ARRAY(bytes), got)), where = span_split(&line, ' ');

	if (status != STATUS_OK)
		return status;
	if (span_equal(where, span_text("config")))
		return change_config();
	bool is_own = span_equal(where, span_text("own"));

	struct span bytes_said = span_split(&line, ' ');

	if ((!is_own && !span_parse_u64(where, &address)) || !span_parse_u64(bytes_said, &count) || count == 0 || count > OWN_BYTES ||
	    (span_len(line) != 0 && !span_parse_u64(line, &times)))
		return STATUS_INVALID;
	if (is_own)
		address = virtio_address(&device, own);
	status = put(address, (u32)count, times);
	if (times > 1)
		rt_exit(1);
	return status;
}

static enum status set_up(struct text *why)
{
	enum status status = virtio_set_up(&device, &(struct virtio_wants){ .queues = 1, .size = QUEUE_SIZE }, why);

	if (status == STATUS_OK && !virtio_take_memory(&device, OWN_BYTES, &own))
		status = STATUS_OUT_OF_FRAMES;
	return status == STATUS_OK ? virtio_start(&device, DEVICE_BIT) : status;
}

static const struct service_ops ops = { .open = rogue_open, .read = rogue_read, .write = rogue_write, .signal = rogue_signal };

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(why, 160);

	(void)args;
	present = set_up(&why) == STATUS_OK;
	if (!present)
		rt_log(text_span(&why));
	service_run(&ops);
}
