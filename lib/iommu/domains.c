/* SPDX-License-Identifier: Apache-2.0
 *
 * The page that the keeper and the IOMMU's driver share. See domains.h.
 */
#include "lib/iommu/domains.h"

enum : u64 { TOLD_AT = 3072, FORGIVEN = 12 };
static_assert(DOMAINS_MAX * sizeof(struct domain) <= TOLD_AT);
static_assert(TOLD_AT + DOMAINS_MAX * sizeof(struct domain_told) <= DOMAINS_BYTES);
static_assert(__builtin_offsetof(struct domain, forgiven) == FORGIVEN && __builtin_offsetof(struct domain, asked) == 0);

static u64 place(u32 index) { return (u64)index * sizeof(struct domain); }
static u64 told_place(u32 index) { return TOLD_AT + (u64)index * sizeof(struct domain_told); }

/* WHY the first number last: with it all is there. */
void domains_ask(struct mspan shared, u32 index, const struct domain *domain)
{
	struct domain all = *domain;

	all.asked = 0;
	span_copy(mspan_part(shared, place(index), sizeof(all)), SPAN_OF_STRUCT(all));
	mspan_store32(shared, place(index), 1);
}

void domains_forgive(struct mspan shared, u32 index, u32 faults)
{
	mspan_store32(shared, place(index) + FORGIVEN, faults);
}

struct domain_told domains_told(struct mspan shared, u32 index)
{
	u64 at = told_place(index);

	return (struct domain_told){ .state = mspan_load32(shared, at), .faults = mspan_load32(shared, at + 4) };
}

bool domains_asked(struct mspan shared, u32 index, struct domain *out)
{
	if (index >= DOMAINS_MAX || mspan_load32(shared, place(index)) != 1)
		return false;
	span_copy(MSPAN_OF_STRUCT(*out), span_of(mspan_part(shared, place(index), sizeof(*out))));
	/* Text always ends. */
	out->name[DOMAIN_NAME_BYTES - 1] = 0;
	return true;
}

/* WHY the state last: whoever sees that a domain is kept sees what it counts from. */
void domains_tell(struct mspan shared, u32 index, const struct domain_told *told)
{
	mspan_store32(shared, told_place(index) + 4, told->faults);
	mspan_store32(shared, told_place(index), told->state);
}
