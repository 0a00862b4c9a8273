/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: what the compiler expects to find under these names. No code of ours calls them.
 */
#ifndef KERNEL_RAW_MEMORY_H
#define KERNEL_RAW_MEMORY_H

#include "lib/base/safe.h"

void *memcpy(void *to, const void *from, usize bytes);
void *memmove(void *to, const void *from, usize bytes);
void *memset(void *to, int value, usize bytes);
int memcmp(const void *a, const void *b, usize bytes);
usize strlen(const char *text);

#endif
