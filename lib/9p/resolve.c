/* SPDX-License-Identifier: Apache-2.0
 *
 * Walking the namespace to a server and asking it.
 */
#include "lib/9p/resolve.h"
#include "lib/rt/message.h"
#include "abi/stubs.h"

enum : u32 { RESOLVE_LAYERS_MAX = 16 };

static enum status ask(u32 op, handle_t server, struct span rest, u32 flags, u64 deadline_ns, struct opened *out)
{
	struct message m = msg_make(op, 1);

	m.word[NINEP_OPEN_REQUEST_FLAGS] = flags;
	msg_set_buffers(&m, rest, (struct mspan){});
	enum status status = answer_note(msg_call_status(server, &m, deadline_ns), &m);

	if (status == STATUS_OK && op != NINEP_REMOVE) {
		out->cap = msg_cap(&m, 0);
		out->qid_type = (u32)m.word[NINEP_OPEN_REPLY_QID_TYPE];
		out->bytes = m.word[NINEP_OPEN_REPLY_BYTES];
		msg_drop_caps(&m, 1);
		if (handle_is_none(out->cap))
			return STATUS_BAD_FORMAT;
	} else {
		msg_drop_caps(&m, 0);
	}
	return status;
}

enum status resolve_at(u32 op, handle_t server, struct span rest, u32 flags, u64 deadline_ns, struct opened *out)
{
	enum status status = STATUS_REPEAT;
	bool again = true;

	/* A server that dies while it opens something is asked again: opening is idempotent. */
	for (u32 deaths = 0, repeats = 0; again && deaths < DEATHS_MAX && repeats < REPEATS_MAX;) {
		status = ask(op, server, rest, flags, deadline_ns, out);
		repeats += status == STATUS_REPEAT;
		deaths += status == STATUS_PEER_DIED;
		again = status == STATUS_REPEAT || (status == STATUS_PEER_DIED && ninep_op_idempotent(op));
	}
	return status == STATUS_REPEAT ? STATUS_PEER_DIED : status;
}

enum status resolve_layer(u32 op, struct span path, u32 layer, u32 flags, u64 deadline_ns, struct opened *out, bool *end)
{
	u64 found;
	enum status status = sys_ns_lookup(rt_names(), path, layer, &found);

	*end = status != STATUS_OK;
	if (status != STATUS_OK)
		return status;
	handle_t server = { (u32)found };
	struct span rest = span_from(path, min_u64(found >> 32, span_len(path)));

	while (span_len(rest) > 0 && span_u8(rest, 0) == '/')
		rest = span_from(rest, 1);
	status = resolve_at(op, server, rest, flags, deadline_ns, out);
	sys_cap_drop(server);
	return status;
}

enum status resolve(u32 op, struct span path, u32 flags, u64 deadline_ns, struct opened *out)
{
	enum status status = STATUS_NOT_FOUND;
	bool end = false;

	for (u32 layer = 0; layer < RESOLVE_LAYERS_MAX && !end && status == STATUS_NOT_FOUND; layer++) {
		enum status answer = resolve_layer(op, path, layer, flags, deadline_ns, out, &end);

		if (!end || layer == 0)
			status = answer;
	}
	return status;
}
