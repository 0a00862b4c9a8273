/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing to the serial driver.
 */
#include "userspace/services/console/output.h"
#include "userspace/services/console/line.h"
#include "lib/base/text.h"
#include "abi/names.h"

static struct file line;
static bool absent;

static void give_up(enum status status)
{
	TEXT_BUFFER(text, 200);

	absent = true;
	line_complain(&text, span_text("output is discarded: "), status);
	rt_log(text_span(&text));
}

static bool ready(void)
{
	if (!absent && !file_is_open(&line)) {
		enum status status = line_open(&line, OPEN_WRITE);

		if (status != STATUS_OK)
			give_up(status);
	}
	return !absent;
}

/* PEER_DIED: the driver ended with the bytes in hand. It answers only for what is in the device,
 * so they are sent again; calls then wait until it is back. */
void output_send(struct span bytes)
{
	while (span_len(bytes) > 0 && ready()) {
		usize count = 0;
		enum status status = file_write_some(&line, 0, bytes, &count);

		if (status == STATUS_OK)
			bytes = span_from(bytes, count);
		else if (status != STATUS_PEER_DIED && status != STATUS_STALE && status != STATUS_CANCELLED)
			give_up(status);
	}
}

void output_send_text(struct span text)
{
	TEXT_BUFFER(out, 512);

	for (usize i = 0; i < span_len(text); i++) {
		if (out.used + 2 > span_len(span_of(out.to))) {
			output_send(text_span(&out));
			text_clear(&out);
		}
		if (span_u8(text, i) == '\n')
			text_add_u8(&out, '\r');
		text_add_u8(&out, span_u8(text, i));
	}
	output_send(text_span(&out));
}
