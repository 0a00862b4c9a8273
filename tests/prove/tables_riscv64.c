/* SPDX-License-Identifier: Apache-2.0
 *
 * The page tables of riscv64. See tests/prove/include/tables.h.
 */
#include "tests/prove/include/tables_entries.h"

struct riscv64_features riscv64_features;

void riscv64_make_fetchable(struct hal_space *at) { PROVE(at == &space, "for who uses the space"); fetchable = true; }
static void any_features(void)
{
	fetchable = false;
	riscv64_features.svpbmt = MAYBE();
	riscv64_features.levels = LEVELS;
}

void prove_map(void) { map(); }
void prove_map_large(void) { map_large(); }
void prove_unmap(void) { unmap(); }
void prove_protect(void) { protect(); }
void prove_add_table(void) { add_table(); }

void prove_take_table(void)
{
	ids_given = 0;
	take_table();
	PROVE(ids_given == took_root, "its id is given back with the root");
}

void prove_next_used(void) { find_used(); }
