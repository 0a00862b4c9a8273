/* SPDX-License-Identifier: Apache-2.0
 *
 * A service's requests that wait for something, in order of arrival. Those whose caller has gone
 * are passed over.
 */
#ifndef LIB_WAITING_WAITING_H
#define LIB_WAITING_WAITING_H

#include "lib/service/service.h"

enum : u32 { WAITING_MAX = SERVICE_DEFERRED_MAX };

/* INV: count <= WAITING_MAX */
struct STABLE waiting {
	service_ticket ticket[WAITING_MAX];
	u32 first, count;
};

/* Lets the request wait, as service_defer does. BUSY if too many wait already. */
[[nodiscard]] enum status waiting_add(struct waiting *waiting, struct service_call *call);

/* The same for what may be done twice: service_defer_repeatable. */
[[nodiscard]] enum status waiting_add_repeatable(struct waiting *waiting, struct service_call *call);

/* The one that waits longest and is still there; 0 if there is none. */
service_ticket waiting_first(struct waiting *waiting);

/* Removes it. */
void waiting_drop_first(struct waiting *waiting);

/* Both in one. */
service_ticket waiting_take(struct waiting *waiting);

#endif
