/* SPDX-License-Identifier: Apache-2.0
 *
 * The registers of a driver's unit. A unit is asked to do something and says when it has; there is no interrupt for that, and it
 * takes a few hundred cycles.
 */
#ifndef LIB_IOMMU_DRIVER_REGISTERS_H
#define LIB_IOMMU_DRIVER_REGISTERS_H

#include "lib/base/text.h"

/* Maps the registers that the manifest's device has. False: there are none, or less than `least' bytes; `why' says so. */
[[nodiscard]] bool iommu_registers_map(u64 least, struct text *why);
u64 iommu_registers_bytes(void);

/* As lib/mmio: in order with the tables and queues in memory, without a fence of the driver's. */
u32 iommu_read32(u64 at);
void iommu_write32(u64 at, u32 value);
/* In two halves, the lower one first. */
u64 iommu_read64(u64 at);
void iommu_write64(u64 at, u64 value);

/* Until these bits are so; a unit that does not come to that fails. */
void iommu_wait(u64 at, u32 mask, u32 value);

/* False, and why. */
bool iommu_refuse(struct text *why, struct span what);

#endif
