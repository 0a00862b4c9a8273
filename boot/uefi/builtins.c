/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory functions that the compiler calls by name. The loader links no library.
 */
#include "boot/uefi/builtins.h"

UNSAFE_BEGIN("SAFETY: the C library's contract: the callers, span.h and the compiler, pass ranges that are valid for the length");
void *memcpy(void *restrict to, const void *restrict from, usize bytes)
{
	return memmove(to, from, bytes);
}

/* WHY: words first; a loop over bytes is slow for a system image under emulation. Volatile, so
 * that the compiler does not find a memmove in here and call it. */
void *memmove(void *to, const void *from, usize bytes)
{
	volatile u8 *t = to;
	const volatile u8 *f = from;
	usize words = (((uptr)to | (uptr)from) & 7) == 0 ? bytes / 8 : 0;
	if ((uptr)to <= (uptr)from) {
		volatile u64 *tw = to;
		const volatile u64 *fw = from;
		for (usize i = 0; i < words; i++)
			tw[i] = fw[i];
		for (usize i = words * 8; i < bytes; i++)
			t[i] = f[i];
	} else {
		for (usize i = bytes; i > 0; i--)
			t[i - 1] = f[i - 1];
	}
	return to;
}

void *memset(void *to, int value, usize bytes)
{
	volatile u8 *t = to;
	volatile u64 *tw = to;
	usize words = ((uptr)to & 7) == 0 ? bytes / 8 : 0;
	for (usize i = 0; i < words; i++)
		tw[i] = (u8)value * 0x0101010101010101ull;
	for (usize i = words * 8; i < bytes; i++)
		t[i] = (u8)value;
	return to;
}

int memcmp(const void *a, const void *b, usize bytes)
{
	const u8 *x = a, *y = b;
	for (usize i = 0; i < bytes; i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

usize strlen(const char *text)
{
	const volatile char *t = text;
	usize length = 0;
	while (t[length] != 0)
		length++;
	return length;
}
UNSAFE_END();
