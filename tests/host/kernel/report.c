/* SPDX-License-Identifier: Apache-2.0
 *
 * Running tests and reporting. See report.h.
 */
#include "tests/host/kernel/report.h"

#include <stdio.h>

#include "abi/names.h"
#include "kernel/core/klog/klog.h"
#include "tests/host/kernel/world.h"

static u32 passed, failed;
static bool this_failed;
static const char *this_name;

static void print(struct span text)
{
	for (usize i = 0; i < span_len(text); i++)
		(void)putchar(span_u8(text, i));
	(void)fflush(stdout);
}

static void complain(const char *file, u32 line, const char *what, const char *more)
{
	TEXT_BUFFER(text, 512);

	text_add(&text, "FAILED ");
	text_add_cstr(&text, this_name);
	text_add(&text, " (");
	text_add_cstr(&text, file);
	text_add(&text, ":");
	text_add_u64(&text, line);
	text_add(&text, "): ");
	text_add_cstr(&text, what);
	text_add_cstr(&text, more);
	print(text_span(&text));
	this_failed = true;
}

bool report_failing(void) { return this_failed; }

void report_expect(bool ok, const char *what, const char *file, u32 line)
{
	if (!ok)
		complain(file, line, what, "\n");
}

void report_equal(u64 found, u64 expected, const char *what, const char *file, u32 line)
{
	TEXT_BUFFER(text, 96);

	if (found == expected)
		return;
	complain(file, line, what, " is ");
	text_add_hex(&text, found);
	text_add(&text, ", expected ");
	text_add_hex(&text, expected);
	text_add(&text, "\n");
	print(text_span(&text));
}

void report_status(u64 found, u64 expected, const char *what, const char *file, u32 line)
{
	if (found == expected)
		return;
	complain(file, line, what, " is ");
	print(span_of_cstr(status_name((u32)found)));
	print(span_text(", expected "));
	print(span_of_cstr(status_name((u32)expected)));
	print(span_text("\n"));
}

void report_begin(const char *name)
{
	this_name = name;
	this_failed = false;
	/* So that the last words of a broken kernel say in which test. */
	fake_console_clear();
	klog_text(name);
	klog_text("\n");
}

void report_run(const char *name, void (*test)(void))
{
	report_begin(name);
	world_begin();
	test();
	world_end();
	if (this_failed)
		failed++;
	else
		passed++;
}

int report_end(void)
{
	TEXT_BUFFER(text, 64);

	text_add_u64(&text, passed);
	text_add(&text, " passed, ");
	text_add_u64(&text, failed);
	text_add(&text, " failed\n");
	print(text_span(&text));
	return failed == 0 ? 0 : 1;
}
