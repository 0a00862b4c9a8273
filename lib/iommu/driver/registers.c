/* SPDX-License-Identifier: Apache-2.0
 *
 * The registers of a driver's unit. See registers.h.
 */
#include "lib/iommu/driver/registers.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/iommu/driver/driver.h"
#include "lib/mmio/mmio.h"
#include "lib/rt/rt.h"

enum : u32 { POLLS = 100000 };

static struct mmio registers;

bool iommu_refuse(struct text *why, struct span what)
{
	text_add_span(why, what);
	return false;
}

bool iommu_registers_map(u64 least, struct text *why)
{
	struct cap_info info = {};
	handle_t handle = rt_handle(span_text("registers"));

	if (handle_is_none(handle) || sys_cap_inspect(handle, &info) != STATUS_OK || info.count << PAGE_SHIFT < least ||
	    mmio_map(handle, info.count << PAGE_SHIFT, &registers) != STATUS_OK)
		return iommu_refuse(why, span_text("no registers"));
	return true;
}

u64 iommu_registers_bytes(void) { return registers.bytes; }

u32 iommu_read32(u64 at) { return mmio_read32(&registers, at); }
void iommu_write32(u64 at, u32 value) { mmio_write32(&registers, at, value); }
u64 iommu_read64(u64 at) { return iommu_read32(at) | (u64)iommu_read32(at + 4) << 32; }

void iommu_write64(u64 at, u64 value)
{
	iommu_write32(at, (u32)value);
	iommu_write32(at + 4, (u32)(value >> 32));
}

void iommu_wait(u64 at, u32 mask, u32 value)
{
	for (u32 i = 0; i < POLLS; i++)
		if ((iommu_read32(at) & mask) == value)
			return;
	iommu_unit_fails();
}
