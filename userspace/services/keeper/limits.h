/* SPDX-License-Identifier: Apache-2.0
 *
 * What a unit's group has used up of what its manifest allows.
 */
#ifndef USERSPACE_SERVICES_KEEPER_LIMITS_H
#define USERSPACE_SERVICES_KEEPER_LIMITS_H

#include "userspace/services/keeper/unit.h"
#include "lib/base/text.h"

/* "out of capabilities, group trial, limit 128" for what a status (OUT_OF_FRAMES and so on) says that there is no more of;
 * false if there is room, so that it is not the unit's limit that was met. */
[[nodiscard]] bool limits_add_reached(const struct unit *unit, enum status status, struct text *line);

/* The same as a problem on the log. */
void limits_log_reached(const struct unit *unit, enum status status);

/* A line of the status file for each limit. */
void limits_describe(const struct unit *unit, struct text *t);

#endif
