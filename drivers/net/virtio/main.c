/* SPDX-License-Identifier: Apache-2.0
 *
 * An Ethernet as files, /dev/net0/frames and /dev/net0/status. README.md says what is promised.
 */
#include "drivers/net/virtio/frames.h"
#include "lib/frames/protocol/protocol.h"
#include "lib/driver/end.h"
#include "lib/virtio/virtio.h"

enum : u32 { STATE_VERSION = 2, DEVICE_BIT = 0 };
enum node : u64 { ROOT, FRAMES, STATUS };

static const struct service_tree tree = {
	.count = 3,
	.node = { { .name = "", .qid_type = QID_DIRECTORY }, { .name = "frames", .qid_type = QID_STREAM },
		{ .name = "status", .qid_type = QID_FILE } },
};

static enum status net_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	enum status status = service_tree_open(&tree, from, path, file);

	if (status == STATUS_OK && file->node == STATUS && (file->flags & OPEN_WRITE) != 0)
		return STATUS_DENIED;
	return status;
}

static void net_closed(struct service_file *file) { frames_end(file); }

static enum status net_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	return service_tree_entry(&tree, directory, index, out);
}

static void add_count(struct text *text, struct span what, u64 count)
{
	text_add_padded(text, what, 10);
	text_add_u64(text, count);
	text_add(text, "\n");
}

static enum status read_status(struct service_call *call)
{
	struct frames_status s;
	TEXT_BUFFER(text, 256);

	frames_status(&s);
	text_add_padded(&text, span_text("address"), 10);
	for (u32 i = 0; i < ARRAY_LEN(s.address); i++) {
		if (i > 0)
			text_add(&text, ":");
		text_add_hex_digits(&text, s.address[i], 2);
	}
	text_add(&text, "\n");
	text_add_padded(&text, span_text("link"), 10);
	text_add_span(&text, s.up ? span_text("up\n") : span_text("down\n"));
	add_count(&text, span_text("mtu"), s.mtu);
	add_count(&text, span_text("sent"), s.sent);
	add_count(&text, span_text("received"), s.received);
	add_count(&text, span_text("dropped"), s.dropped);
	return service_put_at(call, text_span(&text));
}

static enum status net_read(struct service_call *call, struct service_file *file)
{
	return file->node == STATUS ? read_status(call) : STATUS_NOT_SUPPORTED;
}

static enum status net_other(struct service_call *call)
{
	struct service_file *file = service_file_of(call);

	if (call->op != LEASE_TAKE && call->op != LEASE_ASK && call->op != FRAMES_SYNC)
		return STATUS_UNKNOWN_CALL;
	if (file == nullptr)
		return STATUS_STALE;
	if (file->node != FRAMES)
		return STATUS_UNKNOWN_CALL;
	if (call->op == LEASE_TAKE)
		return frames_lease(call, file);
	return call->op == LEASE_ASK ? frames_ask(file) : frames_sync(call, file);
}

static void net_signal(u64 bits)
{
	if ((bits & 1ull << DEVICE_BIT) != 0)
		frames_interrupt();
	else if ((bits & LEASE_BELL) != 0)
		frames_serve();
}

static const struct service_ops ops = {
	.open = net_open, .closed = net_closed, .entry = net_entry, .read = net_read, .other = net_other, .signal = net_signal,
	.keeps = STATE_VERSION, .kept = frames_kept,
};

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(why, 160);

	(void)args;
	enum status status = frames_set_up(DEVICE_BIT, &why);

	if (status != STATUS_OK)
		driver_not_up(status, &why);
	service_run(&ops);
}
