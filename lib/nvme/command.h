/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests to a disk as commands of NVMe, and what is believed of what became of them.
 *
 * SPEC: NVM Express Base Specification 1.4, 4.3 "Physical Region Page Entry and List", 6 "NVM Command Set"
 */
#ifndef LIB_NVME_COMMAND_H
#define LIB_NVME_COMMAND_H

#include "lib/block/protocol/request.h"
#include "lib/nvme/queue.h"

enum : u32 { NVME_NAMESPACE = 1 };
enum : u64 { NVME_PAGE_BYTES = 4096 };

/* What a request takes of the memory that the controller sees, beside its data: the list of the pages behind the first, or a
 * range. WHY a power of two, of which it begins with a multiple: it lies in one page. */
enum : u64 { NVME_AREA_BYTES = 128 };

/* The command of a request that block_allowed let through, of a disk whose blocks are `unit' sectors; what it needs besides is
 * written to the area, which the controller finds at `address`. */
struct nvme_command nvme_command_of(const struct block_request *request, u32 unit, struct mspan area, u64 address);

/* What a status comes to. */
[[nodiscard]] enum status nvme_outcome(u32 status);

#endif
