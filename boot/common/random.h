/* SPDX-License-Identifier: Apache-2.0
 *
 * The loader's randomness: whatever sources a machine has are absorbed into one state, from which
 * addresses and the kernel's seed are drawn. Knowing what was drawn tells nothing about earlier or
 * later draws, so the kernel's seed gives nothing away about its addresses, nor they about it.
 *
 * SPEC: RFC 8439 2.3 (the ChaCha20 block function)
 */
#ifndef BOOT_COMMON_RANDOM_H
#define BOOT_COMMON_RANDOM_H

#include "lib/base/safe.h"

enum : u32 { CHACHA_KEY_WORDS = 8, CHACHA_BLOCK_WORDS = 16 };

struct chacha_block { u32 word[CHACHA_BLOCK_WORDS]; };

struct random_state {
	u32 key[CHACHA_KEY_WORDS];
	u32 counter;
	u32 good_words; /* absorbed from sources that are meant to be random */
};

/* One block for a key, a counter and three nonce words. */
struct chacha_block chacha_block(const struct random_state *key, u32 nonce0, u32 nonce1, u32 nonce2);

/* Mixes one word in. `good`: from a random source, not from a mere clock. */
void random_absorb(struct random_state *state, u64 word, bool good);

/* Draws a word; the state moves on so that it cannot be drawn again. */
u64 random_draw(struct random_state *state);

#endif
