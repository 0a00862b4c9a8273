/* SPDX-License-Identifier: Apache-2.0
 *
 * Domains: what each device may reach of memory. They are asked for by the keeper and made by the IOMMU's driver, in a page
 * that both share, because the keeper waits for nobody. A domain is asked for once, and stays as it is for ever: so are the
 * device's number and its driver's memory.
 *
 * Each side writes its own part only, and reads the other's as numbers that may be anything.
 */
#ifndef LIB_IOMMU_DOMAINS_H
#define LIB_IOMMU_DOMAINS_H

#include "lib/base/addr.h"
#include "lib/base/span.h"

/* WHY 15: each unit has 16 at least, and number 0 is left alone. */
enum : u32 { DOMAINS_MAX = 15, DOMAIN_PIECES_MAX = 8, DOMAIN_NAME_BYTES = 32 };
enum : u64 { DOMAINS_BYTES = PAGE_BYTES };
/* Of the signal of the IOMMU's driver: its interrupt, and that something was asked for or forgiven. */
enum : u32 { DOMAINS_FAULT_BIT = 0, DOMAINS_ASKED_BIT = 1 };

/* Physical addresses, which are the device's too. */
struct domain_piece { u64 address, bytes; };

/* The keeper's part. */
struct domain {
	u32 asked;       /* 1: the rest is there; written last */
	u32 requester;   /* the number by which the IOMMU knows the device */
	u32 pieces;
	u32 forgiven;    /* that many faults are the past's: its driver has reset the device since */
	char name[DOMAIN_NAME_BYTES];   /* of the driver, for messages */
	struct domain_piece piece[DOMAIN_PIECES_MAX];
};
static_assert(sizeof(struct domain) == 176, "layout of a domain");

enum domain_state : u32 {
	DOMAIN_NOT_YET,
	DOMAIN_KEPT,     /* the device reaches the pieces, and nothing else */
	DOMAIN_REFUSED,  /* there is no room, or such pieces cannot be */
};

/* The part of the IOMMU's driver. */
struct domain_told {
	u32 state;
	u32 faults;      /* times that the device asked for what it may not reach, of which more than one may count once */
};
static_assert(sizeof(struct domain_told) == 8, "layout of what is told of a domain");

/* ---- the keeper's side ---- */

void domains_ask(struct mspan shared, u32 index, const struct domain *domain);
void domains_forgive(struct mspan shared, u32 index, u32 faults);
struct domain_told domains_told(struct mspan shared, u32 index);

/* ---- the side of the IOMMU's driver ---- */

/* False: it is not asked for. */
[[nodiscard]] bool domains_asked(struct mspan shared, u32 index, struct domain *out);
void domains_tell(struct mspan shared, u32 index, const struct domain_told *told);

/* Faults of the device are not looked at until its driver has reset it. */
static inline bool domain_is_quiet(const struct domain *domain, const struct domain_told *told)
{
	return told->faults != domain->forgiven;
}

#endif
