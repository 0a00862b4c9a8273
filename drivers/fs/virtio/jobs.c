/* SPDX-License-Identifier: Apache-2.0
 *
 * Jobs under way. See jobs.h.
 */
#include "drivers/fs/virtio/jobs.h"
#include "drivers/fs/virtio/files.h"
#include "lib/keep/keep.h"
#include "lib/rt/rt.h"
#include "lib/virtio/virtio.h"
#include "abi/stubs.h"

/* SPARE: without a client who waits. */
enum : u32 { QUEUE = 0, QUEUE_SIZE = 32, SPARE = 8, JOBS = SERVICE_DEFERRED_MAX + SPARE, AREAS = 12, NONE = U32_MAX };
/* An area has a request, and behind it room for the answer. HEAD: of answers, as much as is looked at. */
enum : u32 { AREA_BYTES = 4608, ANSWER_ALIGNMENT = 16, HEAD_BYTES = 1280, WRONG_LINES = 8 };
/* Who has waited for so many ticks without anything happening is told so. */
enum : u32 { TICKS_MAX = 2 };
enum : u64 { TICK_NS = 5000000000ull };
static_assert(P9_MESSAGE_BYTES + ANSWER_ALIGNMENT + 256 <= AREA_BYTES, "the longest request and its answer fit");
static_assert(P9_READ_AT + P9_LIST_BYTES <= HEAD_BYTES, "all of an answer is looked at");

enum job_state : u32 { FREE, QUEUED, ASKED };

struct job {
	enum job_state state;
	service_ticket ticket;   /* 0: nobody waits */
	u64 number;              /* in order of arrival */
	u32 self, file, area, answer_at;
	bool begun;              /* it is the one that is kept */
	u32 since;               /* the tick at which it was added, or asked last */
	struct p9_task task;
};

static struct virtio device;
static u64 areas;                        /* in the device's memory */
static bool area_taken[AREAS];
static struct job jobs[JOBS];
static u32 job_of_chain[VIRTIO_RING_MAX];
static u64 added;
static u32 wrong_lines;
static enum status session = STATUS_BUSY;  /* OK: there is one */
static u8 head[HEAD_BYTES];              /* of an answer, out of the device's reach */
static struct begun begun;
KEEP_RECORD(struct begun, 312);
static struct keep_part kept_begun;
static handle_t timer;
static bool ticking;
static u32 tick;

static struct mspan area(const struct job *j) { return virtio_memory(&device, areas + (u64)j->area * AREA_BYTES, AREA_BYTES); }
static bool is_waited_for(const struct job *j) { return j->ticket != 0 && service_waiting(j->ticket); }
static bool alone(const struct job *j) { return p9_work_alone(j->task.work, j->task.flags); }

/* ---- what is kept ---- */

void jobs_keep(void) { keep_add(&kept_begun, MSPAN_OF_STRUCT(begun), sizeof(begun)); }

static void keep_begun(void) { keep_changed(&kept_begun, 0, SPAN_OF_STRUCT(begun)); }

/* WHY committed at once: the host may do it from here on. */
static void begin(struct job *j)
{
	const struct p9_task *t = &j->task;

	begun = (struct begun){ .ticket = j->ticket, .work = t->work, .flags = t->flags, .node = t->node, .offset = t->offset,
		.count = t->count, .file = j->file == NONE ? 0 : j->file + 1 };
	span_copy(MSPAN_OF_ARRAY(begun.path), span_first(SPAN_OF_ARRAY(t->path), t->path_bytes));
	j->begun = true;
	service_ticket_keep(j->ticket);
	keep_begun();
	keep_commit();
}

/* INV: who is answered by the same commit is not begun for again. */
static void end_begun(struct job *j)
{
	if (!j->begun)
		return;
	j->begun = false;
	begun.ticket = 0;
	keep_begun();
}

static struct job *free_job(u32 from)
{
	for (u32 i = from; i < JOBS; i++)
		if (ELEM(jobs, i)->state == FREE)
			return ELEM(jobs, i);
	return nullptr;
}

