/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of Intel's IOMMU: a root with an entry for each bus, context tables with one for each function there, and a
 * tree of page tables for each domain.
 *
 * SPEC: Intel Virtualization Technology for Directed I/O 4.1, 3.4 "Mapping Devices to Domains", 3.7 "Second-stage
 * Translation", 9.1 "Root Entry", 9.3 "Context Entry", 9.8 "Second-Stage Paging Entries".
 */
#ifndef LIB_IOMMU_VTD_H
#define LIB_IOMMU_VTD_H

#include "lib/iommu/tables.h"

/* Domain `index' of the list; a quiet one's faults are not recorded. False: it reaches nothing, because there is no room, its
 * function has a domain already, or it has pieces that cannot be. */
[[nodiscard]] bool vtd_add(struct iommu_tables *tables, u32 index, const struct domain *domain, bool quiet);

/* Faults of a function that has no domain are not recorded. False: there is no room to say so. */
[[nodiscard]] bool vtd_hush(struct iommu_tables *tables, u32 requester);

/* ---- what the unit says of itself ---- */

/* SPEC: 11.4.2 "Capability Register": levels that it can do, and their bits. False: none that is known here. */
[[nodiscard]] bool vtd_levels(u64 capability, struct iommu_tables *tables);

/* SPEC: 11.4.7.8, 11.4.7.9 "Fault Recording Registers". False: nothing is recorded there. */
[[nodiscard]] bool vtd_read_fault(u64 low, u64 high, struct iommu_fault *out);

#endif
