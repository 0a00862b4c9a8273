/* SPDX-License-Identifier: Apache-2.0
 *
 * ChaCha20 as a mixing function: every absorb and draw replaces the key by part of a block made
 * with it, so that the old key cannot be computed from the new one.
 */
#include "boot/common/random.h"

static u32 rotate(u32 word, u32 by)
{
	return (word << by) | (word >> (32 - by));
}

/* SPEC: RFC 8439 2.1 */
static void quarter_round(struct chacha_block *block, u32 a, u32 b, u32 c, u32 d)
{
	u32 *wa = ELEM(block->word, a), *wb = ELEM(block->word, b);
	u32 *wc = ELEM(block->word, c), *wd = ELEM(block->word, d);
	*wa += *wb;
	*wd = rotate(*wd ^ *wa, 16);
	*wc += *wd;
	*wb = rotate(*wb ^ *wc, 12);
	*wa += *wb;
	*wd = rotate(*wd ^ *wa, 8);
	*wc += *wd;
	*wb = rotate(*wb ^ *wc, 7);
}

struct chacha_block chacha_block(const struct random_state *key, u32 nonce0, u32 nonce1, u32 nonce2)
{
	struct chacha_block start = { { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 } };
	for (u32 i = 0; i < CHACHA_KEY_WORDS; i++)
		start.word[4 + i] = key->key[i];
	start.word[12] = key->counter;
	start.word[13] = nonce0;
	start.word[14] = nonce1;
	start.word[15] = nonce2;
	struct chacha_block block = start;
	for (u32 round = 0; round < 10; round++) {
		quarter_round(&block, 0, 4, 8, 12);
		quarter_round(&block, 1, 5, 9, 13);
		quarter_round(&block, 2, 6, 10, 14);
		quarter_round(&block, 3, 7, 11, 15);
		quarter_round(&block, 0, 5, 10, 15);
		quarter_round(&block, 1, 6, 11, 12);
		quarter_round(&block, 2, 7, 8, 13);
		quarter_round(&block, 3, 4, 9, 14);
	}
	for (u32 i = 0; i < CHACHA_BLOCK_WORDS; i++)
		block.word[i] += start.word[i];
	return block;
}

static u64 step(struct random_state *state, u64 input)
{
	struct chacha_block block = chacha_block(state, (u32)input, (u32)(input >> 32), 0);
	for (u32 i = 0; i < CHACHA_KEY_WORDS; i++)
		state->key[i] = block.word[i];
	state->counter++;
	return (u64)block.word[8] << 32 | block.word[9];
}

void random_absorb(struct random_state *state, u64 word, bool good)
{
	(void)step(state, word);
	if (good)
		state->good_words++;
}

u64 random_draw(struct random_state *state)
{
	return step(state, 0);
}
