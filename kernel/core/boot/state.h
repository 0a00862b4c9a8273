/* SPDX-License-Identifier: Apache-2.0
 *
 * What the rest of the kernel may know of the boot: the checked copy of the boot information.
 */
#ifndef KERNEL_CORE_BOOT_STATE_H
#define KERNEL_CORE_BOOT_STATE_H

#include "boot/boot_info.h"

const struct boot_info *boot_state(void);

/* Makes that copy, because the loader's memory is handed out. Who comes up checks it, and may change it until others run. */
struct boot_info *boot_keep(const struct boot_info *info);

#endif
