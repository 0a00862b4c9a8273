/* SPDX-License-Identifier: Apache-2.0
 *
 * What a controller and its namespace say of themselves, within what can be reckoned with.
 *
 * SPEC: NVM Express Base Specification 1.4, 3.1.1 "CAP: Controller Capabilities", 5.15 "Identify command"
 */
#ifndef LIB_NVME_IDENTITY_H
#define LIB_NVME_IDENTITY_H

#include "lib/base/text.h"
#include "lib/block/protocol/request.h"

enum : u64 { NVME_IDENTITY_BYTES = 4096 };

/* Of its register of capabilities. */
struct nvme_abilities {
	u32 entries;      /* that a queue may have */
	u32 ready_ms;     /* it is ready or not any more after that time */
	u64 step;         /* bytes between doorbells */
};

/* False: it cannot be driven; `why' says why. */
[[nodiscard]] bool nvme_abilities_of(u64 capabilities, struct nvme_abilities *out, struct text *why);

/* What Identify answered of the controller, and of its namespace. The disk's limits are filled in by both; `unit' is how many
 * sectors a block has, 1 to 8. */
[[nodiscard]] bool nvme_controller_is_good(struct span identity, struct block_disk *disk, struct text *why);
[[nodiscard]] bool nvme_namespace_is_good(struct span identity, struct block_disk *disk, struct text *why);

#endif
