/* SPDX-License-Identifier: Apache-2.0
 *
 * HAL: the machine's power state.
 */
#ifndef KERNEL_HAL_POWER_H
#define KERNEL_HAL_POWER_H

#include "lib/base/safe.h"

/* Any processor, others stopped or not. Each returns only if the machine cannot do it, or not yet. */
void hal_power_off(void);
void hal_reboot(void);

#endif
