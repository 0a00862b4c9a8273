/* SPDX-License-Identifier: Apache-2.0
 *
 * The registers of a 16550.
 *
 * SPEC: National Semiconductor PC16550D, section 8 (registers), 8.4 (line status), 8.6 (interrupts).
 */
#include "lib/serial/line.h"
#include "drivers/char/uart16550/access.h"
#include "lib/rt/rt.h"
#include "lib/service/service.h"
#include "abi/stubs.h"

enum uart_register : u32 {
	DATA = 0,         /* with the divisor latch: divisor, low byte */
	ENABLE = 1,       /* interrupt enable; with the divisor latch: divisor, high byte */
	IDENTIFY = 2,     /* interrupt identification (read), FIFO control (write) */
	LINE_CONTROL = 3,
	MODEM_CONTROL = 4,
	LINE_STATUS = 5,
	SCRATCH = 7,
};

enum : u32 {
	ENABLE_RECEIVE = 1, ENABLE_TRANSMIT = 2,
	IDENTIFY_NONE = 1,
	FIFO_ON = 0x01, FIFO_CLEAR = 0x06, FIFO_TRIGGER_8 = 0x80,
	CONTROL_8N1 = 0x03, CONTROL_DIVISOR = 0x80,
	/* WHY bit 3 (OUT2): on PC hardware it connects the interrupt line. */
	MODEM_DTR_RTS_OUT2 = 0x0b,
	STATUS_DATA = 0x01, STATUS_TRANSMITTER_EMPTY = 0x20,
	DIVISOR_115200 = 1,
	FIFO_BYTES = 16,
	INTERRUPT_BIT = 1,
};

static handle_t irq;

static bool scratch_holds(u32 value)
{
	access_put(SCRATCH, value);
	return access_get(SCRATCH) == value;
}

bool line_present(void)
{
	irq = rt_handle(span_text("irq"));
	return access_start() && !handle_is_none(irq) && scratch_holds(0x55) && scratch_holds(0xaa);
}

void line_absent(struct text *text)
{
	text_add(text, "no UART at ");
	access_place(text);
	text_add(text, " (scratch register does not hold values)");
}

enum status line_start(bool restarted)
{
	access_put(ENABLE, 0);
	if (!restarted) {
		access_put(LINE_CONTROL, CONTROL_8N1 | CONTROL_DIVISOR);
		access_put(DATA, DIVISOR_115200);
		access_put(ENABLE, 0);
		access_put(LINE_CONTROL, CONTROL_8N1);
	}
	/* WHY no FIFO_CLEAR: what came in before the driver ran is input too, and what an earlier
	 * instance sent may still be on its way. */
	access_put(IDENTIFY, FIFO_ON | FIFO_TRIGGER_8);
	access_put(MODEM_CONTROL, MODEM_DTR_RTS_OUT2);
	return sys_irq_bind(irq, service_signal(), INTERRUPT_BIT);
}

bool line_take(u8 *byte)
{
	if ((access_get(LINE_STATUS) & STATUS_DATA) == 0)
		return false;
	*byte = (u8)access_get(DATA);
	return true;
}

u32 line_room(void)
{
	return (access_get(LINE_STATUS) & STATUS_TRANSMITTER_EMPTY) != 0 ? FIFO_BYTES : 0;
}

void line_put(u8 byte)
{
	access_put(DATA, byte);
}

void line_want(bool receive, bool transmit)
{
	static u32 wanted;
	u32 value = (receive ? ENABLE_RECEIVE : 0) | (transmit ? ENABLE_TRANSMIT : 0);

	if (value != wanted)
		access_put(ENABLE, value);
	wanted = value;
}

bool line_pending(void)
{
	return (access_get(IDENTIFY) & IDENTIFY_NONE) == 0;
}

void line_acknowledge(void)
{
	/* NOT_FOUND: it was not masked; nothing to do. */
	(void)sys_irq_ack(irq);
}
