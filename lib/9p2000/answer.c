/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers of 9P2000.L: hostile input. See message.h.
 */
#include "lib/9p2000/message.h"

enum : u32 { QID_BYTES = 13, ATTRIBUTES_BYTES = 153, ENTRY_BYTES = QID_BYTES + 8 + 1 + 2, VERSION_BYTES = 4 + 2 + 8 };
/* SPEC: Plan 9, intro(5); 9P2000.L adds links. */
enum : u8 { QID_DIRECTORY_BIT = 0x80, QID_LINK_BIT = 0x02, QID_OTHERS = 0x7d };
/* SPEC: Linux, include/uapi/linux/stat.h */
enum : u32 { MODE_KIND = 0170000, MODE_REGULAR = 0100000, MODE_DIRECTORY = 0040000, MODE_LINK = 0120000 };
enum : u64 { NS_PER_SECOND = 1000000000, SECONDS_MAX = U64_MAX / NS_PER_SECOND - 1, FILE_BYTES_MAX = U64_MAX >> 1 };

enum status p9_take(const struct p9_asked *asked, struct span head, u32 written, struct span *body)
{
	bool error = span_len(head) >= P9_HEAD_BYTES && span_u8(head, 4) == P9_ERROR;

	*body = span_empty();
	if (span_len(head) < P9_HEAD_BYTES || span_le32(head, 0) != written || span_len(head) > written ||
	    (span_u8(head, 4) != asked->type + 1 && !error) || span_le16(head, 5) != asked->tag)
		return STATUS_BAD_FORMAT;
	if (error && written != P9_HEAD_BYTES + 4)
		return STATUS_BAD_FORMAT;
	*body = span_from(head, P9_HEAD_BYTES);
	if (error)
		return span_len(*body) == 4 ? p9_error_status(span_le32(*body, 0)) : STATUS_BAD_FORMAT;
	/* Nothing follows, where nothing should. */
	bool empty = asked->type == P9_CLUNK || asked->type == P9_REMOVE || asked->type == P9_SET;

	if ((empty && written != P9_HEAD_BYTES) || (asked->type != P9_READ && span_len(head) != written))
		return STATUS_BAD_FORMAT;
	if (asked->type == P9_READ && (span_len(*body) < 4 || span_le32(*body, 0) != written - P9_READ_AT))
		return STATUS_BAD_FORMAT;
	return STATUS_OK;
}

bool p9_body_version(struct span body)
{
	return span_len(body) == VERSION_BYTES && span_le32(body, 0) == P9_MESSAGE_BYTES && span_le16(body, 4) == 8 &&
	       span_equal(span_from(body, 6), span_text("9P2000.L"));
}

static bool take_qid(struct span bytes, struct p9_qid *out)
{
	u8 type = span_u8(bytes, 0);

	*out = (struct p9_qid){ .directory = (type & QID_DIRECTORY_BIT) != 0, .link = (type & QID_LINK_BIT) != 0,
		.version = span_le32(bytes, 1), .path = span_le64(bytes, 5) };
	return (type & QID_OTHERS) == 0 && !(out->directory && out->link);
}

bool p9_body_qid(struct span body, struct p9_qid *out) { return span_len(body) == QID_BYTES && take_qid(body, out); }
bool p9_body_opened(struct span body, struct p9_qid *out) { return span_len(body) == QID_BYTES + 4 && take_qid(body, out); }

bool p9_body_walked(struct span body, u32 asked, u32 *names, struct p9_qid *last)
{
	if (span_len(body) < 2)
		return false;
	*names = span_le16(body, 0);
	if (*names > asked || span_len(body) != 2 + (u64)QID_BYTES * *names)
		return false;
	for (u32 i = 0; i < *names; i++)
		if (!take_qid(span_part(body, 2 + (u64)QID_BYTES * i, QID_BYTES), last))
			return false;
	return true;
}

bool p9_body_count(struct span body, u32 asked, u32 *count)
{
	/* WHY nothing is taken of what is wrong: who asked for it may look at it all the same. */
	if (span_len(body) < 4 || span_le32(body, 0) > asked)
		return false;
	*count = span_le32(body, 0);
	return true;
}

/* Its offsets, behind the mask: qid 8, mode 21, owners, links, device, size 49, blocks, times: 73, 89, ... */
bool p9_body_attributes(struct span body, struct p9_attributes *out)
{
	struct p9_attributes a = {};

	*out = a;
	if (span_len(body) != ATTRIBUTES_BYTES || !take_qid(span_part(body, 8, QID_BYTES), &a.qid))
		return false;
	u32 kind = span_le32(body, 21) & MODE_KIND;

	a.regular = kind == MODE_REGULAR || kind == MODE_DIRECTORY;
	a.bytes = span_le64(body, 49);
	u64 seconds = span_le64(body, 89), ns = span_le64(body, 97);

	a.modified_ns = seconds <= SECONDS_MAX && ns < NS_PER_SECOND ? seconds * NS_PER_SECOND + ns : 0;
	if (a.bytes > FILE_BYTES_MAX || (kind == MODE_DIRECTORY) != a.qid.directory || (kind == MODE_LINK) != a.qid.link)
		return false;
	*out = a;
	return true;
}

bool p9_body_list(struct span body, struct span *rest)
{
	if (span_len(body) < 4 || span_le32(body, 0) != span_len(body) - 4)
		return false;
	*rest = span_from(body, 4);
	return true;
}

bool p9_entry_next(struct span *rest, struct p9_entry *out)
{
	if (span_len(*rest) < ENTRY_BYTES || !take_qid(span_first(*rest, QID_BYTES), &out->qid))
		return false;
	u32 length = span_le16(*rest, ENTRY_BYTES - 2);

	out->cookie = span_le64(*rest, QID_BYTES);
	if (length == 0 || !span_sub(*rest, ENTRY_BYTES, length, &out->name))
		return false;
	*rest = span_from(*rest, ENTRY_BYTES + length);
	return span_find(out->name, 0, '/') == length && span_find(out->name, 0, 0) == length;
}

/* SPEC: Linux, include/uapi/asm-generic/errno-base.h and errno.h */
enum status p9_error_status(u32 number)
{
	switch (number) {
	case 2: return STATUS_NOT_FOUND;
	case 1: case 13: case 30: return STATUS_DENIED;
	case 17: return STATUS_EXISTS;
	case 20: return STATUS_NOT_DIRECTORY;
	case 21: return STATUS_IS_DIRECTORY;
	case 22: return STATUS_INVALID;
	case 27: case 28: case 122: return STATUS_NO_SPACE;
	case 36: return STATUS_TOO_LONG;
	case 12: case 16: case 23: case 24: case 26: case 39: return STATUS_BUSY;
	case 38: case 40: case 95: return STATUS_NOT_SUPPORTED;
	default: return STATUS_IO;
	}
}
