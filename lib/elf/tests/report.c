/* SPDX-License-Identifier: Apache-2.0
 *
 * Reporting, and what a broken invariant does in a host test: it ends the program as failed.
 */
#include "lib/elf/tests/report.h"

#include <stdio.h>
#include <stdlib.h>

static void print(struct span text)
{
	for (usize i = 0; i < span_len(text); i++)
		(void)putchar(span_u8(text, i));
}

void report_case(struct report *report, struct span name, bool ok)
{
	if (ok) {
		report->passed++;
		return;
	}
	report->failed++;
	print(span_text("FAILED: "));
	print(name);
	print(span_text("\n"));
}

int report_end(const struct report *report)
{
	TEXT_BUFFER(text, 64);
	text_add_u64(&text, report->passed);
	text_add(&text, " passed, ");
	text_add_u64(&text, report->failed);
	text_add(&text, " failed\n");
	print(text_span(&text));
	return report->failed == 0 ? 0 : 1;
}

NORETURN void invariant_broken(const char *name)
{
	print(span_text("FAILED: a broken invariant: "));
	print(span_of_cstr(name));
	print(span_text("\n"));
	abort();
}
