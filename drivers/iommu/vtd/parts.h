/* SPDX-License-Identifier: Apache-2.0
 *
 * Parts of the driver of Intel's IOMMU.
 */
#ifndef DRIVERS_IOMMU_VTD_PARTS_H
#define DRIVERS_IOMMU_VTD_PARTS_H

#include "abi/errors.h"
#include "lib/base/text.h"
#include "lib/iommu/vtd.h"

/* ---- registers.c: the unit ---- */

/* Finds the unit's registers. False: it cannot be driven, and `why' says why. */
[[nodiscard]] bool unit_open(struct text *why);
/* Of a domain's tree. */
u32 unit_levels(void);

/* What the unit has to tell raises the bit from here on. */
[[nodiscard]] enum status unit_listen(u32 bit);
/* It has nothing to tell any more. */
void unit_be_quiet(void);
/* Before looking for what it has to tell. */
void unit_heard(void);

/* From here on nobody reaches memory but by the tables with that root. Again: the same. */
void unit_begin(u64 root);
/* What changed in the tables holds from here on. */
void unit_forget(void);

/* Takes the next fault that the unit has recorded. */
[[nodiscard]] bool unit_take_fault(struct vtd_fault *out);

/* ---- memory.c: what the unit reads ---- */

/* Finds the pages for tables. */
[[nodiscard]] bool memory_open(struct vtd_tables *tables, struct text *why);
/* True if anything changed. */
bool memory_publish(const struct vtd_tables *tables);

#endif
