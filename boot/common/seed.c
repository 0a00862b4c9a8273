/* SPDX-License-Identifier: Apache-2.0
 *
 * The seed. SPEC: Devicetree schema, chosen.yaml ("kaslr-seed", "rng-seed")
 */
#include "boot/common/seed.h"

enum : u32 { GOOD_WORDS = 4 /* as many bits as the generator's key has; a tree need not give more */ };

static void absorb(struct random_state *state, const struct fdt *fdt, const struct fdt_node *node, struct span name)
{
	struct span value;
	u32 high, low;

	if (!fdt_property(fdt, node, name, &value))
		return;
	for (u32 i = 0; fdt_cell(value, i, &high) && fdt_cell(value, i + 1, &low); i += 2)
		random_absorb(state, (u64)high << 32 | low, true);
}

void seed_absorb_tree(struct random_state *state, const struct fdt *fdt)
{
	struct fdt_node node;

	if (!fdt_at_path(fdt, span_text("/chosen"), &node))
		return;
	absorb(state, fdt, &node, span_text("rng-seed"));
	absorb(state, fdt, &node, span_text("kaslr-seed"));
}

void seed_draw(struct random_state *state, struct boot_info *info)
{
	for (u32 i = 0; i < BOOT_SEED_BYTES; i++)
		info->seed[i] = (u8)random_draw(state);
	/* The clock alone is no secret. */
	info->seed_bytes = state->good_words >= GOOD_WORDS ? (u32)BOOT_SEED_BYTES : 0;
}
