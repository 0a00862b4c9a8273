/* SPDX-License-Identifier: Apache-2.0
 *
 * Capabilities that outlive the keeper (docs/adr/0047): init holds a copy of each, for which its next instance asks.
 */
#ifndef USERSPACE_SERVICES_KEEPER_HOLD_H
#define USERSPACE_SERVICES_KEEPER_HOLD_H

#include "userspace/services/keeper/unit.h"

/* The handles of a unit. */
enum held : u32 {
	HELD_ENDPOINT, HELD_SIGNAL, HELD_KEPT, HELD_MEMORY, HELD_VAULT, HELD_GROUP, HELD_PROCESS, HELD_DMA,
	HELD_COUNT = HELD_DMA + MANIFEST_DMA_PIECES_MAX,
};

/* The unit's handle was just made, with that status, and is held from here on. If it cannot be, it is given up. */
[[nodiscard]] enum status hold(struct unit *unit, u32 which, enum status made);
/* Gives it up; nothing if there is none. */
void hold_end(struct unit *unit, u32 which);
/* All that an earlier instance held for the units. */
void hold_find(void);

enum held_table : u32 { HELD_FOUND, HELD_DOMAINS, HELD_REPLACED, HELD_TABLES };

/* Memory that is shared with a service or outlives the keeper, mapped: the same for every instance. */
struct held_pages {
	handle_t memory;
	pages_t pages;
};

/* Found again, or made, on first use. False: there is no memory for it. */
[[nodiscard]] bool hold_pages(struct held_pages *held, enum held_table which, u64 bytes);
/* Found again only. */
[[nodiscard]] bool hold_pages_again(struct held_pages *held, enum held_table which, u64 bytes);
/* Given up, whoever made it. */
void hold_pages_end(struct held_pages *held, enum held_table which);

#endif
