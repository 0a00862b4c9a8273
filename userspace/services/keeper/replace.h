/* SPDX-License-Identifier: Apache-2.0
 *
 * Another version of a running service takes over its state and its clients; if it does not come to
 * serve, or not with that state, or if it provides nothing and ends at once, the former comes back, with the state as it was.
 */
#ifndef USERSPACE_SERVICES_KEEPER_REPLACE_H
#define USERSPACE_SERVICES_KEEPER_REPLACE_H

#include "userspace/services/keeper/unit.h"
#include "lib/service/service.h"

/* Begins. The request is answered when it is decided, one at a time: BUSY. */
[[nodiscard]] enum status replace_begin(struct service_call *call, struct unit *unit, struct span program);

/* The unit serves: if it was being replaced, that is done. False if it did not take over what is kept: it is ended. */
[[nodiscard]] bool replace_ready(struct unit *unit);
/* It has ended. True if that was an attempt, and the former is to be started at once. */
[[nodiscard]] bool replace_ended(struct unit *unit);
/* When the attempt is over at the latest; U64_MAX if there is none. */
u64 replace_deadline(void);
/* Looks whether that time has come. */
void replace_due(void);

/* The attempt is kept with lib/keep, and goes on in the next instance of the keeper. */
void replace_keep(void);
u64 replace_keep_bytes(void);
void replace_changed(void);
/* What had changed is committed: what an attempt needed that is over may go. */
void replace_committed(void);
/* An instance of the keeper begins that is not the first. */
void replace_resume(void);

#endif
