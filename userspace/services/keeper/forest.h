/* SPDX-License-Identifier: Apache-2.0
 *
 * Who needs whom, as lines of a tree: each below the deepest of those that it needs, so that it stands below all of them
 * that lie on one chain.
 */
#ifndef USERSPACE_SERVICES_KEEPER_FOREST_H
#define USERSPACE_SERVICES_KEEPER_FOREST_H

#include "lib/base/span.h"

enum : u32 { FOREST_MAX = 64 };

struct STABLE forest {
	u32 count;
	u64 needs[FOREST_MAX]; /* a bit for each that it needs */
	u32 order[FOREST_MAX]; /* made: who stands in each line */
	u32 depth[FOREST_MAX]; /* made: by who it is */
	u32 above[FOREST_MAX]; /* made: whom it stands below; FOREST_MAX: nobody */
};

/* From count and needs. Circles are cut somewhere. */
void forest_make(struct forest *forest);

#endif
