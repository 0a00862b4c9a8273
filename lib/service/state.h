/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of lib/service share. Inside of lib/service.
 */
#ifndef LIB_SERVICE_STATE_H
#define LIB_SERVICE_STATE_H

#include "lib/service/service.h"

/* ---- open files (files.c) ---- */

/* The file that a badge names; null if the badge is of an earlier instance or of a closed file. */
struct service_file *files_find(u64 badge);
/* A fresh record, not yet in use by anyone; null if all are taken. */
struct service_file *files_take(u32 flags);
/* The record at an index that is in use. */
struct service_file *files_at(u32 index);
/* Gives the record back; its badge is never used again. */
void files_release(struct service_file *file);
u64 files_badge(const struct service_file *file);
/* The file gets a badge of this instance. */
void files_rebadge(struct service_file *file);
void files_keep(void);
u64 files_keep_bytes(void);

/* ---- reply objects (answers.c) ---- */

enum : u32 { SLOT_NONE = U32_MAX };

/* A reply object for the next receive; SLOT_NONE if there is none and none can be made. */
u32 slots_take(void);
handle_t slots_reply(u32 slot);
void slots_release(u32 slot);
/* The deferred request is to be answered as `call`, with a message of its own; its slot is free when it was. */
[[nodiscard]] bool slots_end(service_ticket ticket, struct service_call *call);
/* Answers what the file's client waits for with CANCELLED. */
void slots_cancel_file(u32 file_index);
/* Sends the answers that were decided in a transaction, once it is committed. */
void slots_flush(void);
void slots_keep(void);
u64 slots_keep_bytes(void);
/* Finds the reply objects of earlier instances again, tells who was left without an answer to ask again, and forgets those who
 * were to be answered and wait no more. */
void slots_resume(u32 replies);

/* ---- kept state (kept.c) ---- */

/* Opens what is kept, and finishes what the last instance had begun. */
void kept_begin(const struct service_ops *ops);
bool kept_is(void);
/* A reply object for the slot, which the vault has from then on. False: there is none to be had. */
[[nodiscard]] bool kept_make_reply(u32 slot, handle_t *reply);
/* The one that the vault has. */
handle_t kept_reply(u32 slot);
/* Whether somebody waits for an answer by it. */
bool kept_waits(handle_t reply);
/* The request at hand is done, with this answer: decided with all that it changed, before it is sent. */
void kept_done(const struct service_call *call, enum status status, const struct message *m);
void kept_answered(void);

/* ---- requests (requests.c) ---- */

/* Does what the request asks for; the result is the status of the answer. */
[[nodiscard]] enum status requests_serve(const struct service_ops *ops, struct service_call *call);
/* The words of the answer. */
void requests_answer_words(const struct service_call *call, enum status status, struct message *m);
/* Puts a capability to the open file into the answer. */
[[nodiscard]] enum status requests_answer_file(struct service_call *call, struct service_file *file);
/* The last capability of a file is gone. Whoever ends before he has received again leaves that to the next instance, who may find
 * it done. */
void requests_close(const struct service_ops *ops, u64 badge);

#endif
