/* SPDX-License-Identifier: Apache-2.0
 *
 * The safe: capabilities that init holds for the keeper, each in a slot with a number that the keeper chooses. What is in it
 * outlives the keeper (docs/adr/0047). Only the keeper has a capability to it, under the name "safe".
 */
#ifndef LIB_SAFE_SAFE_H
#define LIB_SAFE_SAFE_H

#include "lib/rt/rt.h"

/* Exit status of a keeper that can do nothing with this system image: another would not either. */
enum : u64 { KEEPER_EXIT_IMAGE = 100 };

/* Requests; word 0 is the slot. The answer's label is the status. */
enum : u32 {
	SAFE_PUT = 0x300, /* one capability: takes the place of what is there */
	SAFE_EMPTY,       /* OK if there is nothing, too */
	SAFE_FIND,        /* a copy of what is there; NOT_FOUND */
	SAFE_SLOTS = 1024,
};

/* The keeper's side. They wait for init, which never waits for anybody. */
[[nodiscard]] enum status safe_put(u32 slot, handle_t handle);
void safe_empty(u32 slot);
/* None if there is nothing. INVARIANT: what is there can be had. WHY: who took it for nothing would make it a second time. */
handle_t safe_find(u32 slot);

#endif
