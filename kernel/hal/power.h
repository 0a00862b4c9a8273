/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: the machine's power state.
 */
#ifndef KERNEL_HAL_POWER_H
#define KERNEL_HAL_POWER_H

#include "lib/base/safe.h"

/* ---- the machine ----
 * Pre: behind hal_boot_platform; any processor, others stopped or not, any lock held.
 * Order: none: what devices have under way may be lost.
 * Cost: a few accesses to devices and a bounded wait of some 3,000,000 rounds for them, or a call of firmware. */

/* Post: the machine is off; it returns only if it cannot be turned off, or not yet. */
void hal_power_off(void);

/* Post: the machine starts anew; it returns only if it cannot, or not yet. */
void hal_reboot(void);

#endif
