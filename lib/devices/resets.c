/* SPDX-License-Identifier: Apache-2.0
 *
 * The words that the keeper and `devices' share about resets. See resets.h.
 */
#include "lib/devices/resets.h"

enum : u64 { ASKED = 0, FAILED = 4, DONE = 8, HOW = 12, KEPT = 16 };
#define IS_AT(member, at) static_assert(__builtin_offsetof(struct device_reset, member) == (at))
IS_AT(asked, ASKED);
IS_AT(failed, FAILED);
IS_AT(done, DONE);
IS_AT(how, HOW);
IS_AT(kept, KEPT);

static u64 place(u32 index, u64 at) { return RESETS_AT + (u64)index * sizeof(struct device_reset) + at; }
static u32 load(struct mspan shared, u32 index, u64 at) { return mspan_load32(shared, place(index, at)); }

void resets_ask(struct mspan shared, u32 index, enum reset_how how)
{
	u32 asked = load(shared, index, ASKED);

	if (load(shared, index, DONE) != asked)
		return;
	mspan_store32(shared, place(index, HOW), how);
	mspan_store32(shared, place(index, ASKED), asked == U32_MAX ? 1 : asked + 1);
}

enum reset_state resets_state(struct mspan shared, u32 index)
{
	u32 asked = load(shared, index, ASKED);

	if (asked == 0)
		return RESET_NEVER;
	if (load(shared, index, DONE) != asked)
		return RESET_UNDER_WAY;
	return load(shared, index, FAILED) == 0 ? RESET_DONE : RESET_FAILED;
}

void resets_keep(struct mspan shared, u32 index, const struct pci_kept *kept)
{
	span_copy(mspan_part(shared, place(index, KEPT), sizeof(*kept)), SPAN_OF_STRUCT(*kept));
}

struct pci_kept resets_kept(struct mspan shared, u32 index)
{
	struct pci_kept kept;

	span_copy(MSPAN_OF_STRUCT(kept), span_of(mspan_part(shared, place(index, KEPT), sizeof(kept))));
	return kept;
}

u32 resets_wanted(struct mspan shared, u32 index)
{
	u32 asked = load(shared, index, ASKED);

	return asked == load(shared, index, DONE) ? 0 : asked;
}

enum reset_how resets_how(struct mspan shared, u32 index)
{
	return load(shared, index, HOW) == RESET_STOP ? RESET_STOP : RESET_WHOLE;
}

/* WHY its number last: with it the rest is true. */
void resets_tell(struct mspan shared, u32 index, u32 number, bool failed)
{
	mspan_store32(shared, place(index, FAILED), failed ? 1 : 0);
	mspan_store32(shared, place(index, DONE), number);
}
