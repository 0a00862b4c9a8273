/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests under way. See jobs.h.
 */
#include "lib/block/driver/wanted.h"
#include "lib/block/driver/windows.h"
#include "lib/ring/turns.h"
#include "abi/stubs.h"

enum : u32 { CALLS = SERVICE_DEFERRED_MAX, THROUGH_RINGS = 32, JOBS = CALLS + THROUGH_RINGS, BOUNCES_MAX = 12, NONE = U32_MAX };
static_assert(JOBS == DISK_JOBS && JOBS == 64, "a bit for each job");
/* Who is served in turn: calls, and each window. */
enum : u32 { PARTIES = 1 + WINDOWS_MAX, CALLS_PARTY = 1 };
/* A device that answers none of what it has for so many ticks is taken to have lost it. */
enum : u32 { TICKS_MAX = 2 };
enum : u64 { TICK_NS = 5000000000ull };
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

static struct block_disk disk;
static struct dma_memory bounces;        /* for copies */
static struct slot slots[JOBS];
static u64 free_slots = U64_MAX;         /* a bit for each */
static bool bounce_taken[BOUNCES_MAX];
static u32 bounce_count;                 /* as there is room */
static u64 added;
static u32 queued, through_rings;
static u32 turn;      /* the party that is served first */
static handle_t timer;
static bool ticking;
static u32 tick;

const struct block_disk *jobs_disk(void) { return &disk; }

enum status jobs_open(const struct block_disk *what, struct dma_memory *memory, struct text *why)
{
	u64 at, room = (memory->piece.bytes - memory->used) / BOUNCE_BYTES;

	disk = *what;
	bounce_count = (u32)min_u64(room, BOUNCES_MAX);
	if (room == 0 || !dma_take(memory, bounce_count * BOUNCE_BYTES, &at)) {
		text_add(why, "too little memory for requests");
		return STATUS_OUT_OF_FRAMES;
	}
	bounces = (struct dma_memory){ .piece = memory->piece, .used = at };
	return sys_timer_create(rt_group(), service_signal(), 1ull << DISK_TIMER_BIT, &timer);
}

/* ---- memory ---- */

static bool needs_bounce(const struct slot *s) { return s->job.bytes != 0; }
static u64 bounce_at(const struct slot *s) { return bounces.used + (needs_bounce(s) ? s->bounce * BOUNCE_BYTES : 0); }
static struct mspan bounce(const struct slot *s) { return dma_span(&bounces, bounce_at(s), BOUNCE_BYTES); }

static bool take_bounce(struct slot *s)
{
	for (u32 i = 0; i < bounce_count && s->bounce == NONE; i++) {
		if (*ELEM(bounce_taken, i))
			continue;
		*ELEM(bounce_taken, i) = true;
		s->bounce = i;
	}
	return s->bounce != NONE;
}

static u32 free_slot(void) { return free_slots != 0 ? (u32)__builtin_ctzll(free_slots) : NONE; }

static void set(u32 index, const struct slot *slot)
{
	*ELEM(slots, index) = *slot;
	free_slots &= ~(1ull << index);
}

/* ---- ends ---- */

static void finish(u32 index, enum status status)
{
	struct slot *s = ELEM(slots, index);
	struct job *job = &s->job;

	s->state = FREE;
	free_slots |= 1ull << index;
	if (s->ring != 0) {
		windows_answer(s->ring, s->number, status);
		windows_done(s->ring);
		through_rings--;
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
}

const struct block_request *disk_asked(u32 job) { return &ELEM(slots, job)->job.what; }

void disk_done(u32 job, enum status status)
{
	INVARIANT(ELEM(slots, job)->state == GIVEN, "a device finishes what it was given");
	finish(job, status);
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
			block_device_abandon(span_text("the device has not answered for ten seconds"));
	}
	if (some_are(late))
		tick_on();
}

bool jobs_have_room(void) { return through_rings < THROUGH_RINGS && block_device_has_room(); }

static bool put(u32 index)
{
	struct slot *s = ELEM(slots, index);

	if (!block_device_put(index, &s->job.what, s->job.window))
		return false;
	s->state = GIVEN;
	s->since = tick;
	tick_on();
	return true;
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
		finish(index, status);
		return true;
	}
	s->job.what.data = s->job.window != 0 ? windows_address(s->job.window) + s->job.at : dma_address(&bounces, bounce_at(s));
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
	set(index, &(struct slot){ .ring = window, .job = *job, .number = number, .bounce = NONE });
	if (job->window != 0)
		ELEM(slots, index)->job.what.data = windows_address(window) + job->at;
	windows_use(window);
	through_rings++;
	if (!put(index))
		block_device_abandon(span_text("the device said what cannot be"));
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
	set(index, &(struct slot){ .state = QUEUED, .job = *job, .ticket = ticket, .number = added++, .bounce = NONE,
		.since = tick });
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

void jobs_interrupt(void)
{
	block_device_take();
	jobs_serve();
}