void jobs_kept(void)
{
	struct job *j = free_job(SPARE);
	struct span path = span_until_zero(SPAN_OF_ARRAY(begun.path));

	if (begun.ticket == 0)
		return;
	if (j == nullptr || !service_waiting((service_ticket)begun.ticket) || begun.work >= P9_WORKS) {
		begun.ticket = 0;
		keep_begun();
		return;
	}
	*j = (struct job){ .state = QUEUED, .self = j->self, .ticket = (service_ticket)begun.ticket, .number = added++, .since = tick,
		.area = NONE, .begun = true, .file = begun.file == 0 ? NONE : (u32)begun.file - 1 };
	j->task = (struct p9_task){ .work = (enum p9_work)begun.work, .flags = (u32)begun.flags, .node = begun.node,
		.offset = begun.offset, .count = (u32)begun.count, .resumed = true, .path_bytes = (u32)span_len(path) };
	span_copy(MSPAN_OF_ARRAY(j->task.path), path);
}

/* ---- ends ---- */

static void answer_opened(struct job *j)
{
	const struct p9_task *t = &j->task;
	struct service_file *file = service_file_new(t->flags);

	if (file == nullptr) {
		fids_leave(t->own_fid);
		(void)service_answer(j->ticket, STATUS_OUT_OF_OBJECTS, 0);
		return;
	}
	file->node = t->node;
	file->qid_type = t->about.qid.directory ? QID_DIRECTORY : QID_FILE;
	file->qid_version = t->about.qid.version;
	file->bytes = t->about.bytes;
	u32 index = file->index;

	files_opened(file, t);
	if (service_answer_opened(j->ticket, file) != STATUS_OK)
		files_set_fid(index, 0);
}

static void answer_stat(const struct job *j)
{
	const struct p9_attributes *about = &j->task.about;
	struct file_stat stat = { .qid_type = about->qid.directory ? QID_DIRECTORY : QID_FILE, .qid_version = about->qid.version,
		.qid_path = about->qid.path, .bytes = about->bytes, .modified_ns = about->modified_ns };

	mspan_set_text(MSPAN_OF_ARRAY(stat.name), path_name(span_first(SPAN_OF_ARRAY(j->task.path), j->task.path_bytes)));
	(void)service_answer_data(j->ticket, SPAN_OF_STRUCT(stat));
}

/* Whoever is gone needs no answer. */
static void answer_good(struct job *j)
{
	struct p9_task *t = &j->task;

	switch (t->work) {
	case P9_DO_READ:
		(void)service_answer_data(j->ticket, span_part(span_of(area(j)), j->answer_at + P9_READ_AT, t->count));
		break;
	case P9_DO_LIST:
		files_remember_place(j->file, t);
		(void)service_answer_data(j->ticket, t->found ? SPAN_OF_STRUCT(t->entry) : span_empty());
		break;
	case P9_DO_STAT: answer_stat(j); break;
	case P9_DO_OPEN:
	case P9_DO_CREATE: answer_opened(j); break;
	case P9_DO_WRITE:
	case P9_DO_APPEND:
	case P9_DO_REMOVE:
	case P9_DO_RESIZE:
	case P9_DO_BEGIN:
	case P9_DO_CLUNK:
	case P9_WORKS:
		(void)service_answer(j->ticket, STATUS_OK, t->count);
		break;
	}
}

static void end(struct job *j)
{
	struct p9_task *t = &j->task;
	bool waiting = is_waited_for(j);
	bool opened = t->status == STATUS_OK && waiting && (t->work == P9_DO_OPEN || t->work == P9_DO_CREATE);

	end_begun(j);
	if (t->work == P9_DO_BEGIN)
		session = t->status;
	if (waiting && t->status == STATUS_OK)
		answer_good(j);
	else if (waiting)
		(void)service_answer(j->ticket, t->status, 0);
	if (t->own_fid != 0 && !opened && t->own_held)
		fids_leave(t->own_fid);
	else if (t->own_fid != 0 && !opened)
		fids_free(t->own_fid);
	if (j->area != NONE)
		*ELEM(area_taken, j->area) = false;
	j->state = FREE;
}

static void end_with(struct job *j, enum status status)
{
	j->task.status = status;
	end(j);
}

static void say_wrong(const struct job *j)
{
	TEXT_BUFFER(line, 160);

	if (wrong_lines++ >= WRONG_LINES)
		return;
	text_add(&line, "problem: the host's answer to a message of type ");
	text_add_u64(&line, j->task.asked.type);
	text_add(&line, " is wrong: who had asked is told of an input/output error");
	rt_log(text_span(&line));
}

/* ---- the limit of time ---- */

