/* SPDX-License-Identifier: Apache-2.0
 *
 * What the compiler expects to find under these names. No code of ours calls them.
 */
#ifndef LIB_FREESTANDING_MEMORY_H
#define LIB_FREESTANDING_MEMORY_H

#include "lib/base/safe.h"

void *memcpy(void *to, const void *from, usize bytes);
void *memmove(void *to, const void *from, usize bytes);
void *memset(void *to, int value, usize bytes);
int memcmp(const void *a, const void *b, usize bytes);
usize strlen(const char *text);

#endif
