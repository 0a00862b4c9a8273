/* SPDX-License-Identifier: Apache-2.0
 *
 * edu: a number written to /dev/edu makes the device compute its factorial and interrupt when it has. Read from it: how many
 * interrupts came to this instance, by message or by wire, and what the device had computed at the last one.
 *
 * SPEC: QEMU, docs/specs/edu.rst
 */
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/base/text.h"
#include "lib/mmio/mmio.h"
#include "lib/service/service.h"

enum : u64 { FACTORIAL = 0x08, STATUS = 0x20, CAUSE = 0x24, ACK = 0x64, NUMBER_MAX = 12 };
enum : u32 { INTERRUPT_BIT = 0, STATUS_INTERRUPT = 0x80, LINE_BYTES = 16 };

static struct mmio device;
static handle_t irq;
static u64 interrupts;
static u32 result;
static bool by_message;

/* What has no cause is not counted: an interrupt that was on its way to an earlier instance. */
static void edu_signal(u64 bits)
{
	u32 cause = mmio_read32(&device, CAUSE);

	if ((bits & 1ull << INTERRUPT_BIT) == 0)
		return;
	if (cause != 0) {
		interrupts++;
		result = mmio_read32(&device, FACTORIAL);
		mmio_write32(&device, ACK, cause);
	}
	if (sys_irq_ack(irq) != STATUS_OK)
		rt_exit(1);
}

static enum status edu_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	(void)from;
	(void)file;
	return span_len(path) == 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status edu_read(struct service_call *call, struct service_file *file)
{
	TEXT_BUFFER(line, 80);

	(void)file;
	text_add_u64(&line, interrupts);
	text_add_span(&line, by_message ? span_text(" by message, last ") : span_text(" by wire, last "));
	text_add_u64(&line, result);
	text_add(&line, "\n");
	return service_put_at(call, text_span(&line));
}

static enum status edu_write(struct service_call *call, struct service_file *file)
{
	u8 bytes[LINE_BYTES];
	u64 got = 0, number = 0;

	(void)file;
	enum status status = service_take(call, 0, MSPAN_OF_ARRAY(bytes), &got);

	if (status != STATUS_OK)
		return status;
	if (!span_parse_u64(span_trim(span_first(SPAN_OF_ARRAY(bytes), got)), &number) || number > NUMBER_MAX)
		return STATUS_INVALID;
	mmio_write32(&device, FACTORIAL, (u32)number);
	return STATUS_OK;
}

/* False: there is no device. */
static bool set_up(void)
{
	struct irq_message message;

	irq = rt_handle(span_text("irq"));
	if (handle_is_none(irq) || mmio_map(rt_handle(span_text("registers")), PAGE_BYTES, &device) != STATUS_OK)
		return false;
	by_message = sys_irq_message(irq, &message) == STATUS_OK;
	mmio_write32(&device, ACK, mmio_read32(&device, CAUSE));
	mmio_write32(&device, STATUS, STATUS_INTERRUPT);
	return sys_irq_bind(irq, service_signal(), 1ull << INTERRUPT_BIT) == STATUS_OK;
}

static const struct service_ops ops = { .open = edu_open, .read = edu_read, .write = edu_write, .signal = edu_signal };

u64 program_main(const struct rt_args *args)
{
	(void)args;
	if (!set_up())
		return SERVICE_EXIT_ABSENT;
	service_run(&ops);
}
