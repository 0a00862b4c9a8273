/* SPDX-License-Identifier: Apache-2.0
 *
 * Words for people on the first serial line, and views of memory.
 */
#include "boot/machine/machine.h"
#include "boot/raw/load.h"

static void print(struct span text)
{
	for (usize i = 0; i < span_len(text); i++) {
		if (span_u8(text, i) == '\n')
			machine_serial_put('\r');
		machine_serial_put(span_u8(text, i));
	}
}

void load_message(struct span what)
{
	print(span_text("\nferrous loader: "));
	print(what);
	print(span_text("\n"));
}

void load_problem(struct span what)
{
	load_message(what);
	for (;;)
		machine_relax();
}

void invariant_broken(const char *name)
{
	print(span_text("\nferrous loader: stopped, because of a defect in the loader: "));
	load_problem(span_of_cstr(name));
}

UNSAFE_BEGIN("SAFETY: addresses are physical ones here; the callers ask for memory that the map has, and nothing else runs");
struct mspan load_memory(u64 address, u64 bytes)
{
	return (struct mspan){ .raw_p = (u8 *)(uptr)address, .raw_n = bytes };
}
UNSAFE_END();
