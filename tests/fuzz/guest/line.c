/* SPDX-License-Identifier: Apache-2.0
 *
 * A 16550. SPEC: National Semiconductor PC16550D, 8.0 (registers).
 */
#include "tests/fuzz/guest/line.h"
#include "abi/stubs.h"
#include "lib/rt/rt.h"
#include "tests/fuzz/guest/registers.h"

enum : u32 { DATA = 0, FIFO_CONTROL = 2, STATUS = 5, FIFO_ON = 7, RECEIVED = 1, ROOM = 0x20 };
enum : u64 { POLL_NS = 200000 };

bool line_open(void)
{
	if (!registers_open())
		return false;
	register_write(FIFO_CONTROL, FIFO_ON);
	return true;
}

static bool status(u32 bit) { return (register_read(STATUS) & bit) != 0; }

void line_send_span(struct span text)
{
	for (usize i = 0; i < span_len(text); i++) {
		while (!status(ROOM))
			sys_yield();
		register_write(DATA, span_u8(text, i));
	}
}

void line_send(const struct text *text)
{
	line_send_span(text_span(text));
}

struct span line_receive(struct mspan room)
{
	usize used = 0;

	for (;;) {
		while (!status(RECEIVED))
			rt_sleep_until(rt_deadline_in(POLL_NS));
		u8 byte = register_read(DATA);

		if (byte == '\n')
			return span_first(span_of(room), used);
		if (used < mspan_len(room))
			mspan_put_u8(room, used++, byte);
	}
}
