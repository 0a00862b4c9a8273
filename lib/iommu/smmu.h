/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of Arm's IOMMU (SMMUv3): a stream table of two levels, whose root has an entry for every 64 streams, and for
 * each domain a context descriptor and a tree of page tables, of stage 1. The first page of a tree has the descriptor in its
 * second half, which is free because addresses have 47 bits.
 *
 * A stream is what its function asks by, by the same number.
 *
 * SPEC: Arm System Memory Management Unit Architecture Specification, SMMUv3, IHI 0070, 3.3 "Data structures and translation
 * procedure", 5.1 "Level 1 Stream Table Descriptor", 5.2 "STE", 5.4 "CD"; Arm ARM, DDI 0487, D8.3 "Translation table
 * descriptor formats".
 */
#ifndef LIB_IOMMU_SMMU_H
#define LIB_IOMMU_SMMU_H

#include "lib/iommu/tables.h"

/* WHY not 16: the root has one page. */
enum : u32 { SMMU_STREAM_BITS = 15, SMMU_SPLIT_BITS = 6, SMMU_LEVELS = 4, SMMU_ADDRESS_BITS_MAX = 47 };
enum : u64 { SMMU_COMMAND_BYTES = 16, SMMU_EVENT_BYTES = 32 };

/* Domain `index' of the list; a quiet one's faults are not recorded. False: it reaches nothing, because there is no room, its
 * stream has a domain already, or it has pieces that cannot be. */
[[nodiscard]] bool smmu_add(struct iommu_tables *tables, u32 index, const struct domain *domain, bool quiet);

/* Faults of a stream that has no domain are not recorded. False: there is no room to say so. */
[[nodiscard]] bool smmu_hush(struct iommu_tables *tables, u32 stream);

/* ---- what the unit says ---- */

/* Whether it can use such tables, of which `levels' and `bits' are then set; else `why' says what it lacks. SPEC: 6.3.1, 6.3.2,
 * 6.3.6: the registers IDR0, IDR1 and IDR5. */
[[nodiscard]] bool smmu_can(u32 idr0, u32 idr1, u32 idr5, struct iommu_tables *tables, struct span *why);

/* SPEC: 7.3 "Event records" */
struct iommu_fault smmu_read_event(struct span event);

#endif
