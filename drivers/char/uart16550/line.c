/* SPDX-License-Identifier: Apache-2.0
 *
 * Access to the registers through the port capability.
 */
#include "drivers/char/uart16550/line.h"
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

static handle_t ports;
static handle_t irq;

/* A failing access to ports that the manifest grants can only mean that the capability was
 * revoked: all ones then read as "no device". */
static u32 get(enum uart_register at)
{
	u64 value = 0xff;

	return sys_port_read(ports, at, 1, &value) == STATUS_OK ? (u32)value : 0xff;
}

static void put(enum uart_register at, u32 value)
{
	if (sys_port_write(ports, at, 1, value) != STATUS_OK)
		rt_exit(1);
}

static bool scratch_holds(u32 value)
{
	put(SCRATCH, value);
	return get(SCRATCH) == value;
}

bool line_present(void)
{
	ports = rt_handle(span_text("ports"));
	irq = rt_handle(span_text("irq"));
	if (handle_is_none(ports) || handle_is_none(irq))
		return false;
	return scratch_holds(0x55) && scratch_holds(0xaa);
}

u64 line_first_port(void)
{
	struct cap_info info = {};

	return sys_cap_inspect(ports, &info) == STATUS_OK ? info.value : 0;
}

enum status line_start(bool restarted)
{
	put(ENABLE, 0);
	if (!restarted) {
		put(LINE_CONTROL, CONTROL_8N1 | CONTROL_DIVISOR);
		put(DATA, DIVISOR_115200);
		put(ENABLE, 0);
		put(LINE_CONTROL, CONTROL_8N1);
	}
	/* WHY no FIFO_CLEAR: what came in before the driver ran is input too, and what an earlier
	 * instance sent may still be on its way. */
	put(IDENTIFY, FIFO_ON | FIFO_TRIGGER_8);
	put(MODEM_CONTROL, MODEM_DTR_RTS_OUT2);
	return sys_irq_bind(irq, service_signal(), INTERRUPT_BIT);
}

bool line_take(u8 *byte)
{
	if ((get(LINE_STATUS) & STATUS_DATA) == 0)
		return false;
	*byte = (u8)get(DATA);
	return true;
}

u32 line_room(void)
{
	return (get(LINE_STATUS) & STATUS_TRANSMITTER_EMPTY) != 0 ? FIFO_BYTES : 0;
}

void line_put(u8 byte)
{
	put(DATA, byte);
}

void line_want(bool receive, bool transmit)
{
	static u32 wanted;
	u32 value = (receive ? ENABLE_RECEIVE : 0) | (transmit ? ENABLE_TRANSMIT : 0);

	if (value != wanted)
		put(ENABLE, value);
	wanted = value;
}

bool line_pending(void)
{
	return (get(IDENTIFY) & IDENTIFY_NONE) == 0;
}

void line_acknowledge(void)
{
	/* NOT_FOUND: it was not masked; nothing to do. */
	(void)sys_irq_ack(irq);
}
