/* SPDX-License-Identifier: Apache-2.0
 *
 * A 16550 on its ports, as PCs have it. SPEC: National Semiconductor PC16550D, 8.0 (registers).
 */
#include "tests/fuzz/guest/line.h"
#include "abi/objects.h"
#include "abi/stubs.h"
#include "lib/rt/rt.h"

enum : u32 { COM2 = 0x2f8, PORTS = 8, DATA = 0, FIFO_CONTROL = 2, STATUS = 5, FIFO_ON = 7, RECEIVED = 1, ROOM = 0x20 };
enum : u64 { POLL_NS = 200000 };

static handle_t ports;

bool line_open(handle_t all_ports)
{
	return sys_cap_derive(all_ports, IOPORT_RIGHT_READ | IOPORT_RIGHT_WRITE, COM2, PORTS, &ports) == STATUS_OK &&
	       sys_port_write(ports, FIFO_CONTROL, 1, FIFO_ON) == STATUS_OK;
}

static bool status(u64 bit)
{
	u64 value = 0;

	return sys_port_read(ports, STATUS, 1, &value) == STATUS_OK && (value & bit) != 0;
}

void line_send_span(struct span text)
{
	for (usize i = 0; i < span_len(text); i++) {
		while (!status(ROOM))
			sys_yield();
		(void)!sys_port_write(ports, DATA, 1, span_u8(text, i));
	}
}

void line_send(const struct text *text)
{
	line_send_span(text_span(text));
}

struct span line_receive(struct mspan room)
{
	u64 byte = 0;
	usize used = 0;

	for (;;) {
		while (!status(RECEIVED))
			rt_sleep_until(rt_deadline_in(POLL_NS));
		if (sys_port_read(ports, DATA, 1, &byte) != STATUS_OK || byte == '\n')
			return span_first(span_of(room), used);
		if (used < mspan_len(room))
			mspan_put_u8(room, used++, (u8)byte);
	}
}
