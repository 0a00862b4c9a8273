/* SPDX-License-Identifier: Apache-2.0
 *
 * The five functions that the compiler itself calls. Everything else uses spans.
 */
#include "lib/rt/raw_start.h"

typedef u64 __attribute__((aligned(1), may_alias)) any_u64;

UNSAFE_BEGIN("SAFETY: the caller is the compiler or span.h, which know that both ranges are valid for `bytes` bytes");
__attribute__((no_builtin)) void *memcpy(void *to, const void *from, usize bytes)
{
	u8 *d = to;
	const u8 *s = from;

	for (; bytes >= 8; bytes -= 8, d += 8, s += 8)
		*(any_u64 *)(void *)d = *(const any_u64 *)(const void *)s;
	for (; bytes > 0; bytes--)
		*d++ = *s++;
	return to;
}

__attribute__((no_builtin)) void *memmove(void *to, const void *from, usize bytes)
{
	u8 *d = to;
	const u8 *s = from;

	if ((uptr)d - (uptr)s >= bytes)
		return memcpy(to, from, bytes);
	for (; bytes >= 8; bytes -= 8)
		*(any_u64 *)(void *)(d + bytes - 8) = *(const any_u64 *)(const void *)(s + bytes - 8);
	for (; bytes > 0; bytes--)
		d[bytes - 1] = s[bytes - 1];
	return to;
}

__attribute__((no_builtin)) void *memset(void *to, int value, usize bytes)
{
	u8 *d = to;
	u64 word = (u8)value * 0x0101010101010101ull;

	for (; bytes >= 8; bytes -= 8, d += 8)
		*(any_u64 *)(void *)d = word;
	for (; bytes > 0; bytes--)
		*d++ = (u8)value;
	return to;
}

__attribute__((no_builtin)) int memcmp(const void *a, const void *b, usize bytes)
{
	const u8 *x = a;
	const u8 *y = b;

	for (; bytes >= 8 && *(const any_u64 *)(const void *)x == *(const any_u64 *)(const void *)y; bytes -= 8) {
		x += 8;
		y += 8;
	}
	for (; bytes > 0; bytes--, x++, y++) {
		if (*x != *y)
			return *x < *y ? -1 : 1;
	}
	return 0;
}

__attribute__((no_builtin)) usize strlen(const char *text)
{
	usize length = 0;

	while (text[length] != 0)
		length++;
	return length;
}
UNSAFE_END();
