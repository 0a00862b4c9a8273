/* SPDX-License-Identifier: Apache-2.0
 *
 * Waits that end because the capability they were made through was revoked (kernel/core/cap/revoke.c).
 */
#ifndef KERNEL_CORE_IPC_UNDO_H
#define KERNEL_CORE_IPC_UNDO_H

#include "kernel/core/types.h"
#include "lib/base/safe.h"

/* Each ends a bounded number of waits with REVOKED, looking at all of the object once. True when there are
 * none left. A thread that dropped the handle it waits through counts as revoked. */
[[nodiscard]] bool endpoint_undo(struct endpoint *endpoint);
[[nodiscard]] bool reply_undo(struct reply *reply);
[[nodiscard]] bool signal_undo(struct signal *signal);

#endif
