/* SPDX-License-Identifier: Apache-2.0
 *
 * The heartbeat: a thread of its own asks each service whose manifest says so whether it answers, and any of which a
 * client complains. Who has not answered twice in a row, or once after a complaint, is told to the keeper's first thread, which
 * looks who waits for whom, and ends the one for whom all wait.
 */
#ifndef USERSPACE_SERVICES_KEEPER_PULSE_H
#define USERSPACE_SERVICES_KEEPER_PULSE_H

#include "userspace/services/keeper/unit.h"

[[nodiscard]] enum status pulse_init(void);

/* The unit's present instance serves, and is asked from now on. */
void pulse_watch(const struct unit *unit);
/* It has ended. */
void pulse_forget(const struct unit *unit);

/* A client says that it does not answer: it is asked at once, and has so long; 0: as long as usual. */
[[nodiscard]] enum status pulse_complain(const struct unit *unit, u32 limit_ms);

/* Somebody did not answer: ends who is hung. */
void pulse_look(void);

#endif
