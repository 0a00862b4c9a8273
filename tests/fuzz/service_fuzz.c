/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: any messages to a service. The service has a directory with a file that is read and
 * written, a file whose reads wait, one whose opening waits, and one that is opened by the first create. Whatever its clients
 * send, its tables stay right, and when they are gone no file is open and no answer waits.
 *
 * A message takes 16 bytes of the input: kind, operation, badge, words, then three numbers of four bytes;
 * what is left of the input behind the present message is what the client's buffer holds.
 */
#include "abi/ninep.h"
#include "lib/base/fuzz/fuzz.h"
#include "lib/service/state.h"
#include "abi/syscalls.h"
#include "tests/host/fake_rt/kernel.h"

enum : u32 { MESSAGE_BYTES = 16, BADGES = 16, FILE_BYTES = 256, HANDLE_FIRST = 100 };
enum : u32 { NODE_ROOT, NODE_FILE, NODE_SLOW, NODE_MADE, NODE_LATE };

/* The client's side. Static, because the kernel's calls come without a context. */
static u8 input[4096];
static u32 input_bytes, at;
static u64 badges[BADGES];
static u32 badge_count, closing;
static u32 next_handle;

/* ---- the service ---- */

static const struct service_tree tree = { .count = 5, .node = {
	{ .name = "", .parent = SERVICE_TREE_NONE, .qid_type = QID_DIRECTORY },
	{ .name = "file", .parent = NODE_ROOT, .qid_type = QID_FILE },
	{ .name = "slow", .parent = NODE_ROOT, .qid_type = QID_FILE },
	{ .name = "made", .parent = NODE_ROOT, .qid_type = QID_FILE },
	{ .name = "late", .parent = NODE_ROOT, .qid_type = QID_FILE },
} };
static u8 content[FILE_BYTES];
static service_ticket waiting, opening;

static enum status open_file(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	enum status status = service_tree_open(&tree, from, path, file);

	if (status != STATUS_OK || file->node != NODE_LATE)
		return status;
	opening = service_defer_repeatable(call);
	return opening == 0 ? STATUS_BUSY : STATUS_OK;
}

/* Who waits for the file that is opened late gets it. */
static enum status open_late(bool kept)
{
	struct service_file *file = service_waiting(opening) ? service_file_new(OPEN_READ) : nullptr;

	if (file == nullptr)
		return STATUS_OUT_OF_OBJECTS;
	if (kept)
		service_ticket_keep(opening);
	file->node = NODE_LATE;
	return service_answer_opened(opening, file);
}

static enum status read_file(struct service_call *call, struct service_file *file)
{
	if (file->node != NODE_SLOW)
		return service_put_at(call, SPAN_OF_ARRAY(content));
	waiting = service_defer(call);
	return waiting == 0 ? STATUS_BUSY : STATUS_OK;
}

static enum status write_file(struct service_call *call, struct service_file *file)
{
	u64 got = 0;

	(void)file;
	if (call->offset >= FILE_BYTES)
		return STATUS_NO_SPACE;
	enum status status = service_take(call, 0, mspan_from(MSPAN_OF_ARRAY(content), call->offset), &got);

	call->count = got;
	return status;
}

static enum status list(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	return service_tree_entry(&tree, directory, index, out);
}

static enum status resize(struct service_call *call, struct service_file *file, u64 bytes)
{
	(void)call;
	file->bytes = bytes;
	return STATUS_OK;
}

static enum status control(struct service_call *call, struct service_file *file, u64 code, u64 value, u64 *result)
{
	(void)file;
	(void)service_take_cap(call, (u32)value);
	*result = code;
	if (code == 2 || code == 3)
		return open_late(code == 3);
	return waiting != 0 && code == 1 ? service_answer_data(waiting, SPAN_OF_ARRAY(content)) : STATUS_OK;
}

static enum status remove_file(struct service_call *call, const struct service_file *from, struct span path)
{
	(void)call;
	return service_tree_walk(&tree, (u32)from->node, path) == SERVICE_TREE_NONE ? STATUS_NOT_FOUND : STATUS_DENIED;
}

static enum status other(struct service_call *call)
{
	service_answer_word(call, call->op);
	return STATUS_OK;
}

static const struct service_ops ops = { .open = open_file, .create = open_file, .read = read_file, .write = write_file,
	.entry = list, .remove = remove_file, .resize = resize, .control = control, .other = other };

/* ---- the kernel ---- */

