/* SPDX-License-Identifier: Apache-2.0
 *
 * The line to the host: the second serial line, polled. WHY not the kernel's log: programs write to that.
 */
#ifndef TESTS_FUZZ_GUEST_LINE_H
#define TESTS_FUZZ_GUEST_LINE_H

#include "lib/base/addr.h"
#include "lib/base/text.h"

[[nodiscard]] bool line_open(void);

/* Sends what was built; a line ends with its '\n'. */
void line_send(const struct text *text);
void line_send_span(struct span text);

/* Waits for a line of the host and gives what stands before its end; what does not fit is cut. */
struct span line_receive(struct mspan room);

#endif
