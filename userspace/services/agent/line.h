/* SPDX-License-Identifier: Apache-2.0
 *
 * The control line.
 */
#ifndef USERSPACE_SERVICES_AGENT_LINE_H
#define USERSPACE_SERVICES_AGENT_LINE_H

#include "lib/base/text.h"
#include "abi/errors.h"

[[nodiscard]] enum status line_open(struct span path);

/* Waits for bytes. */
[[nodiscard]] enum status line_read(struct mspan to, usize *count);

/* Sends all of it; again, if the driver died with it. */
[[nodiscard]] enum status line_write(struct span bytes);

#endif
