/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices whose driver has ended do nothing any more (docs/adr/0060, 0062).
 */
#ifndef USERSPACE_SERVICES_KEEPER_STOP_H
#define USERSPACE_SERVICES_KEEPER_STOP_H

#include "lib/base/text.h"
#include "userspace/services/keeper/found.h"
#include "userspace/services/keeper/unit.h"

/* No instance is there: the unit's device, if it has one that can be stopped, forgets what it was asked for. Where that cannot
 * be told it, or has not helped, its function is reset, by the service `devices' (docs/adr/0062). */
void stop_device(const struct unit *unit);

/* Whether the unit's device has stopped, and may be given to an instance; asks for its first reset. */
enum found stop_look(const struct unit *unit, struct text *why);

#endif