/* WHY not a time of each: a clock would be read for each request, and a timer set. */
static void tick_on(void)
{
	if (!ticking)
		ticking = sys_timer_set(timer, rt_deadline_in(TICK_NS), 0) == STATUS_OK;
}

/* Whoever waits is told, and may go on. WHY the rest of it stays where the host has it: the device may still write the answer.
 * WHY no reset: a device resets when the host's side has finished. */
static void give_up_waiting(struct job *j)
{
	if (j->state == QUEUED) {
		end_with(j, STATUS_TIMED_OUT);
		return;
	}
	end_begun(j);
	(void)service_answer(j->ticket, STATUS_TIMED_OUT, 0);
}

void jobs_tick(void)
{
	bool some = false;

	ticking = false;
	tick++;
	for (u32 i = 0; i < JOBS; i++) {
		struct job *j = ELEM(jobs, i);

		if (j->state == FREE || !is_waited_for(j))
			continue;
		if (tick - j->since > TICKS_MAX)
			give_up_waiting(j);
		else
			some = true;
	}
	if (some)
		tick_on();
}

/* ---- asking and hearing ---- */

/* What is to be written comes from the caller. */
static enum status fetch(const struct job *j)
{
	u64 got = 0;
	enum status status = service_take_deferred(j->ticket, 0, mspan_part(area(j), P9_WRITE_AT, j->task.count), &got);

	return status == STATUS_OK && got != j->task.count ? STATUS_BAD_ADDRESS : status;
}

static void ask(struct job *j)
{
	u64 address = virtio_address(&device, areas + (u64)j->area * AREA_BYTES);
	u32 room = 0;
	bool data = false;
	u32 bytes = p9_task_ask(&j->task, (u16)j->area, area(j), &room, &data);
	enum status status = data ? fetch(j) : STATUS_OK;
	u16 id;

	if (status != STATUS_OK) {
		end_with(j, status);
		return;
	}
	j->answer_at = (bytes + ANSWER_ALIGNMENT - 1) / ANSWER_ALIGNMENT * ANSWER_ALIGNMENT;
	struct virtio_request request = { .count = 2, .part = { { address, bytes, false }, { address + j->answer_at, room, true } } };

	j->since = tick;
	tick_on();
	/* The queue has room for all areas. */
	if (!virtio_put(&device, QUEUE, &request, &id))
		virtio_abandon_broken(&device);
	*ELEM(job_of_chain, id) = j->self;
}

/* The file that was opened again, here or meanwhile for another job, is the file's from now on. */
static void take_opened(struct job *j)
{
	struct p9_task *t = &j->task;

	if (files_fid(j->file) == 0)
		files_set_fid(j->file, t->own_fid);
	else
		fids_leave(t->own_fid);
	t->fid = files_fid(j->file);
	t->own_fid = fids_take();
	if (t->own_fid == 0) {
		end_with(j, STATUS_BUSY);
		return;
	}
	p9_task_begin(t);
	ask(j);
}

static void go_on(struct job *j, enum p9_then then)
{
	/* Its file has been closed: nobody wants it. */
	if (then != P9_WRONG && j->ticket != 0 && !is_waited_for(j))
		then = P9_DONE;
	switch (then) {
	case P9_COMMIT:
		begin(j);
		ask(j);
		break;
	case P9_ASK: ask(j); break;
	case P9_OPENED: take_opened(j); break;
	case P9_WRONG:
		say_wrong(j);
		end(j);
		break;
	case P9_DONE: end(j); break;
	}
}

static void hear(struct job *j, u32 written)
{
	u32 looked_at = j->task.asked.type == P9_READ ? P9_READ_AT : HEAD_BYTES;
	struct mspan answer = mspan_first(mspan_part(area(j), j->answer_at, written), looked_at);

	/* WHY a copy: what the device can still reach may change. What a file holds is its reader's to judge. */
	span_copy(MSPAN_OF_ARRAY(head), span_of(answer));
	go_on(j, p9_task_heard(&j->task, span_first(SPAN_OF_ARRAY(head), mspan_len(answer)), written));
}

/* ---- beginnings ---- */

static bool alone_under_way(void)
{
	for (u32 i = 0; i < JOBS; i++)
		if (ELEM(jobs, i)->state == ASKED && alone(ELEM(jobs, i)))
			return true;
	return false;
}

static struct job *oldest(bool alone_too)
{
	struct job *found = nullptr;

