/* SPDX-License-Identifier: Apache-2.0
 *
 * From a parsed line to processes: pipes, redirections, and waiting.
 */
#include "userspace/apps/shell/run.h"
#include "lib/9p/print.h"
#include "lib/spawn/spawn.h"
#include "lib/authority/authority.h"
#include "userspace/apps/shell/builtins.h"
#include "userspace/apps/shell/jobs.h"
#include "userspace/apps/shell/parse.h"
#include "abi/names.h"
#include "abi/stubs.h"
#include "abi/structs.h"

static struct pipeline pipeline;
static struct spawn child;
static u64 last_status;
static bool exit_asked;

u64 run_status(void) { return last_status; }
void run_set_status(u64 status) { last_status = status; }
bool run_exit_asked(void) { return exit_asked; }

void run_ask_exit(u64 status)
{
	exit_asked = true;
	last_status = status;
}

/* "shell: WHAT: WHY" */
static void say(struct span what, struct span why)
{
	TEXT_BUFFER(line, 512);

	text_add(&line, "shell: ");
	text_add_quoted(&line, span_first(what, 200));
	text_add(&line, ": ");
	text_add_span(&line, span_first(why, 200));
	text_add(&line, "\n");
	print_error_text(&line);
}

static void say_status(struct span what, enum status status)
{
	TEXT_BUFFER(why, 160);

	file_add_status(&why, status);
	say(what, text_span(&why));
}

/* What a command reads and writes, where that is not the shell's own. Closed files: the shell's. */
struct ends {
	struct file input, output;
};

static void close_ends(struct ends *ends)
{
	file_close(&ends->input);
	file_close(&ends->output);
}

static bool open_redirections(const struct command *c, struct ends *ends)
{
	enum status status;

	if (c->has_input) {
		struct span path = word_span(&pipeline, c->input);

		file_close(&ends->input);
		status = file_open(&ends->input, path, OPEN_READ);
		if (status != STATUS_OK) {
			say_status(path, status);
			return false;
		}
	}
	if (c->has_output) {
		struct span path = word_span(&pipeline, c->output);

		file_close(&ends->output);
		status = file_create(&ends->output, path, OPEN_WRITE | (c->append ? (u32)OPEN_APPEND : (u32)OPEN_TRUNCATE));
		if (status != STATUS_OK) {
			say_status(path, status);
			return false;
		}
	}
	return true;
}

/* ---- one command ---- */

/* `bin/NAME` for a plain name; a path of a file below /image as the loader knows it. */
static void program_path(struct span name, struct text *out)
{
	TEXT_BUFFER(path, PATH_BYTES_MAX);

	if (span_find(name, 0, '/') == span_len(name)) {
		text_add(out, "bin/");
		text_add_span(out, name);
	} else if (path_resolve(file_cwd(), name, &path) == STATUS_OK) {
		struct span absolute = text_span(&path);
		bool below = path_is_below(absolute, span_text("/image")) && span_len(absolute) > 7;

		text_add_span(out, below ? span_from(absolute, 7) : absolute);
	}
}

/* A word; for the commands that take jobs, %N becomes the id of the job's last process. */
static void add_word(const struct command *c, struct span word)
{
	u64 number;
	TEXT_BUFFER(id, 24);

	if (span_equal(command_word(&pipeline, c, 0), span_text("kill")) && span_starts_with(word, span_text("%")) &&
	    span_parse_u64(span_from(word, 1), &number) && number <= JOBS_MAX && jobs_exists((u32)number)) {
		text_add_u64(&id, jobs_process((u32)number));
		word = text_span(&id);
	}
	spawn_add_arg(&child, word);
}

static void describe_child(const struct command *c, const struct ends *ends, bool background)
{
	struct span name = command_word(&pipeline, c, 0);
	bool builtin = builtin_exists(name);
	TEXT_BUFFER(program, SPAWN_PROGRAM_BYTES + 8);

	program_path(builtin ? span_text("shell") : name, &program);
	spawn_begin(&child, text_span(&program));
	/* WHY: a builtin beside other commands runs in a shell of its own. */
	if (builtin)
		spawn_add_arg(&child, span_text("-b"));
	for (u32 i = builtin ? 0 : 1; i < c->words; i++)
		add_word(c, command_word(&pipeline, c, i));
	spawn_inherit_files(&child);
	if (file_is_open(&ends->input))
		spawn_add_file(&child, span_text("stdin"), &ends->input);
	else if (background)
		spawn_add_path(&child, span_text("stdin"), span_empty(), 0);
	if (file_is_open(&ends->output))
		spawn_add_file(&child, span_text("stdout"), &ends->output);
	authority_add(&child, path_name(text_span(&program)));
}

