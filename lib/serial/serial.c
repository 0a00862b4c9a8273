/* SPDX-License-Identifier: Apache-2.0
 *
 * The serial line as a file: /dev/uartN/data.
 */
#include "lib/serial/serial.h"
#include "lib/serial/line.h"
#include "lib/serial/receive.h"
#include "lib/serial/transmit.h"
#include "lib/base/text.h"

static const struct service_tree tree = {
	.count = 2,
	.node = { { .name = "", .qid_type = QID_DIRECTORY }, { .name = "data", .qid_type = QID_STREAM } },
};

static bool present;

static enum status uart_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)call;
	return present ? service_tree_open(&tree, from, path, file) : STATUS_NOT_SUPPORTED;
}

static enum status uart_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	return service_tree_entry(&tree, directory, index, out);
}

/* The device interrupts for what somebody waits for, and for nothing else. */
static void choose_interrupts(void)
{
	line_want(receive_wanted(), transmit_wanted());
}

static enum status uart_read(struct service_call *call, struct service_file *file)
{
	if (file->node == 0)
		return STATUS_IS_DIRECTORY;
	enum status status = receive_read(call);

	choose_interrupts();
	return status;
}

static enum status uart_write(struct service_call *call, struct service_file *file)
{
	if (file->node == 0)
		return STATUS_IS_DIRECTORY;
	enum status status = transmit_write(call);

	choose_interrupts();
	return status;
}

/* WHY acknowledge first: the line is edge-triggered, and an edge while it is masked is lost. So it
 * is unmasked, and then the device is served until it has no reason left to interrupt. */
static void uart_signal(u64 bits)
{
	(void)bits;
	line_acknowledge();
	do {
		receive_run();
		transmit_run();
		choose_interrupts();
	} while (line_pending());
}

static void say_absent(void)
{
	TEXT_BUFFER(line, 128);

	line_absent(&line);
	rt_log(text_span(&line));
}

static const struct service_ops ops = {
	.open = uart_open, .entry = uart_entry, .read = uart_read, .write = uart_write, .signal = uart_signal,
};

u64 serial_run(void)
{
	present = line_present();
	if (!present) {
		say_absent();
	} else if (line_start(rt_instance() > 1) != STATUS_OK) {
		rt_log(span_text("cannot bind the interrupt line; expected a grant `irq' of one line with BIND"));
		return 1;
	} else {
		choose_interrupts();
	}
	service_run(&ops);
}
