/* SPDX-License-Identifier: Apache-2.0
 *
 * Pipes. An open file is an end: `node` is the pipe's number from 1, state[0] which end.
 * A pipe lives while an end of it is open. Pipes are kept, with what is in them and who waits: who
 * uses one does not notice that the service was restarted.
 */
#include "lib/keep/keep.h"
#include "lib/rt/rt.h"
#include "lib/waiting/waiting.h"

enum : u32 { PIPES_MAX = 32, PIPE_BYTES = 4096, STATE_VERSION = 1 };
enum pipe_end : u64 { READING, WRITING };

struct STABLE pipe {
	u32 open[2];         /* ends of each kind; none of both: the pipe is free */
	bool written_to;     /* it has had a writing end */
	u32 first, used;     /* of the ring */
	u32 reserved;
	struct waiting readers; /* only while the ring is empty */
	struct waiting writers; /* only while it is full */
};
KEEP_RECORD(struct pipe, 296);

static struct pipe pipes[PIPES_MAX];
static struct keep_part kept_pipes;
static u8 own_rings[PIPES_MAX][PIPE_BYTES]; /* if nothing is kept */
static u64 kept_rings;                      /* in the state's bulk; 0: none */

static u32 pipe_index(const struct pipe *pipe)
{
	u32 index = 0;

	while (index < PIPES_MAX - 1 && ELEM(pipes, index) != pipe)
		index++;
	return index;
}

static void pipe_changed(const struct pipe *pipe)
{
	keep_changed(&kept_pipes, pipe_index(pipe), SPAN_OF_STRUCT(*pipe));
}

/* Bytes that are not in use yet may be written at any time; those in use are not written again before it is
 * decided that they were read. */
static struct mspan ring_of(const struct pipe *pipe)
{
	u32 index = pipe_index(pipe);

	return kept_rings == 0 ? MSPAN_OF_ARRAY(*ELEM(own_rings, index)) :
		keep_bulk_bytes(kept_rings + (u64)index * PIPE_BYTES, PIPE_BYTES);
}

static struct pipe *pipe_of(const struct service_file *file)
{
	return ELEM(pipes, file->node - 1);
}

/* Free bytes, and used bytes, that lie together. */
static struct mspan ring_room(struct pipe *pipe)
{
	u32 end = (pipe->first + pipe->used) % PIPE_BYTES;

	return mspan_part(ring_of(pipe), end, min_u64(PIPE_BYTES - pipe->used, PIPE_BYTES - end));
}

static struct span ring_data(const struct pipe *pipe)
{
	return span_part(span_of(ring_of(pipe)), pipe->first, min_u64(pipe->used, PIPE_BYTES - pipe->first));
}

static void ring_drop(struct pipe *pipe, u64 bytes)
{
	pipe->first = (u32)((pipe->first + bytes) % PIPE_BYTES);
	pipe->used -= (u32)bytes;
}

/* True if something moved. A reader that has gone took nothing. */
static bool serve_reader(struct pipe *pipe)
{
	bool ended = pipe->written_to && pipe->open[WRITING] == 0;
	service_ticket ticket = pipe->used > 0 || ended ? waiting_take(&pipe->readers) : 0;

	if (ticket == 0)
		return false;
	struct span data = span_first(ring_data(pipe), service_ticket_count(ticket));

	if (service_answer_data(ticket, data) == STATUS_OK)
		ring_drop(pipe, span_len(data));
	return true;
}

static bool serve_writer(struct pipe *pipe)
{
	bool broken = pipe->open[READING] == 0;
	service_ticket ticket = pipe->used < PIPE_BYTES || broken ? waiting_take(&pipe->writers) : 0;
	u64 got = 0;

	if (ticket == 0)
		return false;
	enum status status = broken ? STATUS_PEER_DIED : service_take_deferred(ticket, 0, ring_room(pipe), &got);

	pipe->used += (u32)got;
	service_answer(ticket, status, got);
	return true;
}

