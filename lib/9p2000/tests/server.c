/* SPDX-License-Identifier: Apache-2.0
 *
 * A server of a shared folder. See server.h.
 */
#include "lib/9p2000/tests/server.h"
#include "lib/9p2000/message.h"

enum : u32 { NOT_THERE = 2, EXISTS = 17, NOT_EMPTY = 39, STRANGE = 22 };

/* An answer that grows. */
struct answer {
	struct mspan to;
	u32 at;
};

static void put(struct answer *a, u64 value, u32 width)
{
	mspan_put_le(a->to, a->at, value, width);
	a->at += width;
}

static void put_qid(struct answer *a, const struct server_node *n)
{
	put(a, n->directory ? 0x80 : n->link ? 2 : 0, 1);
	put(a, 1, 4);
	put(a, n->path, 8);
}

void server_begin(struct server *s)
{
	*s = (struct server){ .next_path = 101 };
	s->node[0] = (struct server_node){ .name = "/", .path = 100, .directory = true };
}

void server_reset(struct server *s)
{
	for (u32 i = 0; i < SERVER_FIDS; i++)
		s->fid[i] = 0;
}

u32 server_find(const struct server *s, u32 parent, struct span name)
{
	for (u32 i = 1; i < SERVER_NODES; i++)
		if (s->node[i].parent == parent && s->node[i].name[0] != 0 &&
		    span_equal(span_until_zero(SPAN_OF_ARRAY(ELEM(s->node, i)->name)), name))
			return i;
	return SERVER_NODES;
}

u32 server_add(struct server *s, u32 parent, struct span name, bool directory)
{
	for (u32 i = 1; i < SERVER_NODES; i++) {
		struct server_node *n = ELEM(s->node, i);

		if (n->name[0] != 0)
			continue;
		*n = (struct server_node){ .parent = parent, .path = s->next_path++, .directory = directory };
		mspan_set_text(MSPAN_OF_ARRAY(n->name), name);
		return i;
	}
	return SERVER_NODES;
}

void server_remove(struct server *s, u32 node) { *ELEM(s->node, node) = (struct server_node){}; }

static bool has_children(const struct server *s, u32 parent)
{
	for (u32 i = 1; i < SERVER_NODES; i++)
		if (s->node[i].name[0] != 0 && s->node[i].parent == parent)
			return true;
	return false;
}

static u32 walk(struct server *s, u32 node, struct span names, u32 new_fid, struct answer *a)
{
	u32 count = span_le16(names, 0), done = 0;
	u64 at = 2;

	put(a, 0, 2);
	for (; done < count; done++) {
		u64 length = span_le16(names, at);
		u32 next = server_find(s, node, span_part(names, at + 2, length));

		if (next == SERVER_NODES)
			break;
		node = next;
		put_qid(a, ELEM(s->node, node));
		at += 2 + length;
	}
	mspan_put_le16(a->to, P9_HEAD_BYTES, (u16)done);
	if (done == count)
		*ELEM(s->fid, new_fid) = node + 1;
	return done == 0 && count != 0 ? NOT_THERE : 0;
}

static void attributes(const struct server_node *n, struct answer *a)
{
	put(a, 0x7ff, 8);
	put_qid(a, n);
	put(a, n->directory ? 040755 : n->link ? 0120777 : 0100644, 4);
	for (u32 i = 0; i < 3; i++)
		put(a, 0, 8);
	put(a, n->bytes, 8);
	put(a, 0, 8);
	put(a, 0, 8);
	put(a, 0, 8);
	put(a, 0, 8);
	put(a, 7, 8);
	put(a, 5, 8);
	while (a->at < P9_HEAD_BYTES + 153)
		put(a, 0, 1);
}

static u32 make(struct server *s, u32 *fid, struct span text, bool directory, struct answer *a)
{
	struct span name = span_part(text, 2, span_le16(text, 0));

	if (server_find(s, *fid - 1, name) != SERVER_NODES)
		return EXISTS;
	u32 node = server_add(s, *fid - 1, name, directory);

	put_qid(a, ELEM(s->node, node));
	if (!directory) {
		put(a, 0, 4);
		*fid = node + 1;
	}
	return 0;
}

