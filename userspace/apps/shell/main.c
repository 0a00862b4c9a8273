/* SPDX-License-Identifier: Apache-2.0
 *
 * The shell: `shell` on a console, `shell -c TEXT`, `shell < SCRIPT`; `shell -b NAME ARGUMENT...` runs a
 * builtin for a shell that has it in a pipeline.
 */
#include "lib/9p/print.h"
#include "lib/rt/rt.h"
#include "userspace/apps/shell/builtins.h"
#include "userspace/apps/shell/jobs.h"
#include "userspace/apps/shell/run.h"
#include "userspace/apps/shell/terminal.h"
#include "abi/names.h"

enum : u32 { LINE_BYTES = 4096 };

static struct pipeline builtin_words;

/* For measurement: when the first prompt of the first start appears. */
static void say_ready(void)
{
	TEXT_BUFFER(line, 80);
	u64 now = rt_now_ns();

	if (rt_instance() != 1)
		return;
	text_add(&line, "first prompt at ");
	text_add_u64(&line, now);
	text_add(&line, " ns");
	rt_log(text_span(&line));
}

static void make_prompt(struct text *prompt)
{
	text_add(prompt, "ferrous:");
	text_add_span(prompt, file_cwd());
	text_add(prompt, "> ");
}

static u64 run_interactive(void)
{
	terminal_start();
	say_ready();
	while (!run_exit_asked()) {
		TEXT_BUFFER(prompt, 96);
		TEXT_BUFFER(line, 512);

		jobs_collect(true);
		print_flush();
		make_prompt(&prompt);
		enum status status = terminal_read_line(text_span(&prompt), &line);

		if (status == STATUS_DEAD)
			break;
		if (status == STATUS_OK)
			run_line(text_span(&line));
		else if (status != STATUS_CANCELLED)
			return 1;
	}
	print("\n");
	return run_status();
}

static u8 script[LINE_BYTES];
static u32 script_used;

/* Runs the complete lines in the buffer, or all of it at the end. */
static void run_buffered(bool end)
{
	while (script_used > 0 && !run_exit_asked()) {
		struct span all = span_first(SPAN_OF_ARRAY(script), script_used);
		usize length = span_find(all, 0, '\n');

		if (length == script_used && !end)
			return;
		run_line(span_first(all, length));
		u64 taken = min_u64(length + 1, script_used);

		span_copy(MSPAN_OF_ARRAY(script), span_from(all, taken));
		script_used -= (u32)taken;
	}
}

static u64 run_script(void)
{
	usize count = 1;

	while (count > 0 && !run_exit_asked()) {
		enum status status = file_read(stdin_file(), mspan_from(MSPAN_OF_ARRAY(script), script_used), &count);

		if (status != STATUS_OK) {
			print_status(span_text("standard input"), status);
			return 1;
		}
		script_used += (u32)count;
		run_buffered(count == 0);
		if (script_used == LINE_BYTES) {
			print_error("shell: a line of the input is too long; at most 4095 bytes\n");
			return 1;
		}
	}
	return run_status();
}

static u64 run_one_builtin(u32 count)
{
	struct text to = text_on(MSPAN_OF_ARRAY(builtin_words.text));
	struct command *c = ELEM(builtin_words.command, 0);

	for (u32 i = 1; i < count && i <= PARSE_WORDS_MAX; i++) {
		*ELEM(builtin_words.word, i - 1) = (struct word){ (u32)to.used, (u32)span_len(rt_arg(i)) };
		text_add_span(&to, rt_arg(i));
		c->words++;
	}
	if (to.cut || c->words == 0 || !builtin_exists(command_word(&builtin_words, c, 0))) {
		print_error("shell: expected the name of a builtin after -b\n");
		return 2;
	}
	return builtin_run(&builtin_words, c, stdout_file());
}

u64 program_main(const struct rt_args *args)
{
	enum status status = jobs_start();
	u64 result;

	if (status != STATUS_OK) {
		print_status(span_text("no signal to wait with"), status);
		return 1;
	}
	if (args->count == 2 && span_equal(rt_arg(0), span_text("-c"))) {
		run_line(rt_arg(1));
		result = run_status();
	} else if (args->count >= 2 && span_equal(rt_arg(0), span_text("-b"))) {
		result = run_one_builtin(args->count);
	} else if (args->count > 0) {
		print_error("shell: expected no argument, or -c and the text to run\n");
		result = 2;
	} else {
		result = terminal_is_console() ? run_interactive() : run_script();
	}
	jobs_end_all();
	return result;
}
