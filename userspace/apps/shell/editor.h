/* SPDX-License-Identifier: Apache-2.0
 *
 * Editing a command line on a terminal: from bytes as they are typed to what the terminal is to
 * be sent, and to a finished line. No I/O, so that it is tested on the host.
 *
 * Keys: arrows, Home, End, Delete, Backspace, ^A ^E ^B ^F (move), ^K ^U ^W (erase to the end, to
 * the beginning, a word), ^Y (put back), ^P ^N (history), ^L (clear the screen), ^C, ^D, Tab.
 * SPEC: ECMA-48 (CSI sequences), as the VT100 family sends them. UTF-8 is kept whole; every
 * character counts as one column.
 */
#ifndef USERSPACE_APPS_SHELL_EDITOR_H
#define USERSPACE_APPS_SHELL_EDITOR_H

#include "lib/base/text.h"

enum : u32 { EDITOR_LINE_BYTES = 512, EDITOR_PROMPT_BYTES = 96, EDITOR_HISTORY = 32, EDITOR_COLUMNS = 80 };
/* What one call may add to its output at most. */
enum : u32 { EDITOR_OUT_BYTES = EDITOR_LINE_BYTES + EDITOR_PROMPT_BYTES + 64 };

struct editor_line {
	u8 text[EDITOR_LINE_BYTES];
	u32 used;
};

struct STABLE editor {
	struct editor_line line;
	u32 cursor;                 /* INV: cursor <= line.used, at the beginning of a character */
	struct editor_line erased;  /* what ^Y puts back */
	struct editor_line history[EDITOR_HISTORY]; /* a ring; the newest at history_end - 1 */
	u32 history_end, history_count;
	u32 back;                   /* how far back in the history; 0: the line being written */
	struct editor_line written; /* that line, while an older one is shown */
	u8 prompt[EDITOR_PROMPT_BYTES];
	u32 prompt_used;
	u32 escape;                 /* state of an escape sequence */
	u32 parameter;
	bool after_return;
};

enum editor_event : u32 {
	EDITOR_NONE,
	EDITOR_LINE,      /* the line is complete: editor_text */
	EDITOR_INTERRUPT, /* ^C: the line was given up */
	EDITOR_END,       /* ^D on an empty line */
	EDITOR_COMPLETE,  /* Tab */
};

/* A new, empty line after the prompt. */
void editor_begin(struct editor *e, struct span prompt, struct text *out);

[[nodiscard]] enum editor_event editor_input(struct editor *e, u8 byte, struct text *out);

/* Inserts at the cursor, as completion does. */
void editor_insert(struct editor *e, struct span text, struct text *out);

/* Shows prompt and line again, after something else was shown. */
void editor_redraw(const struct editor *e, struct text *out);

struct span editor_text(const struct editor *e);

/* What stands before the cursor. */
struct span editor_before_cursor(const struct editor *e);

/* Adds the line to the history unless it is blank or repeats the newest. */
void editor_remember(struct editor *e, struct span line);

#endif