static void serve(struct pipe *pipe)
{
	bool read = false, moved = true;

	while (moved) {
		moved = serve_reader(pipe);
		read = read || moved;
		if (moved || waiting_first(&pipe->writers) == 0)
			continue;
		/* WHY: a writer's bytes may go where those lie that were just read. */
		if (read) {
			pipe_changed(pipe);
			keep_commit();
			read = false;
		}
		moved = serve_writer(pipe);
	}
	pipe_changed(pipe);
}

/* ---- the callbacks ---- */

static enum status open_new(struct service_file *file)
{
	for (u32 i = 0; i < PIPES_MAX; i++) {
		struct pipe *pipe = ELEM(pipes, i);

		if (pipe->open[READING] != 0 || pipe->open[WRITING] != 0)
			continue;
		pipe->written_to = false;
		pipe->first = pipe->used = 0;
		pipe->open[READING] = 1;
		pipe_changed(pipe);
		file->node = i + 1;
		file->state[0] = READING;
		return STATUS_OK;
	}
	return STATUS_OUT_OF_OBJECTS;
}

static enum status open_end(const struct service_file *from, struct service_file *file)
{
	struct pipe *pipe = pipe_of(from);
	enum pipe_end end = (file->flags & OPEN_WRITE) != 0 ? WRITING : READING;

	pipe->open[end]++;
	pipe->written_to = pipe->written_to || end == WRITING;
	pipe_changed(pipe);
	file->node = from->node;
	file->state[0] = end;
	return STATUS_OK;
}

static enum status pipe_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	if ((file->flags & OPEN_READ) != 0 && (file->flags & OPEN_WRITE) != 0)
		return STATUS_INVALID; /* an end is for one direction */
	file->qid_type = QID_STREAM;
	if (from->node != 0)
		return span_len(path) == 0 ? open_end(from, file) : STATUS_NOT_DIRECTORY;
	if (span_equal(path, span_text("new")))
		return (file->flags & OPEN_WRITE) != 0 ? STATUS_DENIED : open_new(file);
	file->qid_type = QID_DIRECTORY;
	return span_len(path) == 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

static void pipe_closed(struct service_file *file)
{
	if (file->node == 0)
		return;
	struct pipe *pipe = pipe_of(file);

	pipe->open[file->state[0] == WRITING ? WRITING : READING]--;
	serve(pipe);
}

static enum status pipe_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	(void)directory;
	if (index > 0)
		return STATUS_NOT_FOUND;
	service_set_entry(out, span_text("new"), QID_STREAM, 1, 0);
	return STATUS_OK;
}

static enum status pipe_read(struct service_call *call, struct service_file *file)
{
	if (call->count == 0)
		return STATUS_OK;
	enum status status = waiting_add(&pipe_of(file)->readers, call);

	if (status == STATUS_OK)
		serve(pipe_of(file));
	return status;
}

static enum status pipe_write(struct service_call *call, struct service_file *file)
{
	if (call->count == 0)
		return STATUS_OK;
	enum status status = waiting_add(&pipe_of(file)->writers, call);

	if (status == STATUS_OK)
		serve(pipe_of(file));
	return status;
}

static void pipe_keep(void)
{
	keep_add(&kept_pipes, MSPAN_OF_ARRAY(pipes), sizeof(struct pipe));
	kept_rings = keep_bulk((u64)PIPES_MAX * PIPE_BYTES);
}

/* The last instance may have ended before it had served all who could be. */
static void pipe_kept(void)
{
	for (u32 i = 0; i < PIPES_MAX; i++)
		serve(ELEM(pipes, i));
	keep_commit();
}

static const struct service_ops ops = {
	.open = pipe_open, .closed = pipe_closed, .entry = pipe_entry, .read = pipe_read, .write = pipe_write,
	.keeps = STATE_VERSION, .keeps_bytes = sizeof(pipes), .keep = pipe_keep, .kept = pipe_kept,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	service_run(&ops);
}
