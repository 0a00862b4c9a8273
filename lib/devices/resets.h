/* SPDX-License-Identifier: Apache-2.0
 *
 * Resets of functions of PCI: asked for by the keeper, made by the service `devices', in pages behind the table that both
 * share, because the keeper waits for nobody (docs/adr/0062). Each side writes its own words only, and reads the other's as
 * numbers that may be anything.
 */
#ifndef LIB_DEVICES_RESETS_H
#define LIB_DEVICES_RESETS_H

#include "lib/devices/devices.h"
#include "lib/pci/pci.h"

/* Of the signal of `devices': a reset was asked for; its own timer. */
enum : u32 { RESETS_ASKED_BIT = 0, RESETS_TIMER_BIT = 1 };

enum reset_state : u32 {
	RESET_NEVER,      /* none was ever asked for */
	RESET_UNDER_WAY,
	RESET_DONE,
	RESET_FAILED,     /* the function did not come back; it does nothing */
};

/* What is asked for. */
enum reset_how : u32 {
	RESET_WHOLE,      /* the function forgets all */
	RESET_STOP,       /* what it does ends; by a register of its own, if it has one, which takes no 100 ms */
};

/* Of each device, by its place in the table. */
struct device_reset {
	u32 asked;        /* the keeper's: how often it has asked, never 0 again */
	u32 failed, done; /* of `devices': the last of those that it has made, and whether that failed */
	u32 how;          /* the keeper's: enum reset_how of the one that was asked for last */
	struct pci_kept kept; /* of `devices', too: for its next instance */
};
static_assert(sizeof(struct device_reset) == 128, "layout of a reset");

enum : u64 { RESETS_AT = DEVICES_TABLE_BYTES, DEVICES_SHARED_BYTES = RESETS_AT + 3 * PAGE_BYTES };
static_assert(DEVICES_MAX * sizeof(struct device_reset) <= DEVICES_SHARED_BYTES - RESETS_AT);

/* ---- the keeper's side ---- */

/* Nothing if one is under way: nobody has used the device since it was asked for. */
void resets_ask(struct mspan shared, u32 index, enum reset_how how);
enum reset_state resets_state(struct mspan shared, u32 index);

/* ---- the side of `devices' ---- */

void resets_keep(struct mspan shared, u32 index, const struct pci_kept *kept);
struct pci_kept resets_kept(struct mspan shared, u32 index);
/* The number of the reset that is to be made; 0: none is. */
u32 resets_wanted(struct mspan shared, u32 index);
/* Of that one; whatever is none of the words means the function. */
enum reset_how resets_how(struct mspan shared, u32 index);
void resets_tell(struct mspan shared, u32 index, u32 number, bool failed);

#endif
