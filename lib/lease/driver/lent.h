/* SPDX-License-Identifier: Apache-2.0
 *
 * A window that is lent, from its driver's side (docs/adr/0037, 0050). See protocol.h. Which file has it is in the driver's kept
 * state, its bell and its client's signal are in the vault: all of it outlives an instance, and what nobody has by what is kept
 * is taken back.
 */
#ifndef LIB_LEASE_DRIVER_LENT_H
#define LIB_LEASE_DRIVER_LENT_H

#include "lib/lease/protocol/protocol.h"
#include "lib/rt/memory.h"
#include "lib/service/service.h"

struct lent {
	u32 number;       /* among the driver's, from 0, below LEASES_MAX */
	handle_t memory;  /* with the right to revoke what is derived from it */
	pages_t pages;    /* the same */
	u64 bytes;
	bool taken;       /* somebody has it */
	handle_t signal;  /* the client's; none: no rings */
	handle_t bell;    /* from which the client's was derived */
};

/* Somebody has it by what is kept, or nobody has. */
void lent_kept(struct lent *lent, bool taken);

/* What was in it was somebody else's. */
void lent_begin(struct lent *lent);

/* Answers LEASE_TAKE. True in `rings': with a bell. */
[[nodiscard]] enum status lent_answer(struct lent *lent, struct service_call *call, bool *rings);

/* Raises bits of the client's signal, if he gave one. */
void lent_wake(const struct lent *lent, u64 bits);

/* Whoever still has memory or bell has them no more, and is told to ask. */
void lent_take_back(struct lent *lent);

#endif
