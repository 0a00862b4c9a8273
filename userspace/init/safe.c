/* SPDX-License-Identifier: Apache-2.0
 *
 * Holding capabilities for the keeper. See lib/safe.
 */
#include "lib/rt/message.h"
#include "lib/safe/safe.h"
#include "userspace/init/boot.h"
#include "abi/stubs.h"

static handle_t safe[SAFE_SLOTS];

static void empty(handle_t *slot)
{
	if (!handle_is_none(*slot))
		sys_cap_drop(*slot);
	*slot = handle_none();
}

static enum status put(handle_t *slot, struct message *m)
{
	if (msg_caps(m) == 0)
		return STATUS_INVALID;
	empty(slot);
	*slot = msg_cap(m, 0);
	msg_drop_caps(m, 1);
	return STATUS_OK;
}

/* WHY several at once: the next keeper finds all that there is before it does anything else. */
static struct message find(u32 first, u64 end)
{
	struct message m = msg_make(STATUS_OK, 0);
	u32 count = 0;

	for (u32 i = first; i < min_u64(end, SAFE_SLOTS) && count < SAFE_RUN; i++) {
		if (!handle_is_none(*ELEM(safe, i)))
			*ELEM(m.word, count++) = i;
	}
	m.info = msg_make(STATUS_OK, count).info;
	for (u32 i = 0; i < count; i++)
		msg_add_cap(&m, *ELEM(safe, *ELEM(m.word, i)), MSG_ALL_RIGHTS);
	return m;
}

void safe_serve(struct message *m)
{
	u32 op = msg_label(m);
	handle_t *slot = msg_words(m) > 0 && m->word[0] < SAFE_SLOTS ? ELEM(safe, m->word[0]) : nullptr;
	enum status status = slot == nullptr ? STATUS_RANGE : STATUS_OK;

	if (status == STATUS_OK && op == SAFE_PUT)
		status = put(slot, m);
	else
		msg_drop_caps(m, 0);
	if (status == STATUS_OK && op == SAFE_FIND) {
		*m = find((u32)m->word[0], m->word[1]);
		return;
	}
	if (status == STATUS_OK && op == SAFE_EMPTY)
		empty(slot);
	else if (status == STATUS_OK && op != SAFE_PUT)
		status = STATUS_UNKNOWN_CALL;
	*m = msg_make(status, 0);
}
