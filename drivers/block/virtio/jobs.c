/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests under way. See jobs.h.
 */
#include "drivers/block/virtio/wanted.h"
#include "drivers/block/virtio/windows.h"
#include "lib/ring/turns.h"
#include "lib/virtio/virtio.h"
#include "abi/stubs.h"

enum : u32 { QUEUES = 4, DESCRIPTORS = 64, CALLS = SERVICE_DEFERRED_MAX, THROUGH_RINGS = 32, JOBS = CALLS + THROUGH_RINGS,
	BOUNCES = 12, NONE = U32_MAX };
/* Who is served in turn: calls, and each window. */
enum : u32 { PARTIES = 1 + WINDOWS_MAX, CALLS_PARTY = 1, PARTS = 3 };
/* A device that answers none of what it has for so many ticks is taken to have lost it. */
enum : u32 { TICKS_MAX = 2 };
enum : u64 { TICK_NS = 5000000000ull };
/* SPEC: virtio 1.2, 5.2.4 "Device configuration layout" */
enum : u64 { OWN_CAPACITY = 0, OWN_SIZE_MAX = 8, OWN_QUEUES = 34, OWN_DISCARD_MOST = 36, OWN_ZERO_MOST = 48 };
enum : u64 { BLOCK_FEATURES = BLOCK_F_SIZE_MAX | BLOCK_F_READ_ONLY | BLOCK_F_FLUSH | BLOCK_F_DISCARD | BLOCK_F_ZERO };

enum slot_state : u32 { FREE, QUEUED, GIVEN };

struct slot {
	enum slot_state state;
	struct job job;
	u32 ring;         /* the window through whose ring it came; 0: by a call */
	service_ticket ticket;
	u64 number;       /* of calls, in order of arrival; else as it came */
	u32 bounce;       /* NONE: it has none */
	u32 since;        /* at which tick it came to its state */
};

static struct virtio device;
static struct block_disk disk;
static u64 areas, bounces;               /* in the device's memory */
static struct slot slots[JOBS];
static bool bounce_taken[BOUNCES];
static u32 slot_of_chain[QUEUES][VIRTIO_RING_MAX];
static u64 added;
static u32 queued, through_rings;
static u32 turn;      /* the party that is served first */
static handle_t timer;
static bool ticking;
static u32 tick;

const struct block_disk *jobs_disk(void) { return &disk; }

static enum status understand(struct text *why)
{
	bool limited = (device.features & BLOCK_F_SIZE_MAX) != 0;

	if (limited && virtio_own32(&device, OWN_SIZE_MAX) < BLOCK_WINDOW_BYTES) {
		text_add(why, "the device takes less than 64 KiB in one piece");
		return STATUS_NOT_SUPPORTED;
	}
	disk = block_disk_of(device.features, virtio_own64(&device, OWN_CAPACITY), virtio_own32(&device, OWN_DISCARD_MOST),
		virtio_own32(&device, OWN_ZERO_MOST));
	return STATUS_OK;
}

enum status jobs_open(u32 interrupt_bit, u32 timer_bit, struct text *why)
{
	struct virtio_wants wants = { .wanted = BLOCK_FEATURES, .queues = 1, .size = DESCRIPTORS, .parts = PARTS,
		.several = BLOCK_F_QUEUES, .several_at = OWN_QUEUES, .queues_most = QUEUES };
	enum status status = virtio_set_up(&device, &wants, why);

	if (status == STATUS_OK)
		status = understand(why);
	if (status == STATUS_OK && (!virtio_take_memory(&device, JOBS * BLOCK_AREA_BYTES, &areas) ||
				    !virtio_take_memory(&device, BOUNCES * BOUNCE_BYTES, &bounces))) {
		text_add(why, "too little memory for requests");
		status = STATUS_OUT_OF_FRAMES;
	}
	if (status == STATUS_OK)
		status = sys_timer_create(rt_group(), service_signal(), 1ull << timer_bit, &timer);
	return status == STATUS_OK ? virtio_start(&device, interrupt_bit) : status;
}

/* ---- memory ---- */

