/* SPDX-License-Identifier: Apache-2.0
 *
 * ChaCha20 as a random generator with fast key erasure. See random.h.
 * SPEC: RFC 8439 2.3 (the ChaCha20 block function).
 */
#include "kernel/core/random/random.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/core/klog/klog.h"
#include "kernel/hal/cpu.h"
#include "kernel/hal/time.h"
#include "lib/base/span.h"

struct chacha {
	u32 word[16];
};

static u32 rotate_left(u32 value, u32 bits) { return value << bits | value >> (32 - bits); }

static void quarter_round(struct chacha *s, u32 a, u32 b, u32 c, u32 d)
{
	s->word[a] += s->word[b];
	s->word[d] = rotate_left(s->word[d] ^ s->word[a], 16);
	s->word[c] += s->word[d];
	s->word[b] = rotate_left(s->word[b] ^ s->word[c], 12);
	s->word[a] += s->word[b];
	s->word[d] = rotate_left(s->word[d] ^ s->word[a], 8);
	s->word[c] += s->word[d];
	s->word[b] = rotate_left(s->word[b] ^ s->word[c], 7);
}

static void chacha_block(struct chacha *out, const struct chacha *in)
{
	struct chacha s = *in;

	for (u32 round = 0; round < 10; round++) {
		for (u32 i = 0; i < 4; i++)
			quarter_round(&s, i, 4 + i, 8 + i, 12 + i);
		for (u32 i = 0; i < 4; i++)
			quarter_round(&s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
	}
	for (u32 i = 0; i < 16; i++)
		out->word[i] = s.word[i] + in->word[i];
}

/* A block: the first half becomes the next key, the second half is given out. */
static void refill(struct cpu *cpu)
{
	struct chacha in = { .word = { 0x61707865u, 0x3320646eu, 0x79622d32u, 0x6b206574u } }, out;

	for (u32 i = 0; i < 8; i++)
		in.word[4 + i] = cpu->random_key[i];
	in.word[12] = (u32)cpu->random_counter;
	in.word[13] = (u32)(cpu->random_counter >> 32);
	in.word[14] = cpu->id;
	cpu->random_counter++;
	chacha_block(&out, &in);
	for (u32 i = 0; i < 8; i++)
		cpu->random_key[i] = out.word[i];
	for (u32 i = 0; i < 4; i++)
		cpu->random_block[i] = out.word[8 + 2 * i] | (u64)out.word[9 + 2 * i] << 32;
	cpu->random_left = 4;
}

static void stir(struct cpu *cpu, u64 value)
{
	cpu->random_key[0] ^= (u32)value;
	cpu->random_key[1] ^= (u32)(value >> 32);
	refill(cpu);
}

/* The word `norandom` makes a run repeatable, for measuring. It is told in the log, because nothing
 * that is secret may depend on such a run. */
static bool wants_repeatable(const struct boot_info *info)
{
	struct span line = span_until_zero(SPAN_OF_ARRAY(info->command_line));
	struct span word = span_text("norandom");

	for (usize at = 0; span_has(line, at, span_len(word)); at++)
		if (span_equal(span_part(line, at, span_len(word)), word))
			return true;
	return false;
}

void random_init(const struct boot_info *info)
{
	struct cpu *cpu = hal_this_cpu();

	if (wants_repeatable(info)) {
		klog_begin("random: not random, as the command line asks (norandom)");
		klog_end();
		return;
	}

	for (u32 i = 0; i < info->seed_bytes && i < BOOT_SEED_BYTES; i++) {
		u32 shift = 8 * (i % 4);

		cpu->random_key[(i / 4) % 8] ^= (u32)info->seed[i] << shift;
		if (i % 32 == 31)
			refill(cpu);
	}
	u64 value = 0;

	for (u32 i = 0; i < 4; i++)
		if (hal_entropy(&value))
			stir(cpu, value);
	stir(cpu, hal_clock_ns());
}

void random_init_cpu(struct cpu *cpu)
{
	for (u32 i = 0; i < 4; i++) {
		u64 value = random_u64();

		cpu->random_key[2 * i] = (u32)value;
		cpu->random_key[2 * i + 1] = (u32)(value >> 32);
	}
}

u64 random_u64(void)
{
	struct cpu *cpu = hal_this_cpu();

	if (cpu->random_left == 0)
		refill(cpu);
	cpu->random_left--;
	u64 value = cpu->random_block[cpu->random_left];

	cpu->random_block[cpu->random_left] = 0;
	return value;
}
