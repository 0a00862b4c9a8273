/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of RISC-V's IOMMU: a device directory of two levels, whose last one has a device context for each function, and a
 * tree of page tables of the first stage for each domain, in the format of processors.
 *
 * A function without a domain has no context, and what it asks for is recorded. Only a context can say that it is not to be:
 * so one that is to be quiet has a context, which leads to an empty page.
 *
 * SPEC: RISC-V IOMMU Architecture Specification 1.0, "Device-Directory-Table (DDT)", "Device-context fields", "Process to
 * translate an IOVA"; RISC-V Privileged ISA 20211203, 4.4 "Sv39", 4.5 "Sv48".
 */
#ifndef LIB_IOMMU_RISCV_H
#define LIB_IOMMU_RISCV_H

#include "lib/iommu/tables.h"

enum : u64 { RISCV_COMMAND_BYTES = 16, RISCV_FAULT_BYTES = 32 };

/* Domain `index' of the list; a quiet one's faults are not recorded. False: it reaches nothing, because there is no room, its
 * function has a domain already, or it has pieces that cannot be. */
[[nodiscard]] bool riscv_add(struct iommu_tables *tables, u32 index, const struct domain *domain, bool quiet);

/* Faults of a function that has no domain are not recorded. False: there is no room to say so. */
[[nodiscard]] bool riscv_hush(struct iommu_tables *tables, u32 requester);

/* ---- what the unit says ---- */

/* Whether it can use such tables, of which `levels', `bits' and `function_bytes' are then set; else `why' says what it lacks.
 * `features' is how it is set up. SPEC: "IOMMU capabilities", "Features-control register". */
[[nodiscard]] bool riscv_can(u64 capabilities, u32 features, struct iommu_tables *tables, struct span *why);

/* SPEC: "Fault/Event-Queue" */
struct iommu_fault riscv_read_fault(struct span record);

#endif
