/* SPDX-License-Identifier: Apache-2.0
 *
 * A window that is lent. See lent.h.
 */
#include "lib/lease/driver/lent.h"
#include "abi/objects.h"
#include "abi/stubs.h"

/* WHY without INSPECT: clients are not told where in memory it is. */
enum : u32 { WINDOW_RIGHTS = MEMORY_RIGHT_READ | MEMORY_RIGHT_WRITE };
enum : u32 { LENT_RIGHTS = RIGHT_DUPLICATE | RIGHT_TRANSFER | WINDOW_RIGHTS };
enum : u32 { BELL_RIGHTS = RIGHT_DUPLICATE | RIGHT_TRANSFER | SIGNAL_RIGHT_RAISE };

static void bell_name(u32 number, struct text *name)
{
	text_add(name, "/bell/");
	text_add_u64(name, number);
}

/* ---- what the vault has ---- */

static handle_t found(struct span name)
{
	u64 handle = 0;

	return sys_ns_lookup(service_vault(), name, 0, &handle) == STATUS_OK ? (handle_t){ (u32)handle } : handle_none();
}

static void forget(handle_t *handle, struct span name)
{
	(void)sys_ns_unbind(service_vault(), name);
	if (!handle_is_none(*handle))
		sys_cap_drop(*handle);
	*handle = handle_none();
}

/* The next instance finds it by its name. */
static enum status keep(handle_t *to, handle_t handle, struct span name)
{
	enum status status = sys_ns_bind(service_vault(), name, handle, NS_ORDER_REPLACE);

	if (status != STATUS_OK)
		return status;
	if (!handle_is_none(*to))
		sys_cap_drop(*to);
	*to = handle;
	return STATUS_OK;
}

/* ---- */

void lent_kept(struct lent *lent, bool taken)
{
	TEXT_BUFFER(client, 32);
	TEXT_BUFFER(bell, 32);

	lease_client_name(lent->number, &client);
	bell_name(lent->number, &bell);
	lent->signal = found(text_span(&client));
	lent->bell = found(text_span(&bell));
	lent->taken = taken;
	if (!taken)
		lent_take_back(lent);
}

void lent_begin(struct lent *lent)
{
	mspan_fill(mspan_first(rt_pages_mspan(lent->pages), lent->bytes), 0);
	lent->taken = true;
}

static enum status take_signal(struct lent *lent, struct service_call *call)
{
	struct cap_info info;
	TEXT_BUFFER(name, 32);

	if (sys_cap_inspect(call->cap[0], &info) != STATUS_OK || info.type != OBJECT_SIGNAL)
		return STATUS_WRONG_TYPE;
	lease_client_name(lent->number, &name);
	enum status status = keep(&lent->signal, call->cap[0], text_span(&name));

	if (status == STATUS_OK)
		(void)service_take_cap(call, 0);
	return status;
}

/* One of the window's own, so that it can be taken back. */
static enum status make_bell(struct lent *lent)
{
	handle_t bell = handle_none();
	TEXT_BUFFER(name, 32);

	if (!handle_is_none(lent->bell))
		return STATUS_OK;
	enum status status = sys_cap_derive(service_signal(), BELL_RIGHTS | RIGHT_REVOKE, 0, 0, &bell);

	if (status != STATUS_OK)
		return status;
	bell_name(lent->number, &name);
	status = keep(&lent->bell, bell, text_span(&name));
	if (status != STATUS_OK)
		sys_cap_drop(bell);
	return status;
}

static enum status answer_bell(struct lent *lent, struct service_call *call)
{
	handle_t bell = handle_none();
	enum status status = take_signal(lent, call);

	if (status == STATUS_OK)
		status = make_bell(lent);
	if (status == STATUS_OK)
		status = sys_cap_derive(lent->bell, BELL_RIGHTS, 0, 0, &bell);
	if (status == STATUS_OK)
		service_answer_cap(call, bell, SIGNAL_RIGHT_RAISE, true);
	return status;
}

enum status lent_answer(struct lent *lent, struct service_call *call, bool *rings)
{
	handle_t memory = handle_none();

	*rings = call->cap_count == 1;
	if (call->cap_count > 1)
		return STATUS_INVALID;
	enum status status = sys_cap_derive(lent->memory, LENT_RIGHTS, 0, lent->bytes >> PAGE_SHIFT, &memory);

	if (status != STATUS_OK)
		return status;
	service_answer_cap(call, memory, WINDOW_RIGHTS, true);
	return *rings ? answer_bell(lent, call) : STATUS_OK;
}

void lent_wake(const struct lent *lent, u64 bits)
{
	/* Whoever has taken his signal away is not woken. */
	if (!handle_is_none(lent->signal))
		(void)sys_signal_raise(lent->signal, bits);
}

static void revoke(handle_t handle)
{
	enum status status = sys_cap_revoke(handle);

	INVARIANT(status == STATUS_OK, "the keeper gives pieces and signals with the right to revoke");
}

void lent_take_back(struct lent *lent)
{
	TEXT_BUFFER(client, 32);
	TEXT_BUFFER(bell, 32);

	lease_client_name(lent->number, &client);
	bell_name(lent->number, &bell);
	/* WHY first: he is not to look at memory that is gone. */
	lent_wake(lent, LEASE_DOUBT);
	revoke(lent->memory);
	if (!handle_is_none(lent->bell))
		revoke(lent->bell);
	forget(&lent->bell, text_span(&bell));
	forget(&lent->signal, text_span(&client));
	lent->taken = false;
}
