/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking init. See safe.h.
 */
#include "lib/safe/safe.h"
#include "lib/rt/message.h"

static enum status ask(struct message *m, u32 slot)
{
	m->word[0] = slot;
	return msg_call_status(rt_handle(span_text("safe")), m, RT_FOREVER);
}

enum status safe_put(u32 slot, handle_t handle)
{
	struct message m = msg_make(SAFE_PUT, 1);

	msg_add_cap(&m, handle, MSG_ALL_RIGHTS);
	return ask(&m, slot);
}

void safe_empty(u32 slot)
{
	struct message m = msg_make(SAFE_EMPTY, 1);

	(void)ask(&m, slot); /* init is there, or nobody is */
}

handle_t safe_find(u32 slot)
{
	struct message m = msg_make(SAFE_FIND, 1);

	enum status status = ask(&m, slot);

	INVARIANT((status == STATUS_OK && msg_caps(&m) != 0) || status == STATUS_NOT_FOUND, "what init holds can be had");
	return status == STATUS_OK ? msg_cap(&m, 0) : handle_none();
}
