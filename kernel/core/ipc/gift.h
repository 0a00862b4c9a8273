/* SPDX-License-Identifier: Apache-2.0
 *
 * A capability of a message on its way, inline for messages of one (fastpath.c). Those of several are in message.c.
 */
#ifndef KERNEL_CORE_IPC_GIFT_H
#define KERNEL_CORE_IPC_GIFT_H

#include "abi/event_emit.h"
#include "kernel/core/cap/slot.h"
#include "kernel/core/process/process.h"
#include "kernel/core/thread/thread.h"
#include "kernel/raw/frame_access.h"

/* Words of the message buffer page, as struct msg_buffer lays it out. */
enum : u32 { GIFT_WORD_CAPS = 64, GIFT_WORD_RIGHTS = 66 };
static_assert(__builtin_offsetof(struct msg_buffer, cap) == GIFT_WORD_CAPS * 8);
static_assert(__builtin_offsetof(struct msg_buffer, cap_rights) == GIFT_WORD_RIGHTS * 8);

enum : u32 { CAP_COPY_ALL = 0xffffffffu, CAP_MOVE = 0x80000000u };

/* Held, with the rights that the receiver will have. */
struct gift {
	struct cap cap;
	handle_t source;
	bool move;
};

static FORCE_INLINE u32 gift_half_word(const struct frame_words *buffer, u32 word, u32 index)
{
	return *ELEM(buffer->half, 2 * word + index);
}

static FORCE_INLINE void gift_put_handle(struct frame_words *buffer, u32 place, handle_t handle)
{
	*ELEM(buffer->half, 2 * GIFT_WORD_CAPS + place) = handle.v;
}

/* Whether the sender gives it away instead of a copy. */
static FORCE_INLINE bool gift_is_moved(u32 keep) { return keep != CAP_COPY_ALL && (keep & CAP_MOVE) != 0; }

/* Reads and holds the capability that the sender offers in a place of its message; changes nothing else.
 * Errors: BAD_HANDLE, REVOKED, DENIED; nothing is held then. */
[[nodiscard]] static FORCE_INLINE enum status gift_take(struct thread *from, u32 place, struct gift *gift)
{
	u32 keep = gift_half_word(from->buffer, GIFT_WORD_RIGHTS, place);
	struct cap *cap = &gift->cap;

	gift->source = (handle_t){ gift_half_word(from->buffer, GIFT_WORD_CAPS, place) };
	gift->move = gift_is_moved(keep);
	u32 need = RIGHT_TRANSFER | (gift->move ? 0 : RIGHT_DUPLICATE);
	enum status status = cap_acquire_inline(from->process, gift->source, need, cap);

	if (status == STATUS_OK)
		cap->rights &= keep;
	return status;
}

/* The receiver, at which there is room reserved, has it in the same place. Not under a lock. What is moved has left the
 * sender. */
static FORCE_INLINE void gift_give(struct thread *to, u32 place, const struct cap *cap)
{
	event_cap_grant(cap->object->id, cap->rights, to->process->object.id);
	gift_put_handle(to->buffer, place, cap_insert_inline(to->process, cap));
}

#endif
