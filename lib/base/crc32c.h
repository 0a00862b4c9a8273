/* SPDX-License-Identifier: Apache-2.0
 *
 * CRC-32C (Castagnoli), for noticing damage; it proves nothing about origin.
 * SPEC: RFC 3720 appendix B.4 (polynomial 0x1EDC6F41, reflected, initial and final ~0).
 */
#ifndef LIB_BASE_CRC32C_H
#define LIB_BASE_CRC32C_H

#include "lib/base/span.h"

/* The checksum of `data` continued from `crc`; begin with 0. crc32c(crc32c(0, a), b) is the
 * checksum of a followed by b. */
u32 crc32c(u32 crc, struct span data);

#endif
