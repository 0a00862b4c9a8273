/* SPDX-License-Identifier: Apache-2.0
 *
 * The registers of a PL011. Firmware has set its speed.
 *
 * SPEC: Arm PrimeCell UART (PL011) TRM (DDI 0183), 3.3 "Register descriptions", 2.8 "Interrupts".
 */
#include "lib/serial/line.h"
#include "abi/stubs.h"
#include "lib/mmio/mmio.h"
#include "lib/rt/rt.h"
#include "lib/service/service.h"

enum : u64 {
	DATA = 0x000, FLAGS = 0x018, LINE_CONTROL = 0x02c, CONTROL = 0x030, ENABLE = 0x038, PENDING = 0x040,
	IDENTIFY_PART = 0xfe0, IDENTIFY_CELL = 0xff0, IDENTIFY_STEP = 4,
};
enum : u32 {
	FLAG_RECEIVE_EMPTY = 1u << 4, FLAG_TRANSMIT_FULL = 1u << 5,
	LINE_8N1_FIFO = 3u << 5 | 1u << 4,
	CONTROL_ON = 1u << 0 | 1u << 8 | 1u << 9,
	RECEIVED = 1u << 4, RECEIVED_LATE = 1u << 6, TRANSMITTED = 1u << 5,
	PART = 0x11, CELL = 0xb105f00d,
	INTERRUPT_BIT = 1,
};

static struct mmio registers;
static handle_t irq;

/* Four registers hold a byte of it each, the lowest first. */
static u32 cell_number(void)
{
	u32 number = 0;

	for (u32 i = 0; i < 4; i++)
		number |= (mmio_read32(&registers, IDENTIFY_CELL + i * IDENTIFY_STEP) & 0xff) << 8 * i;
	return number;
}

bool line_present(void)
{
	handle_t memory = rt_handle(span_text("registers"));

	irq = rt_handle(span_text("irq"));
	return !handle_is_none(memory) && !handle_is_none(irq) && mmio_map(memory, PAGE_BYTES, &registers) == STATUS_OK &&
	       cell_number() == CELL && (mmio_read32(&registers, IDENTIFY_PART) & 0xff) == PART;
}

void line_absent(struct text *text)
{
	text_add(text, "no PL011 at address ");
	text_add_hex(text, mmio_physical(rt_handle(span_text("registers"))));
	text_add(text, " (it does not identify itself)");
}

/* WHY not again after a restart: it would forget what is in the FIFOs. */
enum status line_start(bool restarted)
{
	mmio_write32(&registers, ENABLE, 0);
	if (!restarted)
		mmio_write32(&registers, LINE_CONTROL, LINE_8N1_FIFO);
	mmio_write32(&registers, CONTROL, CONTROL_ON);
	return sys_irq_bind(irq, service_signal(), INTERRUPT_BIT);
}

bool line_take(u8 *byte)
{
	if ((mmio_read32(&registers, FLAGS) & FLAG_RECEIVE_EMPTY) != 0)
		return false;
	*byte = (u8)mmio_read32(&registers, DATA);
	return true;
}

u32 line_room(void)
{
	return (mmio_read32(&registers, FLAGS) & FLAG_TRANSMIT_FULL) != 0 ? 0 : 1;
}

void line_put(u8 byte)
{
	mmio_write32(&registers, DATA, byte);
}

void line_want(bool receive, bool transmit)
{
	static u32 wanted;
	u32 value = (receive ? RECEIVED | RECEIVED_LATE : 0) | (transmit ? TRANSMITTED : 0);

	if (value != wanted)
		mmio_write32(&registers, ENABLE, value);
	wanted = value;
}

bool line_pending(void)
{
	return mmio_read32(&registers, PENDING) != 0;
}

void line_acknowledge(void)
{
	/* NOT_FOUND: it was not masked; nothing to do. */
	(void)sys_irq_ack(irq);
}
