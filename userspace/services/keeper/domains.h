/* SPDX-License-Identifier: Apache-2.0
 *
 * What devices may reach of memory, where an IOMMU is driven: each what the keeper made for its driver. The service `iommu'
 * is asked in a page that it shares with the keeper, which never waits for it: drivers are started once it has answered there.
 */
#ifndef USERSPACE_SERVICES_KEEPER_DOMAINS_H
#define USERSPACE_SERVICES_KEEPER_DOMAINS_H

#include "lib/base/text.h"
#include "userspace/services/keeper/found.h"
#include "userspace/services/keeper/unit.h"

/* The shared page; made on first use. None if there is no memory for it. */
handle_t domains_table(void);

/* False: the machine has no IOMMU that can be driven, or nobody who does. */
bool domains_are_made(void);

/* Whether the unit's device, which the IOMMU knows by a number, is kept to the unit's memory, all of which is there. Asks for
 * it the first time. */
enum found domains_look(struct unit *unit, u32 requester, struct text *why);

/* A new instance of the unit is started; it has reset its device, whose earlier faults are forgiven. */
void domains_begin(struct unit *unit);
void domains_forgiven(const struct unit *unit);

/* The unit's device asked for what it may not reach: the instance that told it so is ended, which counts as a failure. */
[[nodiscard]] enum status domains_strayed(struct unit *unit);

/* Who has to trust the unit, for people; it has memory for its device. */
bool domains_trusted(const struct unit *unit);
void domains_describe(const struct unit *unit, struct text *t);

#endif
