/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's random seed, from what a loader has absorbed, and what a device tree adds to that.
 */
#ifndef BOOT_COMMON_SEED_H
#define BOOT_COMMON_SEED_H

#include "boot/boot_info.h"
#include "boot/common/random.h"
#include "lib/fdt/fdt.h"

/* Absorbs what /chosen has for this boot. */
void seed_absorb_tree(struct random_state *state, const struct fdt *fdt);

/* Draws the seed. Without a good source it is there but counts for nothing. */
void seed_draw(struct random_state *state, struct boot_info *info);

#endif
