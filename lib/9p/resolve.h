/* SPDX-License-Identifier: Apache-2.0
 *
 * From an absolute path to an open file's capability: the namespace, then the server. Inside of
 * lib/9p.
 */
#ifndef LIB_9P_RESOLVE_H
#define LIB_9P_RESOLVE_H

#include "lib/9p/file.h"

/* How often a request is made that ends its server. REPEATS: of one that keeps state, and says that it had not begun; something
 * else may be what ends it each time. */
enum : u32 { DEATHS_MAX = 5, REPEATS_MAX = 16 };

/* What the answer to open and create tells. */
struct opened {
	handle_t cap;
	u32 qid_type;
	u64 bytes;
};

/* Asks the server in layer `layer` of the union at the longest bound prefix of `path` (absolute,
 * clean). op: NINEP_OPEN, NINEP_CREATE or NINEP_REMOVE (which answers no capability). NOT_FOUND with
 * *end set: there is no such layer. */
[[nodiscard]] enum status resolve_layer(u32 op, struct span path, u32 layer, u32 flags, u64 deadline_ns,
	struct opened *out, bool *end);

/* The same for the first layer that has the path. */
[[nodiscard]] enum status resolve(u32 op, struct span path, u32 flags, u64 deadline_ns, struct opened *out);

/* One request to a server's capability with a path relative to it. */
[[nodiscard]] enum status resolve_at(u32 op, handle_t server, struct span rest, u32 flags, u64 deadline_ns,
	struct opened *out);

struct message;

/* The status of a call, with the answer at hand: of GIVEN_UP it remembers who that is, of NOT_WHOLE how long a sector is. */
enum status answer_note(enum status status, const struct message *m);
/* What was to be written by such a call. */
void answer_note_write(u64 offset, u64 bytes);

#endif
