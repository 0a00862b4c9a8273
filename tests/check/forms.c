/* SPDX-License-Identifier: Apache-2.0
 *
 * Marked violations of the rules on regions, recursion, and forms of C that the proofs misread.
 */
#include "lib/base/safe.h"
#include <stdatomic.h>                          // EXPECT: banned-word

#include "tests/check/forms.h"

UNSAFE_BEGIN("long enough, but no label");       // EXPECT: region
static u32 first(u32 *p) { return p[1]; }
UNSAFE_END();
UNSAFE_BEGIN("SAFETY: there is nothing unsafe in here");  // EXPECT: needless-unsafe
static u32 second(u32 *p) { return *p + first(p); }
UNSAFE_END();
UNSAFE_BEGIN("SAFETY: the caller's array has two or more elements");
static u32 third(u32 *p) { return p[1]; }
UNSAFE_END();
UNSAFE_END();                                   // EXPECT: region

u32 region_users(u32 *p)
{
	return second(p) + third(p);
}

struct [[gnu::packed]] squeezed { u8 a; u32 b; };  // EXPECT: gnu-packed
struct PACKED squeezed_well { u8 a; u32 b; };
struct asserting {
	u32 a;
	static_assert(sizeof(u32) == 4, "four"); // EXPECT: construct
};
static_assert(sizeof(struct squeezed) == sizeof(struct squeezed_well), "both packed");
constexpr u32 constant = 5;                     // EXPECT: banned-word
static unsigned _BitInt(5) small;               // EXPECT: banned-word
static _Atomic u32 atomic_word;                 // EXPECT: banned-word
__attribute__((annotate("mine"))) static u32 annotated;  // EXPECT: banned-word

u32 misread(u32 n)
{
	auto x = n;                             // EXPECT: banned-word
	u32 y = 1'000;                          // EXPECT: digit-separator
	u32 z = 0x10'00;                        // EXPECT: digit-separator
	u32 w = '\'' + 'a' + 1000;
	typeof_unqual(y) v = y;                 // EXPECT: banned-word
	switch (n) {
	case 1:                                 // EXPECT: label
		u32 k = 5;
		return k;
	case 2:
		y++;
		break;
	case 3: {
		u32 in_block = 4;
		return in_block;
	}
	default:                                // EXPECT: label
	}
	if (n > 4)
		goto out;
	y++;
out:                                            // EXPECT: label
	u32 late = y;
	return x + late + z + w + v + constant + small + annotated + atomic_word;
}

__attribute__((no_sanitize("undefined")))       // EXPECT: attribute
u32 recursive(u32 n)
{
	return n ? recursive(n - 1) : 0;        // EXPECT-ANYWHERE: recursion recursive
}

u32 one(u32 n)
{
	return two(n);                          // EXPECT-ANYWHERE: recursion one -> two
}

u32 two(u32 n)
{
	return n ? one(n - 1) : 1;
}

/* One program's function has the name of another's in elsewhere.c, which calls back: no recursion. */
u32 same_name(u32 n)
{
	return n;
}

u32 calls_same_name(u32 n)
{
	return same_name(n);
}

NORETURN void stop_here(u32 n)
{
	while (not_recursive(n))
		;
	invariant_broken("stopped");
}

u32 not_recursive(u32 n)
{
	if (n == 77)
		stop_here(n);
	return n;
}
