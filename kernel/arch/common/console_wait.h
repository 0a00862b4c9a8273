/* SPDX-License-Identifier: Apache-2.0
 *
 * Waiting for room in the serial line of an early console.
 */
#ifndef KERNEL_ARCH_COMMON_CONSOLE_WAIT_H
#define KERNEL_ARCH_COMMON_CONSOLE_WAIT_H

#include "lib/base/safe.h"

/* Looks until `has_room` says so. False: it did not for seconds, and the byte is lost. From then on one look decides, until
 * there is room again: a line that is stuck holds the kernel up once. Callers come one at a time, but for a panic. */
[[nodiscard]] bool console_wait(bool (*has_room)(void));

#endif
