/* SPDX-License-Identifier: Apache-2.0
 *
 * Windows. See windows.h.
 */
#include "drivers/block/virtio/windows.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/block/protocol/protocol.h"
#include "lib/virtio/virtio.h"

/* WHY without INSPECT: clients are not told where in memory it is. */
enum : u32 { WINDOW_RIGHTS = MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE };
enum : u32 { LENT_RIGHTS = RIGHT_DUPLICATE | RIGHT_TRANSFER | WINDOW_RIGHTS };

struct window {
	struct virtio_piece piece;
	u32 under_way;    /* requests that the device has */
	bool lent;
};

static struct window windows[WINDOWS_MAX];
static u32 count;

void windows_open(void)
{
	while (count < WINDOWS_MAX && virtio_piece(count + 1, &ELEM(windows, count)->piece) &&
	       ELEM(windows, count)->piece.bytes >= BLOCK_WINDOW_BYTES)
		count++;
}

/* Whoever still maps it does not any more. */
static void take_back(struct window *window)
{
	enum status status = sys_cap_revoke(window->piece.handle);

	INVARIANT(status == STATUS_OK, "the keeper gives pieces with the right to revoke");
	window->lent = false;
}

u32 windows_of(const struct service_file *file) { return file->state[0] <= count ? (u32)file->state[0] : 0; }

void windows_kept(void)
{
	struct service_file *file;

	for (u32 i = 0; (file = service_file_from(i)) != nullptr; i = file->index + 1)
		if (windows_of(file) != 0)
			ELEM(windows, windows_of(file) - 1)->lent = true;
	for (u32 i = 0; i < count; i++)
		if (!ELEM(windows, i)->lent)
			take_back(ELEM(windows, i));
}

enum status windows_lease(struct service_file *file, u32 *window)
{
	*window = windows_of(file);
	for (u32 i = 0; i < count && *window == 0; i++)
		if (!ELEM(windows, i)->lent && ELEM(windows, i)->under_way == 0)
			*window = i + 1;
	if (*window == 0)
		return STATUS_BUSY;
	if (windows_of(file) != 0)
		return STATUS_OK;
	struct window *w = ELEM(windows, *window - 1);

	/* What is in it was somebody else's. */
	mspan_fill(rt_pages_mspan(w->piece.pages), 0);
	w->lent = true;
	file->state[0] = *window;
	service_file_changed(file);
	return STATUS_OK;
}

enum status windows_answer(struct service_call *call, u32 window)
{
	handle_t lent;
	enum status status = sys_cap_derive(ELEM(windows, window - 1)->piece.handle, LENT_RIGHTS, 0,
		BLOCK_WINDOW_BYTES >> PAGE_SHIFT, &lent);

	if (status == STATUS_OK)
		service_answer_cap(call, lent, WINDOW_RIGHTS, true);
	return status;
}

void windows_end(struct service_file *file)
{
	if (windows_of(file) != 0)
		take_back(ELEM(windows, windows_of(file) - 1));
}

u64 windows_address(u32 window) { return ELEM(windows, window - 1)->piece.address; }
void windows_use(u32 window) { ELEM(windows, window - 1)->under_way++; }
void windows_done(u32 window) { ELEM(windows, window - 1)->under_way--; }
