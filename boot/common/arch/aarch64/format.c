/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tables of aarch64. There are two roots: of the upper half (TTBR1_EL1) and of the lower (TTBR0_EL1).
 * SPEC: Arm ARM (DDI 0487), D8.2 "Translation process", D8.3 "Translation table descriptor formats"
 */
#include "boot/common/arch/aarch64/format.h"
#include "boot/common/table_format.h"

enum : u64 {
	NO_EXECUTE = 1ull << 53,       /* for the kernel: PXN */
	USER_NO_EXECUTE = 1ull << 54,
	BASE = TABLE_VALID | TABLE_INNER_SHAREABLE | TABLE_ACCESSED | USER_NO_EXECUTE | MEMORY_NORMAL << TABLE_KIND_SHIFT,
};
static_assert((MEMORY_NORMAL & ~MEMORY_DEVICE) == 0);

const struct table_format table_format = {
	.address = 0x0000fffffffff000ull,
	.valid = TABLE_VALID,
	.table = TABLE_VALID | TABLE_NOT_BLOCK,
	.kind_mask = TABLE_NOT_BLOCK,
	.kind_table = TABLE_NOT_BLOCK,
	.page = BASE | TABLE_NOT_BLOCK,
	.large = BASE,
	.read_only = TABLE_AP_READ_ONLY,
	.no_execute = NO_EXECUTE,
	.device = MEMORY_DEVICE << TABLE_KIND_SHIFT,
	.half_bits = 48,
	.roots = 2,
};
