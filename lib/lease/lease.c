/* SPDX-License-Identifier: Apache-2.0
 *
 * A driver's window, from its client's side. See lease.h.
 */
#include "lib/lease/lease.h"
#include "abi/objects.h"
#include "abi/stubs.h"

/* A request that ends its driver each time is not made for ever. WHY more than of files: a device may take longer than
 * whoever kills its driver waits. */
enum : u32 { DEATHS_MAX = 8 };

/* WHY on PEER_DIED too: what was done may be done again, as long as it was not answered. */
static bool to_repeat(enum status status) { return status == STATUS_REPEAT || status == STATUS_PEER_DIED; }

static enum status plain(enum status status) { return status == STATUS_UNKNOWN_CALL ? STATUS_NOT_SUPPORTED : status; }

enum status lease_call(const struct lease *lease, struct message *m)
{
	struct message question = *m;
	enum status status = STATUS_REPEAT;

	for (u32 i = 0; i < DEATHS_MAX && to_repeat(status); i++) {
		*m = question;
		status = msg_call_status(lease->file.cap, m, RT_FOREVER);
	}
	return plain(status);
}

/* ---- beginning and end ---- */

enum status lease_open(struct lease *lease, struct span path, u32 flags)
{
	*lease = (struct lease){};
	return file_open(&lease->file, path, flags);
}

/* WHY again without a capability: the driver died between deciding and giving it. */
static enum status take(const struct lease *lease, bool rings, struct message *m)
{
	enum status status = STATUS_REPEAT;
	u32 caps = 0;

	for (u32 i = 0; i < DEATHS_MAX && (to_repeat(status) || (status == STATUS_OK && caps == 0)); i++) {
		*m = msg_make(LEASE_TAKE, 0);
		if (rings)
			msg_add_cap(m, lease->signal, RIGHT_DUPLICATE | SIGNAL_RIGHT_RAISE);
		status = msg_call_status(lease->file.cap, m, RT_FOREVER);
		caps = msg_caps(m);
	}
	if (status == STATUS_OK && caps != (rings ? 2 : 1))
		status = STATUS_BAD_FORMAT;
	if (status != STATUS_OK)
		msg_drop_caps(m, 0);
	return plain(status);
}

enum status lease_take(struct lease *lease, bool rings, u64 bytes, struct message *answer)
{
	bool lacks_signal = rings && handle_is_none(lease->signal);
	enum status status = lacks_signal ? sys_signal_create(rt_group(), &lease->signal) : STATUS_OK;

	if (status == STATUS_OK)
		status = take(lease, rings, answer);
	if (status != STATUS_OK)
		return status;
	handle_t window = msg_cap(answer, 0);

	if (rings)
		lease->bell = msg_cap(answer, 1);
	if (lease->window.v == 0)
		status = rt_pages_map(window, 0, bytes, MAP_READ | MAP_WRITE, &lease->window);
	sys_cap_drop(window);
	return status;
}

void lease_close(struct lease *lease)
{
	rt_pages_release(lease->window);
	if (!handle_is_none(lease->signal))
		sys_cap_drop(lease->signal);
	if (!handle_is_none(lease->bell))
		sys_cap_drop(lease->bell);
	file_close(&lease->file);
	*lease = (struct lease){};
}

/* ---- waiting ---- */

enum status lease_is_good(struct lease *lease)
{
	if (!lease->doubtful)
		return STATUS_OK;
	struct message m = msg_make(LEASE_ASK, 0);
	enum status status = lease_call(lease, &m);

	lease->doubtful = status != STATUS_OK;
	return status;
}

/* What was asked is there all the same; a driver whose bell is no more looks when it begins. */
void lease_ring(const struct lease *lease) { (void)sys_signal_raise(lease->bell, LEASE_BELL); }

enum status lease_wait(struct lease *lease, u64 bits, u64 deadline_ns)
{
	u64 got = 0;
	enum status status = sys_signal_wait(lease->signal, bits | LEASE_DOUBT, deadline_ns, &got);

	if (status == STATUS_OK && (got & LEASE_DOUBT) != 0)
		lease->doubtful = true;
	return status == STATUS_OK || status == STATUS_CANCELLED ? lease_is_good(lease) : status;
}
