/* SPDX-License-Identifier: Apache-2.0
 *
 * What small command line programs share: files named by arguments, complaints, status files.
 */
#ifndef LIB_TOOL_TOOL_H
#define LIB_TOOL_TOOL_H

#include "lib/9p/print.h"
#include "lib/rt/rt.h"

enum : u64 { TOOL_OK = 0, TOOL_FAILED = 1, TOOL_USAGE = 2 };

/* Prints "usage: PROGRAM TEXT" and returns TOOL_USAGE. */
u64 tool_usage(struct span text);

/* Prints "PROGRAM: WHAT: WHY" and returns TOOL_FAILED. `what` may be anything a person typed. */
u64 tool_fail(struct span what, struct span why);
u64 tool_fail_status(struct span what, enum status status);

/* The arguments from `first` on as files to read, or standard input if there are none.
 *
 *	struct tool_inputs in = tool_inputs(args, 0);
 *	while (tool_next_input(&in)) { ... in.file ... }
 *	return tool_inputs_result(&in);
 */
struct tool_inputs {
	u32 next, count;
	bool begun, failed;
	bool standard;      /* the file is standard input */
	struct file file;
};

struct tool_inputs tool_inputs(const struct rt_args *args, u32 first);

/* Opens the next one. Those that cannot be opened are complained about and passed over. */
[[nodiscard]] bool tool_next_input(struct tool_inputs *in);

/* Reads a piece; 0 at the end and, after a complaint, when reading fails. */
usize tool_read(struct tool_inputs *in, struct mspan to);

u64 tool_inputs_result(const struct tool_inputs *in);

/* Lines of an input, of at most TOOL_LINE_BYTES; longer ones come in pieces. */
enum : u32 { TOOL_LINE_BYTES = 1024 };
struct tool_lines {
	u8 bytes[TOOL_LINE_BYTES];
	u32 from, used;
	bool ended;
};

/* The next line, without its end; false after the last, and when printing has failed. The view is good until the next call. */
[[nodiscard]] bool tool_next_line(struct tool_lines *lines, struct tool_inputs *in, struct span *line);

/* Prints a whole file. */
[[nodiscard]] enum status tool_print_file(struct span path);

/* Writes a word to a control file. */
[[nodiscard]] enum status tool_control(struct span path, struct span word);

/* Seconds as a person writes them: 2, 0.25. In ns. */
[[nodiscard]] bool tool_parse_seconds(struct span text, u64 *ns);

#endif
