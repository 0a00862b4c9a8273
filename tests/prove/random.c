/* SPDX-License-Identifier: Apache-2.0
 *
 * Random numbers: a processor with any key, any block, any of it used.
 */
#include "kernel/core/cpu/cpu.h"

static void refill(struct cpu *cpu);

#include "kernel/core/random/random.c"

enum : u32 { WORDS = 8, VALUES = 4 };

struct cpu *prove_this_cpu;

static struct boot_info *info;
static u32 refills, told, asked;
static u64 value[VALUES + 1];   /* of the processor's source, and the time */
static bool has[VALUES];

u64 hal_clock_ns(void) { return value[VALUES]; }
void klog_begin(const char *text) { PROVE(text != nullptr, "it is said why"); told++; }
void klog_end(void) { }

#ifdef PROVE_STILL
static void refill(struct cpu *cpu)
{
	PROVE(cpu == prove_this_cpu, "its own");
	refills++;
}
#endif

bool hal_entropy(u64 *out)
{
	PROVE(asked < VALUES, "a few times");
	*out = has[asked] ? value[asked] : ANY(u64);
	return has[asked++];
}

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

/* ---- the beginning ---- */

/* The line has the word there, before its end. */
static bool has_word(u32 at)
{
	static const char word[] = "norandom";
	bool holds = true;

	for (u32 i = 0; i < at && i < BOOT_CMDLINE_BYTES; i++)
		holds = holds && info->command_line[i] != 0;
	for (u32 i = 0; i < sizeof(word) - 1; i++)
		holds = holds && info->command_line[at + i] == word[i];
	return holds;
}

static void any_beginning(void)
{
	any_cpu();
	info = NEW(struct boot_info);
	refills = told = asked = 0;
	for (u32 i = 0; i < VALUES; i++)
		has[i] = MAYBE();
	for (u32 i = 0; i <= VALUES; i++)
		value[i] = ANY(u64);
}

void prove_repeatable(void)
{
	bool found = false;

	any_beginning();
	for (u32 at = 0; at + 8 <= BOOT_CMDLINE_BYTES; at++)
		found = found || has_word(at);
	PROVE(wants_repeatable(info) == found, "the word is found wherever it stands, and not behind the end");
}

/* The block function stands still here, so that what it was given is left in the key. */
void prove_init(void)
{
	u32 key[WORDS];

	any_beginning();
	ASSUME(info->seed_bytes <= BOOT_SEED_BYTES + 1 && !wants_repeatable(info));
	for (u32 i = 0; i < WORDS; i++)
		key[i] = prove_this_cpu->random_key[i];
	random_init(info);
	u32 blocks = 1;

	for (u32 i = 0; i < BOOT_SEED_BYTES; i++)
		if (i < info->seed_bytes) {
			key[i / 4 % WORDS] ^= (u32)info->seed[i] << 8 * (i % 4);
			blocks += i % 32 == 31;
		}
	for (u32 i = 0; i <= VALUES; i++)
		if (i == VALUES || has[i]) {
			key[0] ^= (u32)value[i];
			key[1] ^= (u32)(value[i] >> 32);
			blocks += i != VALUES;
		}
	for (u32 i = 0; i < WORDS; i++)
		PROVE(prove_this_cpu->random_key[i] == key[i],
			"each byte of the seed, what the processor has and the time go into the key");
	PROVE(refills == blocks && told == 0, "and each is stirred in before the next of its place");
}

/* Where a run is to be repeatable. */
void prove_told(void)
{
	any_beginning();
	ASSUME(wants_repeatable(info));
	u32 key = prove_this_cpu->random_key[0], left = prove_this_cpu->random_left;

	random_init(info);
	PROVE(told == 1 && asked == 0 && prove_this_cpu->random_key[0] == key && prove_this_cpu->random_left == left,
		"nothing is random, and the log says so");
}
