/* SPDX-License-Identifier: Apache-2.0
 *
 * Which limit was met, in words: "out of capabilities, group trial, limit 256", of a full process "out of capabilities,
 * process trial, limit 65535".
 */
#ifndef LIB_LIMITS_LIMITS_H
#define LIB_LIMITS_LIMITS_H

#include "lib/base/addr.h"
#include "lib/base/text.h"
#include "abi/errors.h"

/* Whose limits: both need INSPECT; handles of nothing are passed over. */
struct limits_of {
	handle_t group, process;
};

/* The words for what a status (OUT_OF_FRAMES, OUT_OF_CAPS and so on) says that there is no more of. False, and nothing added:
 * it says nothing of the kind, or there is room, so that it was not met here. */
[[nodiscard]] bool limits_add(struct text *line, struct limits_of of, enum status status);

/* The same, and the status' own text where there are no such words. */
void limits_add_status(struct text *line, struct limits_of of, enum status status);

#endif
