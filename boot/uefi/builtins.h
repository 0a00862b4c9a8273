/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory functions that the compiler may call; nobody else does, see lib/base/span.h.
 */
#ifndef BOOT_UEFI_BUILTINS_H
#define BOOT_UEFI_BUILTINS_H

#include "lib/base/safe.h"

void *memcpy(void *restrict to, const void *restrict from, usize bytes);
void *memmove(void *to, const void *from, usize bytes);
void *memset(void *to, int value, usize bytes);
int memcmp(const void *a, const void *b, usize bytes);
usize strlen(const char *text);

#endif
