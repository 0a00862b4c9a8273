/* SPDX-License-Identifier: Apache-2.0
 *
 * The safe: capabilities that init holds for the keeper, each in a slot with a number that the keeper chooses. What is in it
 * outlives the keeper (docs/adr/0047). Only the keeper has a capability to it, under the name "safe".
 */
#ifndef LIB_SAFE_SAFE_H
#define LIB_SAFE_SAFE_H

#include "lib/rt/rt.h"

/* Requests; word 0 is the slot. The answer's label is the status. */
enum : u32 {
	SAFE_PUT = 0x300, /* one capability: takes the place of what is there */
	SAFE_EMPTY,       /* OK if there is nothing, too */
	SAFE_FIND,        /* copies of the first SAFE_RUN from that slot on and before that of word 1; words: their slots */
	SAFE_SLOTS = 1024,
	SAFE_RUN = 4,     /* as many as a message carries */
};

/* Some of what is there, in the order of slots. */
struct safe_run {
	u32 count;
	u32 slot[SAFE_RUN];
	handle_t handle[SAFE_RUN];
};

/* The keeper's side. They wait for init, which never waits for anybody. */
[[nodiscard]] enum status safe_put(u32 slot, handle_t handle);
void safe_empty(u32 slot);
/* The first that are there from slot `first` on and before `end`. INVARIANT: what is there can be had. WHY: who took it for
 * nothing would make it a second time. */
struct safe_run safe_find_run(u32 first, u32 end);
/* None if there is nothing. */
handle_t safe_find(u32 slot);

#endif
