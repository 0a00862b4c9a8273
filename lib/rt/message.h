/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages: the register convention of the message calls as plain functions.
 *
 * A message has a label, up to 8 words in `struct message`, and, through the thread's message
 * buffer, words 8 to 63, up to 4 capabilities and two buffers. What goes through the message
 * buffer must be put there after the last message call of the thread and is valid until the next.
 *
 *	struct message m = msg_make(LABEL, 2);
 *	m.word[0] = ...; m.word[1] = ...;
 *	enum status status = msg_call(endpoint, &m, RT_FOREVER);
 *
 * SPEC: abi/structs.toml msg_info, msg_buffer; kernel/hal/frame.h.
 */
#ifndef LIB_RT_MESSAGE_H
#define LIB_RT_MESSAGE_H

#include "lib/base/span.h"
#include "lib/base/addr.h"
#include "lib/rt/rt.h"
#include "abi/errors.h"
#include "abi/structs.h"
#include "rt_arch/syscall.h"
#include "abi/syscalls.h"

enum : u64 { RT_FOREVER = U64_MAX, RT_POLL = 0 };
enum : u32 { MSG_CAPS_MAX = 4, MSG_WORDS_IN_REGISTERS = 8, MSG_WORDS_MAX = 64, MSG_ALL_RIGHTS = U32_MAX };

struct message {
	u64 badge;   /* after a receive: of the capability that was used */
	u64 info;    /* msg_info */
	u64 word[MSG_WORDS_IN_REGISTERS];
};

/* A message with a label and so many words, all zero. */
static inline struct message msg_make(u32 label, u32 words)
{
	return (struct message){ .info = msg_info_make(label, words, 0, 0, 0) };
}

static inline u32 msg_label(const struct message *m) { return (u32)msg_info_label(m->info); }
static inline u32 msg_words(const struct message *m) { return (u32)msg_info_words(m->info); }
static inline u32 msg_caps(const struct message *m) { return (u32)msg_info_caps(m->info); }
static inline enum msg_kind msg_kind_of(const struct message *m)
{
	u64 kind = msg_info_kind(m->info);

	return (enum msg_kind)kind;
}

/* ---- the message buffer of the calling thread ---- */

/* Declares the buffers of the next call: `in` is what the server may read, `out` what it may
 * write. Either may be empty. Sets the buffers bit of the message. */
void msg_set_buffers(struct message *m, struct span in, struct mspan out);

/* Adds a capability to the next message; at most MSG_CAPS_MAX. The sender keeps its own. */
void msg_add_cap(struct message *m, handle_t handle, u32 rights);

/* Capability `index` of the message just received; none if it has fewer. */
handle_t msg_cap(const struct message *m, u32 index);

/* Drops the capabilities of the message just received from `first` on. */
void msg_drop_caps(const struct message *m, u32 first);

/* Words 8 and on of the message. */
u64 msg_word(u32 index);
void msg_set_word(u32 index, u64 value);

/* Lengths of the caller's buffers: known to the receiver of a call by buffer_read's result only;
 * protocols therefore carry them in words. */

/* ---- the calls ---- */

/* One trap into the kernel with the registers of `m`. */
static FORCE_INLINE enum status msg_trap(u64 number, u64 handles, struct message *m, u64 deadline_ns)
{
	struct raw_message r = {
		.arg0 = handles, .arg1 = m->info, .deadline = deadline_ns,
		.word = { m->word[0], m->word[1], m->word[2], m->word[3],
			  m->word[4], m->word[5], m->word[6], m->word[7] },
	};
	u64 status;

UNSAFE_BEGIN("SAFETY: the kernel checks every handle and buffer; declared buffers are views that outlive the call");
	status = raw_message_syscall(number, &r);
UNSAFE_END();
	m->badge = r.arg0;
	m->info = r.arg1;
	for (u32 i = 0; i < MSG_WORDS_IN_REGISTERS; i++)
		m->word[i] = r.word[i];
	return (enum status)(u32)status;
}

/* Sends and waits for the answer, which replaces the message. The status is that of the
 * transfer; the server's own answer is the label. The deadline is absolute. */
[[nodiscard]] static inline enum status msg_call(handle_t endpoint, struct message *m, u64 deadline_ns)
{
	return msg_trap(SYSCALL_CALL, endpoint.v, m, deadline_ns);
}

[[nodiscard]] static inline enum status msg_send(handle_t endpoint, struct message *m, u64 deadline_ns)
{
	return msg_trap(SYSCALL_SEND, endpoint.v, m, deadline_ns);
}

/* Waits for a message; a caller is bound to the reply object. */
[[nodiscard]] static inline enum status msg_receive(handle_t endpoint, handle_t reply, struct message *m, u64 deadline_ns)
{
	return msg_trap(SYSCALL_RECEIVE, endpoint.v | ((u64)reply.v << 32), m, deadline_ns);
}

[[nodiscard]] static inline enum status msg_reply(handle_t reply, struct message *m)
{
	return msg_trap(SYSCALL_REPLY, (u64)reply.v << 32, m, 0);
}

[[nodiscard]] static inline enum status msg_reply_receive(handle_t endpoint, handle_t reply, struct message *m, u64 deadline_ns)
{
	return msg_trap(SYSCALL_REPLY_RECEIVE, endpoint.v | ((u64)reply.v << 32), m, deadline_ns);
}

/* Hands the caller bound to the reply object on to another endpoint, with this message (up to 8 words). It
 * gets its answer from there. On an error it still waits here. */
[[nodiscard]] static inline enum status msg_forward(handle_t endpoint, handle_t reply, struct message *m)
{
	return msg_trap(SYSCALL_FORWARD, endpoint.v | ((u64)reply.v << 32), m, 0);
}

/* msg_call and the answer's label in one: the status of the transfer if that failed, else the
 * label as a status. */
[[nodiscard]] enum status msg_call_status(handle_t endpoint, struct message *m, u64 deadline_ns);

#endif
