/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory of the own process beyond static storage: mappings by number. The numbers may be kept
 * anywhere; the address is only turned into a view while it is mapped.
 *
 * WHY numbers: a view (struct span) must not be kept in static storage; a number can be, and a
 * released or wrong one traps instead of touching other memory.
 *
 * Not for use by several threads at once. At most RT_PAGES_MAX mappings.
 */
#ifndef LIB_RT_MEMORY_H
#define LIB_RT_MEMORY_H

#include "lib/base/span.h"
#include "lib/base/addr.h"
#include "abi/errors.h"

enum : u32 { RT_PAGES_MAX = 1024 };
enum : u64 { RT_PAGES_BYTES_MAX = 1ull << 36, RT_LARGE_BYTES = 2 << 20 /* from here on large pages may help */ };

typedef struct { u32 v; } pages_t; /* 0: none */

/* Anonymous zeroed memory charged to the own group. With `populate` all of it is there at once,
 * or the call fails; without, a page that the limit does not allow faults on first touch. */
[[nodiscard]] enum status rt_pages_create(u64 bytes, bool populate, pages_t *out);

/* Maps a part of a memory object; `map_flags` are the abi's MAP_ bits. The handle stays the
 * caller's. offset and bytes are multiples of the page size. */
[[nodiscard]] enum status rt_pages_map(handle_t memory, u64 offset, u64 bytes, u32 map_flags, pages_t *out);

/* Views; the second traps unless it was mapped writable. */
struct span rt_pages_span(pages_t pages);
struct mspan rt_pages_mspan(pages_t pages);

/* Where it is mapped, and the memory object if rt_pages_create made it. */
u64 rt_pages_address(pages_t pages);
handle_t rt_pages_memory(pages_t pages);

/* Unmaps, and gives up the memory object if rt_pages_create made it. No view of it may be used
 * any more. Does nothing for 0. */
void rt_pages_release(pages_t pages);

#endif
