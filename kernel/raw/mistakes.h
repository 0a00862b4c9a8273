/* SPDX-License-Identifier: Apache-2.0
 *
 * Unsafe: what the kernel never does, for tests of what stops it if it did (kernel/debug/kasan_test.c). The first
 * returns if nothing stops it.
 */
#ifndef KERNEL_RAW_MISTAKES_H
#define KERNEL_RAW_MISTAKES_H

#include "lib/base/addr.h"

typedef void mistake_function(void);

/* WHY volatile: the read is what it is for. */
static inline u64 mistake_read(uaddr_t at)
{
UNSAFE_BEGIN("SAFETY: only a test calls it, of a page that it has mapped for user mode");
	return *(const volatile u64 *)(uptr)at.v;
UNSAFE_END();
}

/* Where a function goes on behind its first instruction, of four bytes, which marks it as one that can be called. */
static inline u64 mistake_inside(mistake_function *function)
{
UNSAFE_BEGIN("SAFETY: an address as a number");
	return (u64)(uptr)function + 4;
UNSAFE_END();
}

#endif
