/* SPDX-License-Identifier: Apache-2.0
 *
 * What stops a process from the inside: broken invariants and smashed stacks. The text goes to
 * the system's log; the trap that follows ends the process and gives a crash record.
 */
#include "lib/base/text.h"
#include "lib/rt/raw_start.h"
#include "lib/rt/rt.h"

void invariant_broken(const char *name)
{
	TEXT_BUFFER(line, 160);

	text_add(&line, "invariant broken: ");
	text_add_cstr(&line, name);
	rt_log(text_span(&line));
	__builtin_trap();
}

void __stack_chk_fail(void)
{
	rt_log(span_text("a stack buffer was overrun"));
	__builtin_trap();
}
