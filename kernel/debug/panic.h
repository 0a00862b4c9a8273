/* SPDX-License-Identifier: Apache-2.0
 *
 * The report of a dying kernel: what, where, who ran, and what happened last.
 */
#ifndef KERNEL_DEBUG_PANIC_H
#define KERNEL_DEBUG_PANIC_H

#include "lib/base/safe.h"

/* Stops the other processors; the log needs no lock from now on. Who comes second stops at once. */
void panic_stop_others(void);

/* panic_stop_others and the first line. */
void panic_begin(const char *what);

/* An address with function, file and line. */
void panic_address(const char *label, u64 address);

/* The calls that led here, from a frame pointer. */
void panic_backtrace(u64 fp);

/* Who ran, the last events; then stops this processor for ever. */
NORETURN void panic_end(void);

#endif
