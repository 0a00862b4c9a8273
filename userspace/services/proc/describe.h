/* SPDX-License-Identifier: Apache-2.0
 *
 * Processes in words.
 */
#ifndef USERSPACE_SERVICES_PROC_DESCRIBE_H
#define USERSPACE_SERVICES_PROC_DESCRIBE_H

#include "lib/base/addr.h"
#include "lib/base/text.h"
#include "abi/errors.h"

handle_t proc_group(void);

/* One line per process of the group, with a head line. */
void describe_table(handle_t group, struct text *t);
/* "key value" lines. */
[[nodiscard]] enum status describe_status(handle_t process, struct text *t);
/* One line per capability: handle, type, depth, value and count, rights in words. */
void describe_caps(handle_t process, struct text *t);
/* One line per binding of its namespace. */
[[nodiscard]] enum status describe_names(handle_t process, struct text *t);

#endif
