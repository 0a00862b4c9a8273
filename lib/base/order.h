/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers between a register of the processor and memory in a given order: from the one to the other and back. What is the
 * machine's own order anyway costs nothing. WHY not more of it: only what a device reads and writes as one number
 * passes here. Formats are read byte by byte (span.h), and what programs share has the machine's own order.
 */
#ifndef LIB_BASE_ORDER_H
#define LIB_BASE_ORDER_H

#include "lib/base/safe.h"

enum : u32 { ORDER_IS_LITTLE = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ };

static inline u16 order_le16(u16 value) { return ORDER_IS_LITTLE ? value : __builtin_bswap16(value); }
static inline u32 order_le32(u32 value) { return ORDER_IS_LITTLE ? value : __builtin_bswap32(value); }

#endif
