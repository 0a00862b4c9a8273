/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory that a unit reads its tables from, and has its queues in: the keeper's, the same for every instance.
 */
#include "lib/iommu/driver/driver.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/rt/memory.h"
#include "lib/rt/rt.h"

enum : u32 { PIECE_PAGES = 16, PIECES = TABLES_PAGES_MAX / PIECE_PAGES };
enum : u64 { PIECE_BYTES = PIECE_PAGES * TABLES_PAGE_BYTES };
static_assert(PIECE_BYTES % PAGE_BYTES == 0);

static pages_t pieces[PIECES];

static bool open_piece(struct iommu_tables *tables, u32 number)
{
	struct cap_info info = {};
	u64 address = 0;
	TEXT_BUFFER(name, 16);

	text_add(&name, "dma");
	if (number > 0)
		text_add_u64(&name, number);
	handle_t handle = rt_handle(text_span(&name));

	if (handle_is_none(handle) || sys_dma_address(handle, &address) != STATUS_OK ||
	    sys_cap_inspect(handle, &info) != STATUS_OK || info.count != PIECE_BYTES / PAGE_BYTES ||
	    rt_pages_map(handle, 0, PIECE_BYTES, MAP_READ | MAP_WRITE, ELEM(pieces, number)) != STATUS_OK)
		return false;
	for (u32 i = 0; i < PIECE_PAGES; i++)
		*ELEM(tables->address, tables->pages++) = address + i * TABLES_PAGE_BYTES;
	return true;
}

bool iommu_memory_open(struct iommu_tables *tables, u32 queues, struct text *why)
{
	tables->pages = 0;
	for (u32 i = 0; i < PIECES; i++)
		if (!open_piece(tables, i)) {
			text_add(why, "no memory for tables: [device] has too little `dma_kib'");
			return false;
		}
	tables->pages -= queues + TABLES_SPARE_MAX;
	tables->spare = TABLES_SPARE_MAX;
	return true;
}

struct mspan iommu_page(u32 page)
{
	struct mspan piece = rt_pages_mspan(*ELEM(pieces, page / PIECE_PAGES));

	return mspan_part(piece, page % PIECE_PAGES * TABLES_PAGE_BYTES, TABLES_PAGE_BYTES);
}

bool iommu_memory_withdraw(const struct iommu_tables *tables)
{
	bool any = false;

	for (u32 page = 0; page < tables->pages + tables->spare_used; page++)
		any |= tables_withdraw(tables, page, iommu_page(page));
	return any;
}

/* WHY from the end: what an entry leads to is there before it. */
bool iommu_memory_publish(const struct iommu_tables *tables)
{
	bool changed = false;

	for (u32 page = tables->pages + tables->spare_used; page-- > tables->pages;)
		changed |= tables_publish(tables, page, iommu_page(page));
	for (u32 page = tables->used; page-- > 0;)
		changed |= tables_publish(tables, page, iommu_page(page));
	return changed;
}
