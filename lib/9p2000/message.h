/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages of 9P2000.L, the protocol by which hosts share folders with their guests, from the client's side: making requests,
 * and reading answers, which may hold anything.
 *
 * SPEC: 9P2000.L: diod, protocol.md; Plan 9 Programmer's Manual, section 5
 */
#ifndef LIB_9P2000_MESSAGE_H
#define LIB_9P2000_MESSAGE_H

#include "abi/errors.h"
#include "lib/base/span.h"

enum p9_type : u8 {
	P9_ERROR = 7,  /* only as an answer */
	P9_OPEN = 12, P9_CREATE = 14, P9_GET = 24, P9_SET = 26, P9_LIST = 40, P9_MKDIR = 72, P9_VERSION = 100, P9_ATTACH = 104,
	P9_WALK = 110, P9_READ = 116, P9_WRITE = 118, P9_CLUNK = 120, P9_REMOVE = 122,
};

enum : u32 {
	P9_HEAD_BYTES = 7,
	P9_DATA_BYTES = 4096,             /* of files, in one message */
	P9_LIST_BYTES = 1024,             /* of a folder's names */
	P9_READ_AT = 11, P9_WRITE_AT = 23,  /* where the data lies, in the answer and in the request */
	P9_MESSAGE_BYTES = P9_WRITE_AT + P9_DATA_BYTES,
	P9_WALK_NAMES = 16,
};
enum : u16 { P9_NO_TAG = 0xffff };

/* Open flags as Linux has them on most architectures. */
enum : u32 { P9_READ_ONLY = 0, P9_WRITE_ONLY = 1, P9_BOTH = 2, P9_EXCLUSIVE = 0200, P9_TRUNCATE = 01000, P9_DIRECTORY = 0200000,
	P9_NO_LINK = 0400000 };

/* The members that its type needs. */
struct p9_request {
	enum p9_type type;
	u16 tag;
	u32 fid, new_fid;
	u32 flags;
	u32 count;        /* of READ, WRITE, LIST: bytes; of WALK: names, which come from `names' */
	u64 offset;       /* of READ, WRITE, LIST; the length that SET sets */
	struct span names;  /* of WALK a path without empty components; of CREATE and MKDIR one name */
};

/* Writes the request, without the data of WRITE, which belongs at P9_WRITE_AT. How long it is, with the data; `to' has
 * room for the longest without data, 512 bytes. */
u32 p9_put(struct mspan to, const struct p9_request *request);

/* What of a request its answer is held against. */
struct p9_asked {
	enum p9_type type;
	u16 tag;
	u32 count;
};

/* Bytes that the answer may take. */
u32 p9_answer_room(const struct p9_asked *asked);

/* Which file it is at the server, for as long as it is there. */
struct p9_qid {
	bool directory, link;
	u32 version;
	u64 path;
};

struct p9_attributes {
	struct p9_qid qid;
	bool regular;     /* with what directories are: what can be opened without waiting for others */
	u64 bytes, modified_ns;
};

/* Looks at an answer of `written' bytes, of which `head' are the first (all, but of READ): is it one to what was asked, of its
 * kind, as long as it says? OK: `body' is what follows its head. BAD_FORMAT: it is wrong. Any other: the server's error. */
[[nodiscard]] enum status p9_take(const struct p9_asked *asked, struct span head, u32 written, struct span *body);

/* What bodies hold; false if it is wrong. */
[[nodiscard]] bool p9_body_version(struct span body);
[[nodiscard]] bool p9_body_qid(struct span body, struct p9_qid *out);          /* of ATTACH, MKDIR */
[[nodiscard]] bool p9_body_opened(struct span body, struct p9_qid *out);       /* of OPEN, CREATE */
[[nodiscard]] bool p9_body_walked(struct span body, u32 asked, u32 *names, struct p9_qid *last);
[[nodiscard]] bool p9_body_count(struct span body, u32 asked, u32 *count);     /* of READ (its head suffices), WRITE */
[[nodiscard]] bool p9_body_attributes(struct span body, struct p9_attributes *out);

struct p9_entry {
	struct p9_qid qid;
	u64 cookie;       /* where the next one is */
	struct span name;
};

/* Of LIST: what it holds is taken entry by entry from `rest'. */
[[nodiscard]] bool p9_body_list(struct span body, struct span *rest);
[[nodiscard]] bool p9_entry_next(struct span *rest, struct p9_entry *out);

/* What an error number of Linux means here. */
enum status p9_error_status(u32 number);

#endif
