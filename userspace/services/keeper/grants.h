/* SPDX-License-Identifier: Apache-2.0
 *
 * The capabilities that a manifest grants, derived from the keeper's own to exactly the declared
 * rights and range.
 */
#ifndef USERSPACE_SERVICES_KEEPER_GRANTS_H
#define USERSPACE_SERVICES_KEEPER_GRANTS_H

#include "lib/devices/devices.h"
#include "lib/image/manifest.h"
#include "lib/spawn/spawn.h"

/* Derived capabilities to be given up once the child has its copies. */
struct grants_made {
	u32 count;
	handle_t handle[MANIFEST_GRANTS_MAX + DEVICE_RESOURCES_MAX];
};

[[nodiscard]] enum status grants_add(const struct manifest_record *m, struct spawn *child, struct grants_made *made);
void grants_drop(const struct grants_made *made);

/* What clients of the keeper itself get: SEND to its endpoint. Made on first use. */
handle_t grants_own_client(void);

#endif
