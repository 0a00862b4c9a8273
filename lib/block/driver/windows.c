/* SPDX-License-Identifier: Apache-2.0
 *
 * Windows. See windows.h.
 */
#include "lib/block/driver/windows.h"
#include "lib/block/protocol/protocol.h"
#include "lib/driver/dma.h"
#include "lib/lease/driver/lent.h"

struct window {
	struct lent lent;
	u64 address;      /* where the device finds it */
	u32 under_way;    /* requests that the device has */
	u32 flags;        /* of the file */
	bool asleep;      /* whoever puts a request there wakes the driver */
	bool broken;      /* it had, until its client wrote what cannot be */
	struct ring_server server;
};

/* Of a file's state. */
enum file_state : u32 { FILE_WINDOW, FILE_RINGS };

static struct window windows[WINDOWS_MAX];
static u32 count;
static u32 with_rings;  /* a bit for each whose rings are served */

static struct window *at(u32 window) { return ELEM(windows, window - 1); }
static bool has_rings(u32 window) { return (with_rings >> window & 1) != 0; }
static struct mspan rings_of(const struct window *w) { return block_rings(rt_pages_mspan(w->lent.pages)); }

void windows_open(void)
{
	struct dma_piece piece;

	for (; count < WINDOWS_MAX && dma_piece(count + 1, &piece) && piece.bytes >= BLOCK_WINDOW_BYTES; count++)
		*ELEM(windows, count) = (struct window){ .address = piece.address,
			.lent = { .number = count, .memory = piece.handle, .pages = piece.pages, .bytes = BLOCK_WINDOW_BYTES } };
}

u32 windows_with_rings(void) { return with_rings; }

u32 windows_of(const struct service_file *file) { return file->state[FILE_WINDOW] <= count ? (u32)file->state[FILE_WINDOW] : 0; }

/* ---- who has which ---- */

static void begin_life(u32 window)
{
	struct window *w = at(window);

	ring_server_begin(&w->server, rings_of(w), BLOCK_TOGETHER, rt_instance());
	with_rings |= 1u << window;
	w->asleep = true;
	w->broken = false;
}

static void take_back(u32 window)
{
	lent_take_back(&at(window)->lent);
	with_rings &= ~(1u << window);
	at(window)->broken = false;
}

static void set(struct service_file *file, u32 window, bool rings)
{
	file->state[FILE_WINDOW] = window;
	file->state[FILE_RINGS] = rings;
	service_file_changed(file);
}

static void go_on(const struct service_file *file)
{
	u32 window = windows_of(file);
	struct window *w = at(window);

	lent_kept(&w->lent, true);
	w->flags = file->flags;
	if (file->state[FILE_RINGS] == 0)
		return;
	begin_life(window);
	/* He may wait for what the last instance would have answered. */
	lent_wake(&w->lent, BLOCK_ANSWERED);
}

void windows_kept(void)
{
	struct service_file *file;

	for (u32 i = 0; (file = service_file_from(i)) != nullptr; i = file->index + 1) {
		if (windows_of(file) != 0)
			go_on(file);
	}
	for (u32 i = 0; i < count; i++)
		if (!ELEM(windows, i)->lent.taken)
			lent_kept(&ELEM(windows, i)->lent, false);
}

static u32 free_window(void)
{
	for (u32 i = 0; i < count; i++)
		if (!ELEM(windows, i)->lent.taken && ELEM(windows, i)->under_way == 0)
			return i + 1;
	return 0;
}

enum status windows_lease(struct service_call *call, struct service_file *file)
{
	bool has = windows_of(file) != 0, rings = false;
	u32 window = has ? windows_of(file) : free_window();

	if (window == 0)
		return STATUS_BUSY;
	struct window *w = at(window);
	enum status status = lent_answer(&w->lent, call, &rings);

	if (status != STATUS_OK)
		return status;
	if (!has) {
		lent_begin(&w->lent);
		w->flags = file->flags;
	}
	if (rings && !has_rings(window) && !w->broken) {
		/* WHY: counts of this life may stand there, of whatever was in it. */
		mspan_fill(rings_of(w), 0);
		begin_life(window);
	}
	if (!has || rings)
		set(file, window, rings || has_rings(window));
	return STATUS_OK;
}

enum status windows_ask(const struct service_file *file)
{
	if (windows_of(file) == 0)
		return STATUS_STALE;
	return at(windows_of(file))->broken ? STATUS_INVALID : STATUS_OK;
}

void windows_end(struct service_file *file)
{
	if (windows_of(file) != 0)
		take_back(windows_of(file));
}

/* ---- the device's part ---- */

u64 windows_address(u32 window) { return at(window)->address; }
void windows_use(u32 window) { at(window)->under_way++; }
void windows_done(u32 window) { at(window)->under_way--; }

/* ---- rings ---- */

enum ring_taken windows_take(u32 window, struct ring_entry *request, u32 *flags)
{
	struct window *w = at(window);

	*flags = w->flags;
	enum ring_taken taken = ring_take(&w->server.requests, rings_of(w), request);

	w->asleep = w->asleep && taken == RING_NOTHING;
	return taken;
}

bool windows_sleep(u32 window)
{
	struct window *w = at(window);

	w->asleep = w->asleep || ring_sleep(&w->server.requests, rings_of(w));
	return w->asleep;
}

void windows_break(u32 window)
{
	struct window *w = at(window);

	with_rings &= ~(1u << window);
	w->broken = true;
	lent_wake(&w->lent, LEASE_DOUBT);
}

void windows_answer(u32 window, u64 number, enum status status)
{
	struct window *w = at(window);
	struct ring_entry answer = { .word = { [RING_NUMBER] = number, [BLOCK_RING_WHAT] = status } };

	if (has_rings(window))
		ring_put(&w->server.answers, rings_of(w), &answer);
}

void windows_tell(void)
{
	for (u32 i = 1; i <= count; i++) {
		struct window *w = at(i);

		if (has_rings(i) && ring_tell(&w->server.answers, rings_of(w)))
			lent_wake(&w->lent, BLOCK_ANSWERED);
	}
}