static struct span client_bytes(u64 offset, u64 most)
{
	u64 left = input_bytes - min_u64(at, input_bytes);

	if (offset > left)
		return span_empty();
	return span_part(SPAN_OF_ARRAY(input), at + offset, min_u64(left - offset, most));
}

static struct raw_result buffer_read(const struct fake_rt_arguments *a)
{
	struct mspan to = fake_rt_memory(a->at[2], a->at[3]);
	struct span from = client_bytes(a->at[1], min_u64(a->at[3], 300));

	span_copy(to, from);
	return (struct raw_result){ STATUS_OK, span_len(from) };
}

/* Reads all that is handed over, so that a view of too much is found; takes less now and then. */
static struct raw_result buffer_write(const struct fake_rt_arguments *a)
{
	struct span from = span_of(fake_rt_memory(a->at[2], a->at[3]));
	u64 taken = span_len(from);
	u32 sum = 0;

	for (u64 i = 0; i < span_len(from); i++)
		sum += span_u8(from, i);
	if (sum % 16 == 1)
		taken /= 2;
	return (struct raw_result){ STATUS_OK, taken };
}

struct raw_result fake_rt_call(u64 number, const struct fake_rt_arguments *a)
{
	switch (number) {
	case SYSCALL_BUFFER_READ:
		return buffer_read(a);
	case SYSCALL_BUFFER_WRITE:
		return buffer_write(a);
	case SYSCALL_CAP_DERIVE:
		if (badge_count == BADGES)
			return (struct raw_result){ STATUS_OUT_OF_CAPS, 0 };
		*ELEM(badges, badge_count) = a->at[2];
		badge_count++;
		return (struct raw_result){ STATUS_OK, next_handle++ };
	case SYSCALL_REPLY_CREATE:
		return (struct raw_result){ STATUS_OK, next_handle++ };
	case SYSCALL_EXIT:
		INVARIANT(false, "SERVICE: it gave up");
	default:
		return (struct raw_result){ STATUS_OK, 0 };
	}
}

static u64 receive(struct raw_message *m, u64 badge, u64 info)
{
	m->arg0 = badge;
	m->arg1 = info;
	return STATUS_OK;
}

/* The next message of the input; behind its end the clients' capabilities go. */
static u64 next_message(struct raw_message *m)
{
	struct span rest = span_part(SPAN_OF_ARRAY(input), 0, input_bytes);
	struct span bytes;

	if (!span_sub(rest, at, MESSAGE_BYTES, &bytes)) {
		if (closing == badge_count)
			fake_rt_stop();
		return receive(m, *ELEM(badges, closing++), msg_info_make(0, 1, 0, MSG_KIND_NOTE_BADGE_GONE, 0));
	}
	at += MESSAGE_BYTES;
	u64 badge = span_u8(bytes, 2), kind = span_u8(bytes, 0) % 8 == 0 ? MSG_KIND_SEND : MSG_KIND_CALL;

	/* Mostly of files that are open; the root's is 0. */
	if (badge % 8 != 7)
		badge = badge_count == 0 ? 0 : *ELEM(badges, badge % badge_count);
	for (u32 i = 0; i < 3; i++)
		*ELEM(m->word, i) = span_le32(bytes, 4 + 4 * i) >> (span_u8(bytes, 3) & 31);
	return receive(m, badge, msg_info_make(span_u8(bytes, 1) % 12, span_u8(bytes, 3) % 8, span_u8(bytes, 3) % 3, kind, 1));
}

u64 fake_rt_message(u64 number, struct raw_message *m)
{
	if (number == SYSCALL_RECEIVE || number == SYSCALL_REPLY_RECEIVE)
		return next_message(m);
	return STATUS_OK;
}

/* ---- */

static void serve(void) { service_run(&ops); }

void fuzz_one(struct span bytes)
{
	if (next_handle == 0)
		fake_rt_adopt();
	next_handle = next_handle == 0 ? HANDLE_FIRST : next_handle;
	input_bytes = (u32)min_u64(span_len(bytes), ARRAY_LEN(input));
	span_copy(MSPAN_OF_ARRAY(input), span_first(bytes, input_bytes));
	at = 0;
	badge_count = 0;
	closing = 0;
	waiting = opening = 0;
	fake_rt_run(serve);
	INVARIANT(service_file_from(0) == nullptr, "SERVICE-BADGE: a file is open that nobody has");
	for (u32 slot = 0; slot <= SERVICE_DEFERRED_MAX; slot++)
		slots_release(slot);
}
