/* SPDX-License-Identifier: Apache-2.0
 *
 * The shell's language, one pipeline at a time. No I/O, so that it is tested on the host.
 *
 *	line     := [pipeline] { (";" | newline | "&&" | "||" | "&") [pipeline] }
 *	pipeline := command { "|" command }
 *	command  := { word | "<" word | ">" word | ">>" word }
 *
 * A word is made of plain characters, '...' (taken as it is), "..." (only $? $! $$ and \ are
 * special) and \c. "#" at the beginning of a word starts a comment up to the end of the line.
 * $? is the last status, $! the last process started in the background, $$ the shell itself.
 */
#ifndef USERSPACE_APPS_SHELL_PARSE_H
#define USERSPACE_APPS_SHELL_PARSE_H

#include "lib/base/text.h"

enum : u32 { PARSE_WORDS_MAX = 64, PARSE_COMMANDS_MAX = 8, PARSE_TEXT_BYTES = 2048 };

/* A piece of pipeline.text. */
struct word {
	u32 at, bytes;
};

struct command {
	u32 first, words;   /* of pipeline.word; word 0 is the command's name */
	bool has_input, has_output, append;
	struct word input, output;
};

/* What stands after a pipeline. */
enum parse_join : u32 { JOIN_END, JOIN_NEXT, JOIN_AND, JOIN_OR, JOIN_BACKGROUND };

struct STABLE pipeline {
	struct command command[PARSE_COMMANDS_MAX];
	u32 commands;       /* 0: nothing stands there */
	enum parse_join join;
	struct word word[PARSE_WORDS_MAX];
	u32 words;
	u8 text[PARSE_TEXT_BYTES];
	u32 text_used;
};

enum parse_problem : u32 {
	PARSE_OK, PARSE_OPEN_QUOTE, PARSE_NO_COMMAND, PARSE_NO_FILE, PARSE_TWO_FILES, PARSE_TOO_MANY_WORDS,
	PARSE_TOO_MANY_COMMANDS, PARSE_TOO_LONG, PARSE_PROBLEM_COUNT,
};

struct parse_values {
	u64 status, background, self;
};

/* Takes the next pipeline off *rest. */
[[nodiscard]] enum parse_problem parse_pipeline(struct span *rest, const struct parse_values *values, struct pipeline *out);

/* The first problem of a whole line; uses `scratch`. */
[[nodiscard]] enum parse_problem parse_check(struct span line, struct pipeline *scratch);

const char *parse_problem_text(enum parse_problem problem);

/* Word `index` of a command; empty if it has fewer. */
struct span command_word(const struct pipeline *p, const struct command *c, u32 index);
struct span word_span(const struct pipeline *p, struct word word);

#endif
