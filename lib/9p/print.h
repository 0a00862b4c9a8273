/* SPDX-License-Identifier: Apache-2.0
 *
 * Printing to the process' standard output and error. Output is collected by line (4 KiB at
 * most) and written when a line is complete, when the buffer is full, and at the end of the
 * process (print_flush is called by whoever ends it: return from program_main does).
 */
#ifndef LIB_9P_PRINT_H
#define LIB_9P_PRINT_H

#include "lib/base/text.h"
#include "lib/9p/file.h"

void print_span(struct span s);
#define print(literal) print_span(span_text(literal))
void print_text(const struct text *t);
void print_flush(void);

/* To standard error, at once, after flushing the output. */
void print_error_span(struct span s);
#define print_error(literal) print_error_span(span_text(literal))
void print_error_text(const struct text *t);

/* "PROGRAM: WHAT: text of the status\n" to standard error. */
void print_status(struct span what, enum status status);

/* True if the last writing failed: the reader is gone. */
bool print_failed(void);

/* The process' own streams, opened on first use. */
struct file *stdin_file(void);
struct file *stdout_file(void);
struct file *stderr_file(void);

#endif
