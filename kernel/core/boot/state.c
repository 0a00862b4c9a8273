/* SPDX-License-Identifier: Apache-2.0
 *
 * The kernel's own copy of the boot information. See state.h.
 */
#include "kernel/core/boot/state.h"

static struct boot_info own;

const struct boot_info *boot_state(void) { return &own; }

struct boot_info *boot_keep(const struct boot_info *info)
{
	own = *info;
	return &own;
}
