/* SPDX-License-Identifier: Apache-2.0
 *
 * aarch64: the device tree in memory. See tree.h.
 */
#include "kernel/arch/aarch64/tree.h"
#include "kernel/arch/common/ram.h"
#include "kernel/raw/frame_access.h"

bool tree_open(const struct boot_info *info, struct fdt *out)
{
	u64 bytes;

	if (info->dtb == 0 || info->region_count > BOOT_REGIONS_MAX || !ram_has(info, info->dtb, FDT_HEADER_BYTES))
		return false;
	bytes = fdt_total_bytes(boot_bytes((paddr_t){ info->dtb }, FDT_HEADER_BYTES));
	return bytes != 0 && ram_has(info, info->dtb, bytes) && fdt_open(boot_bytes((paddr_t){ info->dtb }, bytes), out);
}
