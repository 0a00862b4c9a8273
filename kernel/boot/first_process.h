/* SPDX-License-Identifier: Apache-2.0
 *
 * The first process: made from the system image, with all authority there is.
 */
#ifndef KERNEL_BOOT_FIRST_PROCESS_H
#define KERNEL_BOOT_FIRST_PROCESS_H

#include "abi/errors.h"
#include "boot/boot_info.h"
#include "kernel/core/types.h"

/* Errors are also written to the log, in words. */
[[nodiscard]] enum status first_process_start(struct group *root, const struct boot_info *info);

#endif
