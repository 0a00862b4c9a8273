/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits at an endpoint without a thread. See note.h.
 */
#include "kernel/core/ipc/note.h"
#include "kernel/core/cap/cap.h"
#include "kernel/core/ipc/message.h"
#include "kernel/raw/downcast.h"

static bool take_gone(struct endpoint *endpoint, struct thread *to)
{
	struct lineage *gone = endpoint->gone_first;

	if (gone == nullptr)
		return false;
	endpoint->gone_first = gone->next_gone;
	message_note(to, MSG_KIND_NOTE_BADGE_GONE, gone->badge, 0, &gone->badge);
	object_ref(&endpoint->object);
	to->note = gone;
	return true;
}

void note_settle(struct thread *thread, bool heard)
{
	struct lineage *note = thread->note;
	struct object *endpoint = note->object;

	thread->note = nullptr;
	if (heard || !endpoint_badge_gone(note->watcher, note))
		lineage_free(note);
	object_unref(endpoint);
}

static bool take_signal(struct endpoint *endpoint, struct thread *to)
{
	const struct signal_binding *bound = &endpoint->bound;

	if (!binding_valid(bound))
		return false;
	u64 bits = signal_take(bound->signal, bound->bits);

	if (bits == 0)
		return false;
	signal_taken(bound->signal, to);
	message_note(to, MSG_KIND_NOTE_SIGNAL, 0, 0, &bits);
	return true;
}

static bool take_queued(struct endpoint *endpoint, struct thread *to)
{
	if (endpoint->queue_first == nullptr)
		return false;
	struct queued_message *message = pooled_as_queued_message(endpoint->queue_first);
	u64 words = msg_info_words(message->info);

	endpoint->queue_first = message->pooled.next;
	endpoint->queued--;
	for (u64 i = 0; i < words && i < MESSAGE_REGISTER_WORDS; i++)
		to->frame.word[i] = message->word[i];
	for (u64 i = MESSAGE_REGISTER_WORDS; i < words; i++)
		*ELEM(to->buffer->word, i) = message->word[i];
	message_finish(to, message->badge, msg_info_set_kind(message->info, MSG_KIND_SEND));
	pool_give(&message->pooled);
	return true;
}

bool note_take(struct endpoint *endpoint, struct thread *to)
{
	return take_gone(endpoint, to) || take_signal(endpoint, to) || take_queued(endpoint, to);
}

/* A message with capabilities is not kept: its sender waits, so that it learns what became of them. */
bool note_enqueue(struct endpoint *endpoint, const struct thread *self, u64 badge, u64 info)
{
	if (endpoint->queued >= endpoint->depth || msg_info_caps(info) != 0 || endpoint->senders.first != nullptr)
		return false;
	struct pooled *item = pool_take(POOL_MESSAGE);

	if (item == nullptr)
		return false;
	struct queued_message *message = pooled_as_queued_message(item);
	u64 words = msg_info_words(info);

	message->badge = badge;
	message->info = msg_info_set_buffers(info, 0);
	for (u64 i = 0; i < words && i < MESSAGE_REGISTER_WORDS; i++)
		message->word[i] = self->frame.word[i];
	for (u64 i = MESSAGE_REGISTER_WORDS; i < words; i++)
		message->word[i] = *ELEM(self->buffer->word, i);
	item->next = nullptr;
	if (endpoint->queue_first != nullptr)
		endpoint->queue_last->next = item;
	else
		endpoint->queue_first = item;
	endpoint->queue_last = item;
	endpoint->queued++;
	return true;
}
