/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether functions of PCI reach memory by themselves (docs/adr/0056): from a driver's word that it has reset its device until
 * that instance ends.
 */
#ifndef USERSPACE_SERVICES_KEEPER_REACH_H
#define USERSPACE_SERVICES_KEEPER_REACH_H

#include "userspace/services/keeper/unit.h"

/* The unit's driver has reset its device. OK also if there is nothing to turn on. */
[[nodiscard]] enum status reach_begin(const struct unit *unit);

/* No instance is there any more: its device reads and writes no memory from here on. */
void reach_end(const struct unit *unit);

#endif
