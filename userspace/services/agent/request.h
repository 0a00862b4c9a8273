/* SPDX-License-Identifier: Apache-2.0
 *
 * One request: a shell, its output, its end.
 */
#ifndef USERSPACE_SERVICES_AGENT_REQUEST_H
#define USERSPACE_SERVICES_AGENT_REQUEST_H

#include "lib/base/span.h"
#include "abi/errors.h"

/* Starts the thread that waits for shells to end. */
[[nodiscard]] enum status request_start(void);

/* Runs the text and sends the frames of the answer. Fails only if the line does. */
[[nodiscard]] enum status request_run(struct span text);

#endif
