/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that a driver's device sees. See dma.h.
 */
#include "lib/driver/dma.h"
#include "abi/stubs.h"
#include "lib/base/text.h"
#include "lib/rt/rt.h"

bool dma_piece(u32 number, struct dma_piece *out)
{
	struct cap_info info = {};
	TEXT_BUFFER(name, 16);

	text_add(&name, "dma");
	if (number > 0)
		text_add_u64(&name, number);
	*out = (struct dma_piece){ .handle = rt_handle(text_span(&name)) };
	if (handle_is_none(out->handle) || sys_dma_address(out->handle, &out->address) != STATUS_OK ||
	    sys_cap_inspect(out->handle, &info) != STATUS_OK)
		return false;
	out->bytes = info.count << PAGE_SHIFT;
	return rt_pages_map(out->handle, 0, out->bytes, MAP_READ | MAP_WRITE, &out->pages) == STATUS_OK;
}

bool dma_take(struct dma_memory *memory, u64 bytes, u64 *at)
{
	enum : u64 { ALIGNMENT = 64 };
	u64 rounded = (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);

	if (rounded < bytes || rounded > memory->piece.bytes - memory->used)
		return false;
	*at = memory->used;
	memory->used += rounded;
	return true;
}
