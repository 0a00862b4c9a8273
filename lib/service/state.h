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
/* Gives the record back; its badge is never used again. */
void files_release(struct service_file *file);
u64 files_badge(const struct service_file *file);

/* ---- reply objects (answers.c) ---- */

enum : u32 { SLOT_NONE = U32_MAX };

/* A reply object for the next receive; SLOT_NONE if there is none and none can be made. */
u32 slots_take(void);
handle_t slots_reply(u32 slot);
void slots_release(u32 slot);
/* Answers what the file's client waits for with CANCELLED. */
void slots_cancel_file(u32 file_index);

/* ---- requests (requests.c) ---- */

/* Does what the request asks for; the result is the status of the answer. */
[[nodiscard]] enum status requests_serve(const struct service_ops *ops, struct service_call *call);
/* The words of the answer. */
void requests_answer_words(const struct service_call *call, enum status status, struct message *m);
/* The last capability of a file is gone. */
void requests_close(const struct service_ops *ops, u64 badge);

#endif
