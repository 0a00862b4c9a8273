/* SPDX-License-Identifier: Apache-2.0
 *
 * cd, pwd, exit, jobs, wait, help.
 */
#include "userspace/apps/shell/builtins.h"
#include "lib/9p/print.h"
#include "lib/rt/start_block.h"
#include "userspace/apps/shell/jobs.h"
#include "userspace/apps/shell/run.h"
#include "abi/names.h"
#include "lib/9p/directory.h"

struct arguments {
	const struct pipeline *p;
	const struct command *c;
	struct file *output;
};

static struct span argument(const struct arguments *a, u32 index)
{
	return command_word(a->p, a->c, index + 1);
}

static u64 complain(struct span command, struct span what)
{
	TEXT_BUFFER(line, 400);

	text_add_span(&line, command);
	text_add(&line, ": ");
	text_add_span(&line, span_first(what, 300));
	text_add(&line, "\n");
	print_error_text(&line);
	return 1;
}

static u64 write_out(struct file *output, struct span s)
{
	print_flush();
	return file_write(output, s) == STATUS_OK ? 0 : 1;
}

static u64 run_cd(const struct arguments *a)
{
	struct span path = a->c->words > 1 ? argument(a, 0) : span_text("/");
	TEXT_BUFFER(clean, PATH_BYTES_MAX);
	static struct directory directory;
	enum status status = path_resolve(file_cwd(), path, &clean);

	if (status == STATUS_OK && clean.used >= START_PATH_BYTES)
		status = STATUS_TOO_LONG;
	if (status == STATUS_OK)
		status = directory_open(&directory, text_span(&clean));
	if (status == STATUS_OK) {
		directory_close(&directory);
		status = file_set_cwd(text_span(&clean));
	}
	if (status == STATUS_OK)
		return 0;
	TEXT_BUFFER(why, 320);

	text_add_quoted(&why, span_first(path, 150));
	text_add(&why, ": ");
	file_add_status(&why, status);
	return complain(span_text("cd"), text_span(&why));
}

static u64 run_pwd(const struct arguments *a)
{
	TEXT_BUFFER(line, PATH_BYTES_MAX + 1);

	text_add_span(&line, file_cwd());
	text_add(&line, "\n");
	return write_out(a->output, text_span(&line));
}

static u64 run_exit(const struct arguments *a)
{
	u64 status = run_status();

	if (a->c->words > 1 && !span_parse_u64(argument(a, 0), &status))
		return complain(span_text("exit"), span_text("expected a number as status"));
	run_ask_exit(status);
	return status;
}

static u64 run_jobs(const struct arguments *a)
{
	u64 status = 0;

	jobs_collect(false);
	for (u32 number = 1; number <= JOBS_MAX && status == 0; number++) {
		TEXT_BUFFER(line, 160);

		if (jobs_describe(number, &line))
			status = write_out(a->output, text_span(&line));
	}
	jobs_forget_ended();
	return status;
}

static u64 run_wait(const struct arguments *a)
{
	u64 number;
	struct span which = argument(a, 0);

	if (span_len(which) == 0) {
		jobs_wait_all();
		return 0;
	}
	if (span_u8(which, 0) == '%')
		which = span_from(which, 1);
	if (!span_parse_u64(which, &number) || number > JOBS_MAX || !jobs_exists((u32)number))
		return complain(span_text("wait"), span_text("expected the number of a job; `jobs' lists them"));
	return jobs_wait((u32)number);
}

static u64 run_help(const struct arguments *a)
{
	help_print(a->output, argument(a, 0));
	return 0;
}

typedef u64 builtin_function(const struct arguments *a);

struct builtin {
	char name[8];
	builtin_function *run;
};

static const struct builtin builtins[] = {
	{ "cd", run_cd }, { "exit", run_exit }, { "help", run_help }, { "jobs", run_jobs }, { "pwd", run_pwd }, { "wait", run_wait },
};

struct span builtin_name(u32 index)
{
	return index < ARRAY_LEN(builtins) ? span_until_zero(SPAN_OF_ARRAY(ELEM(builtins, index)->name)) : span_empty();
}

static u32 find(struct span name)
{
	u32 at = 0;

	while (at < ARRAY_LEN(builtins) && !span_equal(builtin_name(at), name))
		at++;
	return at;
}

bool builtin_exists(struct span name)
{
	return find(name) < ARRAY_LEN(builtins);
}

u64 builtin_run(const struct pipeline *p, const struct command *c, struct file *output)
{
	struct arguments a = { p, c, output };
	u32 at = find(command_word(p, c, 0));

	return ELEM(builtins, at)->run(&a);
}
