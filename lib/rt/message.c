/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread's message buffer: capabilities, buffers, and words beyond the registers.
 */
#include "lib/rt/message.h"
#include "abi/stubs.h"
#include "rt_arch/thread.h"

static struct msg_buffer *buffer(void)
{
UNSAFE_BEGIN("SAFETY: the kernel mapped the buffer for the thread's life; only this thread uses it");
	return raw_thread_buffer();
UNSAFE_END();
}

void msg_set_buffers(struct message *m, struct span in, struct mspan out)
{
	struct msg_buffer *b = buffer();

	b->in_address = span_address(in);
	b->in_bytes = span_len(in);
	b->out_address = mspan_address(out);
	b->out_bytes = mspan_len(out);
	m->info = msg_info_set_buffers(m->info, 1);
}

void msg_add_cap(struct message *m, handle_t handle, u32 rights)
{
	struct msg_buffer *b = buffer();
	u32 at = msg_caps(m);

	INVARIANT(at < MSG_CAPS_MAX, "a message carries at most four capabilities");
	b->cap[at] = handle.v;
	b->cap_rights[at] = rights;
	m->info = msg_info_set_caps(m->info, at + 1);
}

handle_t msg_cap(const struct message *m, u32 index)
{
	if (index >= msg_caps(m) || index >= MSG_CAPS_MAX)
		return handle_none();
	return (handle_t){ buffer()->cap[index] };
}

void msg_drop_caps(const struct message *m, u32 first)
{
	for (u32 i = first; i < msg_caps(m); i++)
		sys_cap_drop(msg_cap(m, i));
}

u64 msg_word(u32 index)
{
	return buffer()->word[index];
}

void msg_set_word(u32 index, u64 value)
{
	buffer()->word[index] = value;
}

enum status msg_call_status(handle_t endpoint, struct message *m, u64 deadline_ns)
{
	enum status status = msg_call(endpoint, m, deadline_ns);

	/* No answer came: what the buffer names are still the caller's own capabilities, not for it to drop. */
	if (status != STATUS_OK) {
		m->info = msg_info_set_caps(m->info, 0);
		return status;
	}
	u32 answer = msg_label(m);

	return answer < STATUS_COUNT ? (enum status)answer : STATUS_BAD_FORMAT;
}
