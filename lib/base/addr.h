/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses and handles as types of their own, so that mixing them up does not compile.
 */
#ifndef LIB_BASE_ADDR_H
#define LIB_BASE_ADDR_H

#include "lib/base/safe.h"

enum : u64 { PAGE_SHIFT = 12, PAGE_BYTES = 1ull << PAGE_SHIFT, PAGE_MASK = PAGE_BYTES - 1 };

typedef struct { u64 v; } paddr_t;   /* physical address, bytes */
typedef struct { u64 v; } vaddr_t;   /* kernel virtual address, bytes */
typedef struct { u64 v; } uaddr_t;   /* user virtual address, bytes; never dereferenced directly */
typedef struct { u32 v; } handle_t;  /* {generation:16, slot:16}; 0 is no handle */

/* Of messages and system calls: whatever a word has. */
static_assert(sizeof(handle_t) == 4 && sizeof(paddr_t) == 8 && sizeof(vaddr_t) == 8 && sizeof(uaddr_t) == 8);

static FORCE_INLINE bool page_aligned(u64 v) { return (v & PAGE_MASK) == 0; }
static FORCE_INLINE u64 page_floor(u64 v) { return v & ~PAGE_MASK; }
/* The caller has checked that v is at most 2^64 - PAGE_BYTES. */
static FORCE_INLINE u64 page_ceil(u64 v) { return (v + PAGE_MASK) & ~PAGE_MASK; }
static FORCE_INLINE u64 pages_of(u64 bytes) { return (bytes >> PAGE_SHIFT) + ((bytes & PAGE_MASK) != 0); }

#endif
