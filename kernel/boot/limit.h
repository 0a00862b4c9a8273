/* SPDX-License-Identifier: Apache-2.0
 *
 * `mem=SIZE` on the command line: the kernel hands out no more memory than that, as if the machine
 * had only so much beside the kernel and the system image. For seeing what a small machine does.
 */
#ifndef KERNEL_BOOT_LIMIT_H
#define KERNEL_BOOT_LIMIT_H

#include "boot/boot_info.h"

/* Takes memory above the limit out of the checked map: of several limits the smallest counts.
 * False: a `mem=' is no size; nothing is changed. */
[[nodiscard]] bool boot_limit_apply(struct boot_info *info);

/* Writes to the log which word is no size, and what one looks like. */
void boot_limit_complain(const struct boot_info *info);

#endif
