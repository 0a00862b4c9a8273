/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of Intel's IOMMU: a root with an entry for each bus, context tables with one for each function there, and a
 * tree of page tables for each domain. All follows from the list of domains, in order: who makes them again, after the
 * one before ended, makes the same, and what a device reaches meanwhile does not change.
 *
 * They are made in memory of the own process, and then published to pages that the unit reads, so that each entry there
 * is as it was or as it is to be at every moment.
 *
 * INV: VTD-REACH  a function reaches exactly the pieces of its domain, at the addresses that they have; one without
 *                 a domain reaches nothing.
 *
 * SPEC: Intel Virtualization Technology for Directed I/O 4.1, 3.4 "Mapping Devices to Domains", 3.7 "Second-stage
 * Translation", 9.1 "Root Entry", 9.3 "Context Entry", 9.8 "Second-Stage Paging Entries".
 */
#ifndef LIB_IOMMU_VTD_H
#define LIB_IOMMU_VTD_H

#include "lib/base/addr.h"
#include "lib/iommu/domains.h"

enum : u32 { VTD_PAGES_MAX = 64, VTD_ROOT = 0 };
enum : u64 { VTD_BYTES_MAX = VTD_PAGES_MAX * PAGE_BYTES };

/* Too large for a stack. */
struct vtd_tables {
	u32 levels;                  /* of a domain's tree: 3 or 4 */
	u32 pages, used;             /* there are, and are taken */
	u64 address[VTD_PAGES_MAX];  /* where the unit finds each page */
	u8 bytes[VTD_BYTES_MAX];
};

/* Nobody reaches anything. Of `levels', `pages' and `address', which are the caller's. */
void vtd_begin(struct vtd_tables *tables);

/* Domain `index' of the list; a quiet one's faults are not recorded. False: it reaches nothing, because there is no room, its
 * function has a domain already, or it has pieces that cannot be. */
[[nodiscard]] bool vtd_add(struct vtd_tables *tables, u32 index, const struct domain *domain, bool quiet);

/* Faults of a function that has no domain are not recorded. False: there is no room to say so. */
[[nodiscard]] bool vtd_hush(struct vtd_tables *tables, u32 requester);

/* Changes what differs in one page that the unit reads, from the last to the first. True if anything did. */
bool vtd_publish(const struct vtd_tables *tables, u32 page, struct mspan to);

/* ---- what the unit says of itself ---- */

/* SPEC: 11.4.2 "Capability Register": levels that it can do; 0: none that is known here. */
u32 vtd_levels(u64 capability);

/* SPEC: 11.4.7.8, 11.4.7.9 "Fault Recording Registers" */
struct vtd_fault {
	u32 requester;
	u32 reason;
	bool read;
	u64 address;
};
/* False: nothing is recorded there. */
[[nodiscard]] bool vtd_read_fault(u64 low, u64 high, struct vtd_fault *out);

#endif
