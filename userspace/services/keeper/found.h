/* SPDX-License-Identifier: Apache-2.0
 *
 * The devices that drivers are given. The service that finds them writes them into memory that it shares with the
 * keeper, and says once that they are there; the keeper never waits for it. Whatever that memory holds, it does no
 * harm to the keeper.
 */
#ifndef USERSPACE_SERVICES_KEEPER_FOUND_H
#define USERSPACE_SERVICES_KEEPER_FOUND_H

#include "lib/devices/resets.h"
#include "lib/image/manifest.h"
#include "lib/spawn/spawn.h"
#include "userspace/services/keeper/grants.h"
#include "userspace/services/keeper/unit.h"

enum found : u32 {
	FOUND_NOT_YET,  /* nobody has looked */
	FOUND_ABSENT,   /* it is not there, or cannot be given; `why' says so */
	FOUND_THERE,
};

/* What became of the device that a manifest asks for; without one it is there. */
enum found found_device(const struct manifest_record *m, struct text *why);

/* What drives the device that found_device found; empty: what the manifest names for all. */
struct span found_program(const struct manifest_record *m);

/* Whether the device that found_device found is kept to the unit's memory, where there is an IOMMU for it. Makes that memory. */
enum found found_kept(struct unit *unit, const struct manifest_record *m, struct text *why);

/* Adds the device's registers, ports and lines to what the driver gets, and its memory. */
[[nodiscard]] enum status found_grant(struct unit *unit, const struct manifest_record *m, struct spawn *child,
	struct grants_made *made);

/* Where zero stops the device that the manifest asks for, with no bytes if nowhere; and the place of what is said of its
 * resets, or DEVICES_MAX. False: nobody has looked, or it cannot be given. */
[[nodiscard]] bool found_stop(const struct manifest_record *m, struct device_resource *stop, u32 *reset);

/* What is said of resets, by their places. */
struct mspan found_resets(void);

/* The shared memory, for who fills it; made on first use. None if there is no memory for it. */
handle_t found_table(void);

#endif
