/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking init. See safe.h.
 */
#include "lib/safe/safe.h"
#include "lib/rt/message.h"

static_assert((u32)SAFE_RUN == (u32)MSG_CAPS_MAX);

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

struct safe_run safe_find_run(u32 first, u32 end)
{
	struct message m = msg_make(SAFE_FIND, 2);
	struct safe_run run = {};

	m.word[1] = end;
	enum status status = ask(&m, first);

	run.count = msg_caps(&m);
	INVARIANT(status == STATUS_OK && run.count == msg_words(&m), "what init holds can be had");
	for (u32 i = 0; i < run.count; i++) {
		*ELEM(run.slot, i) = (u32)*ELEM(m.word, i);
		*ELEM(run.handle, i) = msg_cap(&m, i);
	}
	return run;
}

handle_t safe_find(u32 slot) { return safe_find_run(slot, slot + 1).handle[0]; }
