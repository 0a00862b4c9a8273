/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions that the compiler calls for copies and fills that it does not expand itself. Loops
 * over words, which the compiler must not turn into calls of themselves: no_builtin. One copy
 * for the kernel, the boot loader and programs.
 */
#include "lib/freestanding/memory.h"

#define NO_BUILTIN __attribute__((no_builtin))

UNSAFE_BEGIN("SAFETY: the caller vouches for both ranges, as the C standard says; words are read and written unaligned through a packed type that may alias");
struct word {
	u64 v;
} __attribute__((packed, may_alias));

NO_BUILTIN void *memcpy(void *to, const void *from, usize bytes)
{
	u8 *t = to;
	const u8 *f = from;

	for (; bytes >= 32; bytes -= 32, t += 32, f += 32) {
		u64 a = ((const struct word *)f)[0].v, b = ((const struct word *)f)[1].v;
		u64 c = ((const struct word *)f)[2].v, d = ((const struct word *)f)[3].v;

		((struct word *)t)[0].v = a;
		((struct word *)t)[1].v = b;
		((struct word *)t)[2].v = c;
		((struct word *)t)[3].v = d;
	}
	for (; bytes >= 8; bytes -= 8, t += 8, f += 8)
		((struct word *)t)->v = ((const struct word *)f)->v;
	for (; bytes > 0; bytes--)
		*t++ = *f++;
	return to;
}

NO_BUILTIN void *memmove(void *to, const void *from, usize bytes)
{
	u8 *t = to;
	const u8 *f = from;

	if ((uptr)t - (uptr)f >= bytes)
		return memcpy(to, from, bytes); /* a forward copy never overtakes its source */
	for (; bytes >= 8; bytes -= 8)
		((struct word *)(t + bytes - 8))->v = ((const struct word *)(f + bytes - 8))->v;
	for (; bytes > 0; bytes--)
		t[bytes - 1] = f[bytes - 1];
	return to;
}

NO_BUILTIN void *memset(void *to, int value, usize bytes)
{
	u8 *t = to;
	u64 word = 0x0101010101010101ull * (u8)value;

	for (; bytes >= 64; bytes -= 64, t += 64) {
		((struct word *)t)[0].v = word;
		((struct word *)t)[1].v = word;
		((struct word *)t)[2].v = word;
		((struct word *)t)[3].v = word;
		((struct word *)t)[4].v = word;
		((struct word *)t)[5].v = word;
		((struct word *)t)[6].v = word;
		((struct word *)t)[7].v = word;
	}
	for (; bytes >= 8; bytes -= 8, t += 8)
		((struct word *)t)->v = word;
	for (; bytes > 0; bytes--)
		*t++ = (u8)value;
	return to;
}

NO_BUILTIN int memcmp(const void *a, const void *b, usize bytes)
{
	const u8 *x = a, *y = b;

	for (; bytes >= 8 && ((const struct word *)x)->v == ((const struct word *)y)->v; bytes -= 8, x += 8)
		y += 8;
	for (; bytes > 0 && *x == *y; bytes--, x++)
		y++;
	return bytes == 0 ? 0 : *x < *y ? -1 : 1;
}

NO_BUILTIN usize strlen(const char *text)
{
	usize length = 0;

	while (text[length] != 0)
		length++;
	return length;
}
UNSAFE_END();
