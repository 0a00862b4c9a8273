/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices whose driver has ended do nothing any more (docs/adr/0060).
 */
#ifndef USERSPACE_SERVICES_KEEPER_STOP_H
#define USERSPACE_SERVICES_KEEPER_STOP_H

#include "userspace/services/keeper/unit.h"

/* No instance is there: the unit's device, if it has one that can be stopped, forgets what it was asked for. */
void stop_device(const struct unit *unit);

#endif