/* Starts one command of a job. */
static void start_command(u32 job, const struct command *c, struct ends *ends, bool background)
{
	struct span name = command_word(&pipeline, c, 0);
	handle_t process;
	enum status status = STATUS_OK;

	if (!open_redirections(c, ends)) {
		jobs_set_status(job, 1);
		return;
	}
	describe_child(c, ends, background);
	status = spawn_start(&child, &process);
	authority_done(&child);
	if (status != STATUS_OK) {
		jobs_set_status(job, JOBS_STATUS_NOT_STARTED);
		say(name, status == STATUS_NOT_FOUND ? span_text("there is no such command; `help' lists them") : spawn_reason(&child));
	} else if (!jobs_add(job, process)) {
		jobs_set_status(job, JOBS_STATUS_NOT_STARTED);
		say(name, span_text("too many processes at once; wait for some to end"));
	}
}

/* ---- pipelines ---- */

/* Starts the commands of the pipeline, each reading what the one before it writes. */
static void start_all(u32 job, bool background)
{
	struct file from_before = {};

	for (u32 i = 0; i < pipeline.commands; i++) {
		struct ends ends = { .input = from_before };
		enum status status = STATUS_OK;

		from_before = (struct file){};
		if (i + 1 < pipeline.commands)
			status = file_open_pipe(&from_before, &ends.output);
		if (status == STATUS_OK) {
			start_command(job, ELEM(pipeline.command, i), &ends, background);
		} else {
			say_status(span_text("no pipe"), status);
			jobs_set_status(job, JOBS_STATUS_NOT_STARTED);
		}
		close_ends(&ends);
	}
}

static u64 run_builtin(void)
{
	const struct command *c = ELEM(pipeline.command, 0);
	struct ends ends = {};
	u64 status = 1;

	if (open_redirections(c, &ends))
		status = builtin_run(&pipeline, c, file_is_open(&ends.output) ? &ends.output : stdout_file());
	close_ends(&ends);
	return status;
}

static u64 run_pipeline(struct span text)
{
	bool background = pipeline.join == JOIN_BACKGROUND;

	if (pipeline.commands == 1 && !background && builtin_exists(command_word(&pipeline, ELEM(pipeline.command, 0), 0)))
		return run_builtin();
	jobs_collect(false);
	u32 job = jobs_new(span_trim(text), background);

	if (job == JOB_NONE) {
		say(span_trim(text), span_text("too many jobs; wait for some to end"));
		return JOBS_STATUS_NOT_STARTED;
	}
	start_all(job, background);
	if (!background)
		return jobs_wait(job);
	TEXT_BUFFER(line, 64);

	text_add(&line, "[");
	text_add_u64(&line, job);
	text_add(&line, "] ");
	text_add_u64(&line, jobs_process(job));
	text_add(&line, "\n");
	print_error_text(&line);
	return 0;
}

static u64 own_id(void)
{
	struct process_info info = {};

	return sys_process_stat(rt_self(), &info) == STATUS_OK ? info.id : 0;
}

/* The text of the pipeline that stands between two rests of the line. */
static struct span text_between(struct span before, struct span after)
{
	return span_first(before, span_len(before) - span_len(after));
}

void run_line(struct span line)
{
	enum parse_problem problem = parse_check(line, &pipeline);
	bool run = true;

	if (problem != PARSE_OK) {
		print_error("shell: ");
		print_error_span(span_of_cstr(parse_problem_text(problem)));
		print_error("\n");
		last_status = 2;
		return;
	}
	while (span_len(line) > 0 && !exit_asked) {
		struct parse_values values = { last_status, jobs_last_background(), own_id() };
		struct span before = line;

		problem = parse_pipeline(&line, &values, &pipeline);
		INVARIANT(problem == PARSE_OK, "a line that was checked can be parsed");
		enum parse_join join = pipeline.join;

		if (run && pipeline.commands > 0 && !exit_asked)
			last_status = run_pipeline(text_between(before, line));
		run = join == JOIN_AND ? last_status == 0 : join == JOIN_OR ? last_status != 0 : true;
	}
}
