/* SPDX-License-Identifier: Apache-2.0
 *
 * What drivers of IOMMUs have in common: each keeps devices to their drivers' memory, with tables of the domains that the
 * keeper asks for, and says which device asked for what it may not reach (docs/adr/0041). A driver is a unit, which knows
 * registers, and tables of its kind (lib/iommu).
 *
 * Nothing is kept but what the keeper's page says: a new instance makes the same tables, while the unit goes on with the
 * ones that are there.
 */
#ifndef LIB_IOMMU_DRIVER_DRIVER_H
#define LIB_IOMMU_DRIVER_DRIVER_H

#include "abi/errors.h"
#include "lib/base/text.h"
#include "lib/iommu/tables.h"

struct iommu_unit {
	u32 queues;   /* pages that the unit has for its queues: the last ones of the memory, behind those of the tables */
	/* Finds the unit's registers, and sets `levels' and `bits'. False: it cannot be driven, and `why' says why. */
	bool (*open)(struct iommu_tables *tables, struct text *why);
	/* From here on nobody reaches memory but by these tables, of which nothing is there yet. Again, by another instance: what
	 * the one before it made is there, and who goes by it goes on meanwhile. */
	void (*begin)(const struct iommu_tables *tables);
	/* What changed in the tables holds from here on. */
	void (*forget)(void);

	/* What the unit has to tell raises the bit from here on; and is to do so again, before that is looked for. */
	enum status (*listen)(u32 bit);
	void (*heard)(void);
	/* It has nothing to tell any more. */
	void (*be_quiet)(void);
	/* Takes the next fault that the unit has recorded. */
	bool (*take_fault)(struct iommu_fault *out);

	/* As vtd_add and vtd_hush are (lib/iommu/vtd.h). */
	bool (*add)(struct iommu_tables *tables, u32 index, const struct domain *domain, bool quiet);
	bool (*hush)(struct iommu_tables *tables, u32 requester);
};

/* The driver's own. */
extern const struct iommu_unit iommu_unit;

/* The program of a driver; comes back only if the unit cannot be driven, with the exit status. */
u64 iommu_serve(void);

/* Page of the memory for tables and queues, and where the unit finds it: tables' pages first, behind them `queues'. */
struct mspan iommu_page(u32 page);

/* ---- memory.c ---- */

/* Finds the pages. */
[[nodiscard]] bool iommu_memory_open(struct iommu_tables *tables, u32 queues, struct text *why);
/* Publishing, in two steps: as tables_withdraw and tables_publish do it. True if anything changed. */
bool iommu_memory_withdraw(const struct iommu_tables *tables);
bool iommu_memory_publish(const struct iommu_tables *tables);

/* ---- for units ---- */

/* The unit's wires, which may rise for an instant only, raise the bit from here on; STATUS_NOT_SUPPORTED: it has none. */
enum status iommu_lines_listen(u32 bit);
/* They are to do so again. */
void iommu_lines_heard(void);

/* WHY the end: a unit that does not do what it is told is no unit, and the next instance begins anew with it. */
[[noreturn]] void iommu_unit_fails(void);

#endif
