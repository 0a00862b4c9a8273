/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: starting other processors: what assembly and smp.c share.
 */
#ifndef KERNEL_ARCH_AARCH64_SMP_H
#define KERNEL_ARCH_AARCH64_SMP_H

#include "lib/base/safe.h"
#include "hal_arch/offsets.h"

void secondary_entry(void);

#endif