static void list(const struct server *s, u32 node, u64 from, u32 most, struct answer *a)
{
	u32 count_at = a->at;

	put(a, 0, 4);
	for (u64 i = from; i < SERVER_NODES + 2 && a->at - count_at + 44 < most; i++) {
		const struct server_node *n = ELEM(s->node, i < 2 ? 0 : i - 2);
		struct span name = i == 0 ? span_text(".") : i == 1 ? span_text("..") : span_until_zero(SPAN_OF_ARRAY(n->name));

		if (i >= 2 && (i == 2 || n->name[0] == 0 || n->parent != node))
			continue;
		put_qid(a, n);
		put(a, i + 1, 8);
		put(a, 0, 1);
		put(a, span_len(name), 2);
		span_copy(mspan_from(a->to, a->at), name);
		a->at += (u32)span_len(name);
	}
	mspan_put_le32(a->to, count_at, a->at - count_at - 4);
}

static void move_bytes(struct server_node *n, enum p9_type type, struct span range, struct answer *a)
{
	u64 at = span_le64(range, 0), count = span_le32(range, 8);

	if (type == P9_WRITE) {
		at = min_u64(at, SERVER_BYTES);
		count = min_u64(count, SERVER_BYTES - at);
		span_copy(mspan_from(MSPAN_OF_ARRAY(n->content), at), span_part(range, 12, count));
		n->bytes = (u32)max_u64(n->bytes, at + count);
	} else {
		at = min_u64(at, n->bytes);
		count = min_u64(count, n->bytes - at);
	}
	put(a, count, 4);
	if (type == P9_READ) {
		span_copy(mspan_from(a->to, a->at), span_part(SPAN_OF_ARRAY(n->content), at, count));
		a->at += (u32)count;
	}
}

static u32 serve(struct server *s, enum p9_type type, u32 number, struct span rest, struct answer *a)
{
	u32 *fid = ELEM(s->fid, number);

	if (type == P9_ATTACH) {
		*fid = 1;
		put_qid(a, ELEM(s->node, 0));
		return 0;
	}
	if (*fid == 0)
		return STRANGE;
	u32 node = *fid - 1;
	struct server_node *n = ELEM(s->node, node);

	if (type == P9_WALK)
		return walk(s, node, span_from(rest, 4), span_le32(rest, 0), a);
	if (type == P9_CLUNK || type == P9_REMOVE)
		*fid = 0;
	/* It was removed by somebody else. */
	if (n->name[0] == 0)
		return type == P9_CLUNK ? 0 : NOT_THERE;
	switch (type) {
	case P9_OPEN:
		put_qid(a, n);
		put(a, 0, 4);
		break;
	case P9_GET: attributes(n, a); break;
	case P9_SET: n->bytes = (u32)min_u64(span_le64(rest, 16), SERVER_BYTES); break;
	case P9_CREATE:
	case P9_MKDIR: return make(s, fid, rest, type == P9_MKDIR, a);
	case P9_LIST: list(s, node, span_le64(rest, 0), span_le32(rest, 8), a); break;
	case P9_READ:
	case P9_WRITE: move_bytes(n, type, rest, a); break;
	case P9_REMOVE:
		if (has_children(s, node))
			return NOT_EMPTY;
		server_remove(s, node);
		break;
	case P9_CLUNK: break;
	case P9_VERSION:
	case P9_ATTACH:
	case P9_WALK:
	case P9_ERROR: return STRANGE;
	}
	return 0;
}

u32 server_answer(struct server *s, struct span request, struct mspan answer)
{
	struct answer a = { .to = answer, .at = P9_HEAD_BYTES };
	enum p9_type type = (enum p9_type)span_u8(request, 4);
	u32 error = 0;

	s->requests++;
	if (span_le32(request, 0) != span_len(request))
		error = STRANGE;
	else if (type == P9_VERSION) {
		server_reset(s);
		span_copy(mspan_from(answer, P9_HEAD_BYTES), span_from(request, P9_HEAD_BYTES));
		a.at = (u32)span_len(request);
	} else
		error = serve(s, type, span_le32(request, P9_HEAD_BYTES), span_from(request, P9_HEAD_BYTES + 4), &a);
	s->strange += error == STRANGE;
	if (error != 0) {
		a.at = P9_HEAD_BYTES;
		put(&a, error, 4);
	}
	mspan_put_le32(answer, 0, a.at);
	mspan_put_u8(answer, 4, error != 0 ? P9_ERROR : (u8)(type + 1));
	mspan_put_le16(answer, 5, span_le16(request, 5));
	return a.at;
}
