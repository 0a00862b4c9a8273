/* SPDX-License-Identifier: Apache-2.0
 *
 * Random addresses for what must not lie beside other things: program images, stacks,
 * and the mappings of lib/rt/memory.h. Each kind has a zone of the address space of its own.
 */
#ifndef LIB_RT_PLACE_H
#define LIB_RT_PLACE_H

#include "lib/base/addr.h"
#include "abi/errors.h"

enum : u32 { PLACE_TRIES = 8 };

/* A random address for an image of so many bytes with the alignment given (a power of two, at
 * least a page). Whether it is free is found out by mapping there. */
[[nodiscard]] enum status rt_place_image(u64 bytes, u64 align, u64 *address);

/* A random place from which on nothing is mapped for a long way. */
[[nodiscard]] enum status rt_place_window(u64 *address);

/* Maps memory as a stack in a process, with unmapped pages on both sides. */
[[nodiscard]] enum status rt_place_stack(handle_t process, handle_t memory, u64 bytes, u64 *address);

#endif
