/* SPDX-License-Identifier: Apache-2.0
 *
 * The end of a driver that has no device to rely on.
 */
#ifndef LIB_DRIVER_END_H
#define LIB_DRIVER_END_H

#include "abi/errors.h"
#include "lib/base/text.h"

/* The device did not come up: an end for good if it is none that can be driven (NOT_SUPPORTED), else the next instance tries
 * again. WHY not without a device: nobody would try again, and callers could not tell that from a device's own refusal. */
NORETURN void driver_not_up(enum status status, struct text *why);

/* The device cannot be relied on: what it has is not known any more. The next instance begins anew with it. */
NORETURN void driver_abandon(struct span why);

#endif