static struct mspan area(u32 slot) { return virtio_memory(&device, areas + slot * BLOCK_AREA_BYTES, BLOCK_AREA_BYTES); }

static struct mspan bounce(const struct slot *s)
{
	return virtio_memory(&device, bounces + s->bounce * BOUNCE_BYTES, BOUNCE_BYTES);
}

static bool needs_bounce(const struct slot *s) { return s->job.bytes != 0; }

static bool take_bounce(struct slot *s)
{
	for (u32 i = 0; i < BOUNCES && s->bounce == NONE; i++) {
		if (*ELEM(bounce_taken, i))
			continue;
		*ELEM(bounce_taken, i) = true;
		s->bounce = i;
	}
	return s->bounce != NONE;
}

static u32 free_slot(void)
{
	for (u32 i = 0; i < JOBS; i++)
		if (ELEM(slots, i)->state == FREE)
			return i;
	return NONE;
}

/* ---- ends ---- */

static void finish(struct slot *s, enum status status)
{
	struct job *job = &s->job;

	if (s->ring != 0) {
		windows_answer(s->ring, s->number, status);
		windows_done(s->ring);
		through_rings--;
		s->state = FREE;
		return;
	}
	/* Whoever is gone needs no answer. */
	if (status == STATUS_OK && job->what.op == BLOCK_READ && needs_bounce(s))
		(void)service_answer_data(s->ticket, span_part(span_of(bounce(s)), job->skip, job->bytes));
	else
		(void)service_answer(s->ticket, status, job->bytes);
	if (s->bounce != NONE)
		*ELEM(bounce_taken, s->bounce) = false;
	if (job->window != 0)
		windows_done(job->window);
	s->state = FREE;
}

/* ---- beginnings ---- */

/* What is to be written comes from the caller. */
static enum status fetch(const struct slot *s)
{
	u64 got = 0;
	enum status status = service_take_deferred(s->ticket, 0, mspan_first(bounce(s), s->job.bytes), &got);

	return status == STATUS_OK && got != s->job.bytes ? STATUS_BAD_ADDRESS : status;
}

/* WHY not a time of each: a clock would be read for each request, and a timer set. */
static void tick_on(void)
{
	if (!ticking)
		ticking = sys_timer_set(timer, rt_deadline_in(TICK_NS), 0) == STATUS_OK;
}

static bool some_are(enum slot_state state)
{
	for (u32 i = 0; i < JOBS; i++)
		if (ELEM(slots, i)->state == state)
			return true;
	return false;
}

void jobs_tick(void)
{
	/* WHY those that wait only if the device has nothing: it may be slow, and they are many. */
	enum slot_state late = some_are(GIVEN) ? GIVEN : QUEUED;

	ticking = false;
	tick++;
	for (u32 i = 0; i < JOBS; i++) {
		const struct slot *s = ELEM(slots, i);

		if (s->state == late && tick - s->since > TICKS_MAX)
			virtio_abandon(&device, span_text("the device has not answered for ten seconds"));
	}
	if (some_are(late))
		tick_on();
}

static bool has_room(u32 queue)
{
	const struct virtio_ring *ring = &ELEM(device.queue, queue)->ring;

	return ring->free_count >= (ring->modes.indirect ? 1 : PARTS);
}

bool jobs_have_room(void)
{
	bool room = false;

	for (u32 i = 0; i < device.queues; i++)
		room = room || has_room(i);
	return room && through_rings < THROUGH_RINGS;
}

/* A window's own queue, or another that has room. WHY its own: a device goes through its queues in turn, so what one client has
 * under way is not all before another's. */
static bool put(u32 index)
{
	struct slot *s = ELEM(slots, index);
	u32 home = s->job.window;
	struct virtio_request request;
	u16 id;

	block_prepare(&s->job.what, area(index), virtio_address(&device, areas + index * BLOCK_AREA_BYTES), &request);

	for (u32 i = 0; i < device.queues; i++) {
		u32 queue = (home + i) % device.queues;

		if (!virtio_put(&device, queue, &request, &id))
			continue;
		*ELEM(slot_of_chain[bounded(queue, QUEUES)], id) = index;
		s->state = GIVEN;
		s->since = tick;
		tick_on();
		return true;
	}
	return false;
}