	for (u32 i = 0; i < JOBS; i++) {
		struct job *j = ELEM(jobs, i);

		if (j->state == QUEUED && (alone_too || !alone(j)) && (found == nullptr || j->number < found->number))
			found = j;
	}
	return found;
}

static u32 free_area(void)
{
	u32 at = 0;

	while (at < AREAS && area_taken[at])
		at++;
	return at;
}

/* False: there is no room for it now. */
static bool start(struct job *j)
{
	if (j->ticket != 0 && !service_waiting(j->ticket)) {
		end_with(j, STATUS_CANCELLED);
		return true;
	}
	u32 at = free_area(), fid = j->task.own_fid != 0 || at == AREAS ? j->task.own_fid : fids_take();

	if (at == AREAS || (fid == 0 && j->task.work != P9_DO_BEGIN))
		return false;
	*ELEM(area_taken, at) = true;
	j->area = at;
	j->task.own_fid = fid;
	j->task.fid = j->file == NONE ? 0 : files_fid(j->file);
	if (j->task.work == P9_DO_LIST)
		files_place(j->file, &j->task);
	p9_task_begin(&j->task);
	j->state = ASKED;
	ask(j);
	return true;
}

static struct job *make_job(const struct p9_task *task, u32 file, u32 from)
{
	struct job *j = free_job(from);

	if (j != nullptr)
		*j = (struct job){ .state = QUEUED, .self = j->self, .number = added++, .since = tick, .file = file, .area = NONE,
			.task = *task };
	return j;
}

void jobs_forget(void)
{
	struct p9_task task = { .work = P9_DO_CLUNK };

	while (session == STATUS_OK && free_area() < AREAS && free_job(0) != nullptr && (task.own_fid = fids_leaving()) != 0)
		(void)start(make_job(&task, NONE, 0));
}

static void start_queued(void)
{
	struct job *j;

	while (session == STATUS_OK && (j = oldest(!alone_under_way())) != nullptr && start(j))
		;
	jobs_forget();
}

/* Without a session nobody is served. */
static void refuse_queued(void)
{
	struct job *j;

	while ((j = oldest(true)) != nullptr)
		end_with(j, STATUS_IO);
}

enum status jobs_add(struct service_call *call, const struct p9_task *task, u32 file)
{
	if (session != STATUS_OK && session != STATUS_BUSY)
		return STATUS_IO;
	/* The others are for those without a client. */
	struct job *j = make_job(task, file, SPARE);

	if (j == nullptr)
		return STATUS_BUSY;
	j->ticket = service_defer_repeatable(call);
	if (j->ticket == 0) {
		j->state = FREE;
		return STATUS_BUSY;
	}
	tick_on();
	start_queued();
	return STATUS_OK;
}

void jobs_interrupt(void)
{
	enum virtio_taken taken;
	u32 bytes = 0;
	u16 id;

	virtio_interrupt(&device);
	while ((taken = virtio_take(&device, QUEUE, &id, &bytes)) == VIRTIO_TAKEN)
		hear(ELEM(jobs, *ELEM(job_of_chain, id)), bytes);
	if (taken == VIRTIO_BROKEN)
		virtio_abandon_broken(&device);
	if (session != STATUS_OK && session != STATUS_BUSY)
		refuse_queued();
	start_queued();
}

/* ---- */

static void begin_session(void)
{
	struct p9_task task = { .work = P9_DO_BEGIN };

	(void)start(make_job(&task, NONE, 0));
}

enum status jobs_open(u32 interrupt_bit, u32 timer_bit, struct text *why)
{
	enum status status = virtio_set_up(&device, &(struct virtio_wants){ .queues = 1, .size = QUEUE_SIZE, .parts = 2 }, why);

	for (u32 i = 0; i < JOBS; i++)
		ELEM(jobs, i)->self = i;
	if (status == STATUS_OK && !virtio_take_memory(&device, (u64)AREAS * AREA_BYTES, &areas)) {
		text_add(why, "too little memory for requests");
		status = STATUS_OUT_OF_FRAMES;
	}
	if (status == STATUS_OK)
		status = sys_timer_create(rt_group(), service_signal(), 1ull << timer_bit, &timer);
	if (status == STATUS_OK)
		status = virtio_start(&device, interrupt_bit);
	if (status == STATUS_OK)
		begin_session();
	return status;
}
