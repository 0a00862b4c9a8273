/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests of 9P2000.L. See message.h.
 */
#include "lib/9p2000/message.h"
#include "lib/path/path.h"

/* SPEC: Linux, include/net/9p/9p.h: what a getattr asks for, and what a setattr sets. */
enum : u64 { GET_BASIC = 0x7ff };
enum : u32 { SET_SIZE = 1 << 3, SET_BYTES = 56, MODE_FILE = 0644, MODE_DIRECTORY = 0755, NO_FID = U32_MAX, NO_USER = U32_MAX };
static_assert(P9_WALK_NAMES == 16, "a walk has so many names");

/* A message that grows: a view, local. */
struct put {
	struct mspan to;
	u32 at;
};

static void put8(struct put *p, u8 value) { mspan_put_u8(p->to, p->at, value); p->at += 1; }
static void put16(struct put *p, u16 value) { mspan_put_le16(p->to, p->at, value); p->at += 2; }
static void put32(struct put *p, u32 value) { mspan_put_le32(p->to, p->at, value); p->at += 4; }
static void put64(struct put *p, u64 value) { mspan_put_le64(p->to, p->at, value); p->at += 8; }

static void put_text(struct put *p, struct span text)
{
	put16(p, (u16)span_len(text));
	span_copy(mspan_from(p->to, p->at), text);
	p->at += (u32)span_len(text);
}

static void put_names(struct put *p, struct span path, u32 count)
{
	put16(p, (u16)count);
	for (u32 i = 0; i < count; i++)
		put_text(p, path_next(&path));
}

static void put_size(struct put *p, u64 bytes)
{
	u32 end = p->at + SET_BYTES;

	put32(p, SET_SIZE);
	put32(p, 0);
	put32(p, 0);
	put32(p, 0);
	put64(p, bytes);
	while (p->at < end)
		put8(p, 0);
}

static void put_range(struct put *p, const struct p9_request *r)
{
	put64(p, r->offset);
	put32(p, r->count);
}

/* What follows the fid that most begin with. */
static void put_rest(struct put *p, const struct p9_request *r)
{
	switch (r->type) {
	case P9_OPEN: put32(p, r->flags); break;
	case P9_CREATE:
		put_text(p, r->names);
		put32(p, r->flags);
		put32(p, MODE_FILE);
		put32(p, 0);
		break;
	case P9_MKDIR:
		put_text(p, r->names);
		put32(p, MODE_DIRECTORY);
		put32(p, 0);
		break;
	case P9_GET: put64(p, GET_BASIC); break;
	case P9_SET: put_size(p, r->offset); break;
	case P9_ATTACH:
		put32(p, NO_FID);
		put_text(p, span_text("ferrous"));
		put_text(p, span_empty());
		put32(p, NO_USER);
		break;
	case P9_WALK:
		put32(p, r->new_fid);
		put_names(p, r->names, r->count);
		break;
	case P9_LIST:
	case P9_READ:
	case P9_WRITE: put_range(p, r); break;
	case P9_ERROR:
	case P9_VERSION:
	case P9_CLUNK:
	case P9_REMOVE: break;
	}
}

u32 p9_put(struct mspan to, const struct p9_request *request)
{
	struct put p = { .to = to, .at = 4 };

	put8(&p, request->type);
	put16(&p, request->tag);
	if (request->type == P9_VERSION) {
		put32(&p, P9_MESSAGE_BYTES);
		put_text(&p, span_text("9P2000.L"));
	} else {
		put32(&p, request->fid);
		put_rest(&p, request);
	}
	if (request->type == P9_WRITE)
		p.at += request->count;
	mspan_put_le32(to, 0, p.at);
	return p.at;
}

u32 p9_answer_room(const struct p9_asked *asked)
{
	enum : u32 { LEAST = 256 /* of every fixed one, and of a walk */ };

	return asked->type == P9_READ || asked->type == P9_LIST ? (u32)max_u64(LEAST, P9_READ_AT + (u64)asked->count) : LEAST;
}
