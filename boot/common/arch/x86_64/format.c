/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tables of x86_64. SPEC: Intel SDM 3A 4.5 "4-level paging", tables 4-15 to 4-20
 */
#include "boot/common/table_format.h"

enum : u64 { PRESENT = 1ull << 0, WRITE = 1ull << 1, LARGE = 1ull << 7, NO_EXECUTE = 1ull << 63 };

/* Access is decided by the leaves alone. What is no memory: the processor's memory types (MTRRs) tell. */
const struct table_format table_format = {
	.address = 0x000ffffffffff000ull,
	.valid = PRESENT,
	.table = PRESENT | WRITE,
	.kind_mask = LARGE,
	.page = PRESENT,
	.large = PRESENT | LARGE,
	.write = WRITE,
	.no_execute = NO_EXECUTE,
	.half_bits = 47,
	.roots = 1,
	.maps_gaps = true,
};