/* False: there is no room for it now. */
static bool give(u32 index)
{
	struct slot *s = ELEM(slots, index);
	enum status status = STATUS_OK;

	if (needs_bounce(s) && !take_bounce(s))
		return false;
	if (needs_bounce(s) && s->job.what.op == BLOCK_WRITE)
		status = fetch(s);
	if (status != STATUS_OK) {
		queued--;
		finish(s, status);
		return true;
	}
	s->job.what.data = s->job.window != 0 ? windows_address(s->job.window) + s->job.at :
						virtio_address(&device, bounces + (needs_bounce(s) ? s->bounce * BOUNCE_BYTES : 0));
	if (!put(index))
		return false;
	queued--;
	return true;
}

static u32 oldest(void)
{
	u32 found = NONE;

	for (u32 i = 0; i < JOBS; i++)
		if (ELEM(slots, i)->state == QUEUED && (found == NONE || ELEM(slots, i)->number < ELEM(slots, found)->number))
			found = i;
	return found;
}

/* False: there are more. */
static bool give_queued(bool *some)
{
	*some = false;
	while (queued != 0 && give(oldest()))
		*some = true;
	return queued == 0;
}

/* There is room. */
void jobs_give(u32 window, u64 number, const struct job *job)
{
	u32 index = free_slot();

	INVARIANT(index != NONE, "slots for rings are not used by calls");
	struct slot *s = ELEM(slots, index);

	*s = (struct slot){ .ring = window, .job = *job, .number = number, .bounce = NONE };
	if (job->window != 0)
		s->job.what.data = windows_address(window) + job->at;
	windows_use(window);
	through_rings++;
	if (!put(index))
		virtio_abandon_broken(&device);
}

static bool serve_party(u32 party, bool *some) { return party == 0 ? give_queued(some) : wanted_serve(party, some); }

void jobs_serve(void)
{
	u32 parties = windows_with_rings() | CALLS_PARTY;
	bool more = (turns_round(&turn, PARTIES, parties, serve_party) & ~CALLS_PARTY) != 0;

	if (parties != CALLS_PARTY)
		windows_tell();
	/* WHY not at once: calls wait, too. Where there is no room the device's next interrupt goes on. */
	if (more && jobs_have_room())
		(void)sys_signal_raise(service_signal(), LEASE_BELL);
}

enum status jobs_add(struct service_call *call, const struct job *job)
{
	u32 index = free_slot();

	if (index == NONE)
		return STATUS_BUSY;
	service_ticket ticket = service_defer_repeatable(call);

	if (ticket == 0)
		return STATUS_BUSY;
	*ELEM(slots, index) = (struct slot){ .state = QUEUED, .job = *job, .ticket = ticket, .number = added++, .bounce = NONE,
		.since = tick };
	if (job->window != 0)
		windows_use(job->window);
	queued++;
	/* WHY before it is given: it may wait for ever behind what a device has lost. */
	tick_on();
	/* WHY not at once if others wait: they came before. */
	if (queued == 1)
		(void)give(index);
	return STATUS_OK;
}

static void take_all(u32 queue)
{
	enum virtio_taken taken;
	u32 bytes = 0;
	u16 id;

	while ((taken = virtio_take(&device, queue, &id, &bytes)) == VIRTIO_TAKEN) {
		u32 index = *ELEM(slot_of_chain[bounded(queue, QUEUES)], id);
		struct slot *s = ELEM(slots, index);

		/* INV-VIRTIO-RING: the chain was under way, so its slot is. */
		finish(s, block_outcome(&s->job.what, area(index), bytes));
	}
	if (taken == VIRTIO_BROKEN)
		virtio_abandon_broken(&device);
}

void jobs_interrupt(void)
{
	virtio_interrupt(&device);
	for (u32 i = 0; i < device.queues; i++)
		take_all(i);
	jobs_serve();
}
