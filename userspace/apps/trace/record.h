/* SPDX-License-Identifier: Apache-2.0
 *
 * Events into a file: the packets as the kernel made them, one after the other, each of its CPU.
 * `./ferrous trace' makes of it a folder that trace viewers open.
 */
#ifndef USERSPACE_APPS_TRACE_RECORD_H
#define USERSPACE_APPS_TRACE_RECORD_H

#include "lib/base/span.h"
#include "abi/errors.h"

[[nodiscard]] enum status record_open(struct span path, u64 limit_bytes);

/* Writes what there is, with `last` packets that are not full too. False: the file has as much as it
 * may, or could not be written. */
[[nodiscard]] bool record_more(bool last);

/* Says on standard error what became of it. True: it all went well. */
[[nodiscard]] bool record_end(void);

#endif
