/* SPDX-License-Identifier: Apache-2.0
 *
 * Where messages go, and what happens when an invariant breaks.
 */
#include "boot/uefi/message.h"

#include "boot/uefi/firmware.h"
#include "boot/machine/machine.h"

enum : u32 { PROBLEM_WAIT_MS = 5000, MESSAGE_BYTES = 512 };

static bool firmware_gone;

static void serial_print(struct span text)
{
	for (usize i = 0; i < span_len(text); i++) {
		if (span_u8(text, i) == '\n')
			machine_serial_put('\r');
		machine_serial_put(span_u8(text, i));
	}
}

void message_info(const struct text *text)
{
	if (!firmware_gone)
		firmware_print(text_span(text));
}

void message_problem(const struct text *text)
{
	TEXT_BUFFER(line, MESSAGE_BYTES);
	text_add(&line, "\nferrous loader: ");
	text_add_span(&line, text_span(text));
	text_add(&line, "\n");
	if (!firmware_gone)
		firmware_print(text_span(&line));
	machine_serial_start();
	serial_print(text_span(&line));
}

void message_firmware_gone(void)
{
	firmware_gone = true;
}

NORETURN void invariant_broken(const char *name)
{
	TEXT_BUFFER(text, MESSAGE_BYTES);
	text_add(&text, "stopped, because of a defect in the loader: ");
	text_add_cstr(&text, name);
	message_problem(&text);
	if (!firmware_gone)
		firmware_wait_key(PROBLEM_WAIT_MS);
	firmware_reset();
	for (;;)
		machine_relax();
}
