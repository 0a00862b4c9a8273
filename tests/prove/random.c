/* SPDX-License-Identifier: Apache-2.0
 *
 * Random numbers: a processor with any key, any block, any of it used.
 */
#include "kernel/core/random/random.c"

struct cpu *prove_this_cpu;

static void any_cpu(void)
{
	prove_this_cpu = NEW(struct cpu);
	ASSUME(prove_this_cpu->random_left <= 4);
}

/* ---- proofs ---- */

void prove_number(void)
{
	any_cpu();
	u32 left = prove_this_cpu->random_left;
	u64 next = left != 0 ? prove_this_cpu->random_block[left - 1] : 0, counter = prove_this_cpu->random_counter;
	u64 value = random_u64();

	PROVE(prove_this_cpu->random_left == (left != 0 ? left : 4) - 1, "a number is used once");
	PROVE(prove_this_cpu->random_block[prove_this_cpu->random_left] == 0, "and kept nowhere");
	PROVE(left == 0 || value == next, "it is the next of its block");
	PROVE(prove_this_cpu->random_counter == counter + (left == 0), "or of another block, of which there are no two alike");
}

void prove_cpu(void)
{
	struct cpu *fresh = NEW(struct cpu);
	u64 number[4];

	any_cpu();
	ASSUME(prove_this_cpu->random_left == 4);
	for (u32 i = 0; i < 4; i++)
		number[i] = prove_this_cpu->random_block[3 - i];
	random_init_cpu(fresh);
	for (u32 i = 0; i < 4; i++)
		PROVE(fresh->random_key[2 * i] == (u32)number[i] && fresh->random_key[2 * i + 1] == number[i] >> 32,
			"all of a new processor's key is random");
}
