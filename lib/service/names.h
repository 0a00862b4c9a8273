/* SPDX-License-Identifier: Apache-2.0
 *
 * Posting an endpoint under a name at run time: /svc, the names service.
 */
#ifndef LIB_SERVICE_NAMES_H
#define LIB_SERVICE_NAMES_H

#include "lib/service/service.h"

/* in: the name; one capability: an endpoint with SEND, DUPLICATE and TRANSFER. */
enum : u32 { NAMES_POST = SERVICE_LABEL_OWN };

/* Posts an endpoint as /svc/`name`; the namespace must have /svc. Replaces an earlier one. */
[[nodiscard]] enum status names_post(struct span name, handle_t endpoint);

#endif
