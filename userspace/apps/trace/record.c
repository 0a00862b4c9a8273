/* SPDX-License-Identifier: Apache-2.0
 *
 * See record.h.
 */
#include "userspace/apps/trace/record.h"
#include "lib/tool/tool.h"
#include "lib/trace/live/rings.h"
#include "abi/names.h"

static struct file out;
static enum status result;   /* of the first writing that failed */
static u64 bytes, bytes_max;
static u64 events;
static bool full;

enum status record_open(struct span path, u64 limit_bytes)
{
	bytes_max = limit_bytes;
	return file_create(&out, path, OPEN_WRITE | OPEN_TRUNCATE);
}

bool record_more(bool last)
{
	const struct event_packet *packet;

	while (result == STATUS_OK && !full && rings_next_packet(!last, &packet)) {
		full = bytes + EVENT_PACKET_BYTES > bytes_max;
		if (full)
			break;
		result = file_write(&out, SPAN_OF_STRUCT(*packet));
		bytes += EVENT_PACKET_BYTES;
		events += packet->content_bits / 8 / EVENT_RECORD_BYTES - 1;
	}
	return result == STATUS_OK && !full;
}

bool record_end(void)
{
	TEXT_BUFFER(line, 200);

	file_close(&out);
	text_add(&line, "trace: ");
	text_add_u64(&line, events);
	text_add(&line, " events, ");
	text_add_u64(&line, rings_lost());
	text_add(&line, " lost");
	if (full)
		text_add(&line, "; recording ended when the file had as much as --limit allows");
	if (result != STATUS_OK) {
		text_add(&line, "; the file could not be written: ");
		text_add_cstr(&line, status_text(result));
	}
	text_add(&line, "\n");
	print_flush();
	print_error_text(&line);
	return result == STATUS_OK && !full;
}
