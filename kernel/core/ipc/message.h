/* SPDX-License-Identifier: Apache-2.0
 *
 * The contents of messages, and their delivery between two threads that the processor owns.
 */
#ifndef KERNEL_CORE_IPC_MESSAGE_H
#define KERNEL_CORE_IPC_MESSAGE_H

#include "abi/structs.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/endpoint.h"
#include "kernel/core/ipc/gift.h"
#include "kernel/core/thread/thread.h"
#include "kernel/hal/cpu.h"
#include "kernel/raw/frame_access.h"

/* What a sender's info word asks for that the registers alone do not hold. */
static FORCE_INLINE bool message_is_short(u64 info)
{
	return msg_info_words(info) <= MESSAGE_REGISTER_WORDS && msg_info_caps(info) == 0;
}

/* Checks counts. Errors: TOO_LONG. */
[[nodiscard]] static inline enum status message_check(u64 info)
{
	if (msg_info_words(info) > MESSAGE_WORDS_MAX || msg_info_caps(info) > MESSAGE_CAPS_MAX)
		return STATUS_TOO_LONG;
	return STATUS_OK;
}

static FORCE_INLINE void message_copy_registers(struct thread *to, const struct thread *from, u64 words)
{
	for (u64 i = 0; i < words && i < MESSAGE_REGISTER_WORDS; i++)
		to->frame.word[i] = from->frame.word[i];
}

/* All words of a message, those in the message buffer too. */
HAL_RARE_CALL void message_copy_words(struct thread *to, const struct thread *from, u64 words);

/* All capabilities of a message, and room for them reserved at the receiver. */
struct transfer {
	u32 count;                        /* 0: none; the rest is not set then */
	struct gift gift[MESSAGE_CAPS_MAX];
};

/* Words beyond the registers, and capabilities up to the point where nothing can fail. All or nothing.
 * Errors: those of capabilities. */
[[nodiscard]] enum status message_prepare_rest(struct thread *to, struct thread *from, u64 info,
	struct transfer *transfer);

/* The receiver has the capabilities, and the sender no longer those that were moved. Not under a lock. */
void transfer_commit(struct thread *to, struct thread *from, const struct transfer *transfer);

/* The message is not sent after all. */
void transfer_abandon(struct thread *to, struct transfer *transfer);

/* The registers that a receiver or caller sees, but for the words. */
static FORCE_INLINE void message_finish(struct thread *to, u64 badge, u64 info)
{
	to->frame.status = STATUS_OK;
	to->frame.arg0 = badge;
	to->frame.arg1 = info;
}

/* A message of the kernel itself: up to 8 words. */
void message_note(struct thread *to, u32 kind, u64 badge, u64 label, const u64 *word);

/* The words of a fault, or of what was handed on, in place of registers. */
void message_copy_fault(struct thread *to, const struct thread *from);

/* Wakes a caller that will get no answer. A faulted thread's process ends. */
void message_peer_died(struct thread *caller);

#endif
