/* SPDX-License-Identifier: Apache-2.0
 *
 * Services whose state outlives them (docs/adr/0035). Their reply objects do too, so that who had
 * asked the instance that ended still waits, with his buffers in reach. What the next instance does for
 * him follows from what was committed:
 *
 *	the request is done, the answer was not sent       it is sent now
 *	the request waits for something                    it goes on waiting, if who had asked still waits
 *	neither: nothing of it is committed                REPEAT: the client's library asks again
 */
#include "lib/base/text.h"
#include "lib/keep/keep.h"
#include "lib/service/state.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u64 { WORDS_KEPT = 4 };

struct desk {
	u64 done;     /* slot + 1 of the request whose answer is decided; 0: none */
	u64 status;
	u64 words;
	u64 word[WORDS_KEPT];
	u64 file;     /* index + 1 of the file that it opened, whose capability is to be made again */
	u64 op;
	u64 replies;  /* reply objects made so far */
};
static_assert(sizeof(struct desk) <= KEEP_DESK_BYTES, "the desk has room");

static struct desk desk;
static bool keeping;

bool kept_is(void) { return keeping; }
handle_t service_kept_group(void) { return keeping ? rt_handle(span_text("kept-group")) : rt_group(); }
handle_t service_vault(void) { return keeping ? rt_handle(span_text("vault")) : handle_none(); }

/* ---- reply objects, in the vault as /reply/NUMBER ---- */

static void reply_name(u32 slot, struct text *name)
{
	text_add(name, "/reply/");
	text_add_u64(name, slot);
}

handle_t kept_reply(u32 slot)
{
	u64 found = 0;
	TEXT_BUFFER(name, 32);

	reply_name(slot, &name);
	if (sys_ns_lookup(service_vault(), text_span(&name), 0, &found) != STATUS_OK)
		return handle_none();
	return (handle_t){ (u32)found };
}

/* What became of the request of whoever waits by it is not known any more. */
static void give_up_caller(handle_t reply)
{
	struct message m = msg_make(STATUS_PEER_DIED, 0);

	(void)msg_reply(reply, &m);
}

/* WHY looked for: what is kept may have been lost or be wrong, where the vault has them all. Another one in its place would
 * leave that in the group for long. One that cannot be kept is as without a vault: its caller will be told PEER_DIED. */
bool kept_make_reply(u32 slot, handle_t *reply)
{
	TEXT_BUFFER(name, 32);

	*reply = keeping ? kept_reply(slot) : handle_none();
	bool there = !handle_is_none(*reply);

	if (there)
		give_up_caller(*reply);
	else if (sys_reply_create(service_kept_group(), reply) != STATUS_OK)
		return false;
	reply_name(slot, &name);
	if (!keeping || (!there && sys_ns_bind(service_vault(), text_span(&name), *reply, NS_ORDER_REPLACE) != STATUS_OK))
		return true;
	desk.replies = max_u64(desk.replies, slot + 1);
	keep_desk_now(SPAN_OF_STRUCT(desk));
	return true;
}

/* ---- the request at hand ---- */

void kept_done(const struct service_call *call, enum status status, const struct message *m)
{
	bool opened = (call->op == NINEP_OPEN || call->op == NINEP_CREATE) && status == STATUS_OK && call->file != U32_MAX;

	desk.done = call->slot + 1;
	desk.status = status;
	desk.words = min_u64(msg_words(m), WORDS_KEPT);
	for (u32 i = 0; i < WORDS_KEPT; i++)
		desk.word[i] = m->word[i];
	desk.file = opened ? call->file + 1 : 0;
	desk.op = call->op;
	keep_desk_changed(SPAN_OF_STRUCT(desk));
	keep_commit();
}

void kept_answered(void)
{
	desk.done = 0;
	keep_desk_now(SPAN_OF_STRUCT(desk));
}

/* Whoever has gone or has his answer is not bound any more. */
bool kept_waits(handle_t reply)
{
	u64 none = 0;

	return !handle_is_none(reply) && sys_buffer_write(reply, 0, span_empty(), &none) != STATUS_PEER_DIED;
}

/* The capability of a file that was opened ended with the last instance, as its client has none: the file gets another badge, so
 * that the end of that one is not taken for the file's. */
static void answer_opened(struct service_call *call, struct message *m)
{
	struct service_file *file = files_at((u32)desk.file - 1);

	files_rebadge(file);
	keep_commit();
	if (requests_answer_file(call, file) != STATUS_OK)
		*m = msg_make(STATUS_PEER_DIED, 0);
	else
		msg_add_cap(m, call->answer_cap[0], call->answer_rights[0]);
}

static void answer_waiting(handle_t reply)
{
	struct message m = msg_make((u32)desk.status, (u32)min_u64(desk.words, WORDS_KEPT));
	struct service_call call = { .op = (u32)desk.op };

	for (u32 i = 0; i < WORDS_KEPT; i++)
		m.word[i] = desk.word[i];
	if (desk.file != 0 && desk.file <= SERVICE_FILES_MAX)
		answer_opened(&call, &m);
	(void)msg_reply(reply, &m);
	if (call.answer_caps != 0)
		sys_cap_drop(call.answer_cap[0]);
}

/* Sends the answer that the last instance had decided. WHY not if nobody waits: who has it has the file, with its badge. */
static void answer_again(void)
{
	handle_t reply = kept_reply((u32)desk.done - 1);

	if (kept_waits(reply))
		answer_waiting(reply);
	if (!handle_is_none(reply))
		sys_cap_drop(reply);
	kept_answered();
}

/* ---- the beginning ---- */

static void report(enum keep_found found)
{
	if (found == KEEP_DAMAGED)
		rt_log(span_text("problem: the kept state is damaged: its checksum is wrong; beginning anew"));
	if (found == KEEP_OTHER)
		rt_log(span_text("problem: the kept state is of another version; beginning anew"));
}

/* State that is not used leaves those behind who had asked the last instance. */
static void give_up_callers(void)
{
	for (u32 i = 0; i <= SERVICE_DEFERRED_MAX; i++) {
		handle_t reply = kept_reply(i);

		if (handle_is_none(reply))
			continue;
		give_up_caller(reply);
		sys_cap_drop(reply);
	}
}

static void resume(const struct service_ops *ops)
{
	if (desk.done != 0)
		answer_again();
	slots_resume((u32)min_u64(desk.replies, SERVICE_DEFERRED_MAX + 1));
	if (ops->kept != nullptr)
		ops->kept();
	keep_commit();
	slots_flush();
}

void kept_begin(const struct service_ops *ops)
{
	enum keep_found found = KEEP_NONE;

	if (ops->keeps != 0)
		found = keep_open(ops->keeps, files_keep_bytes() + slots_keep_bytes() + ops->keeps_bytes);
	keeping = found != KEEP_NONE;
	report(found);
	files_keep();
	slots_keep();
	if (ops->keep != nullptr)
		ops->keep();
	keep_ready();
	keep_desk(MSPAN_OF_STRUCT(desk));
	if (found == KEEP_DAMAGED || found == KEEP_OTHER)
		give_up_callers();
	resume(ops);
}
