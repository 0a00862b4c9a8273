/* SPDX-License-Identifier: Apache-2.0
 *
 * CRC-32C, eight bytes per step. The tables are computed on first use: they cost less to
 * compute than to load from the boot medium.
 * SPEC: RFC 3720 appendix B.4; the slicing-by-8 method: Kounavis and Berry, 2005.
 */
#include "lib/base/crc32c.h"

enum : u32 { CRC_POLYNOMIAL = 0x82f63b78u /* 0x1EDC6F41 reflected */, SLICES = 8 };

struct crc_tables {
	bool ready;
	u32 slice[SLICES][256];
};

static struct crc_tables tables;

/* WHY no lock: every writer writes the same values, and `ready` is set last. */
static void tables_fill(void)
{
	for (u32 byte = 0; byte < 256; byte++) {
		u32 crc = byte;

		for (u32 bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ ((crc & 1) != 0 ? CRC_POLYNOMIAL : 0);
		tables.slice[0][byte] = crc;
	}
	for (u32 byte = 0; byte < 256; byte++) {
		for (u32 s = 1; s < SLICES; s++) {
			u32 before = tables.slice[s - 1][byte];

			tables.slice[s][byte] = (before >> 8) ^ tables.slice[0][before & 0xff];
		}
	}
	__atomic_store_n(&tables.ready, true, __ATOMIC_RELEASE);
}

static u32 step_eight(u32 crc, u64 word)
{
	u32 low = crc ^ (u32)word;
	u32 high = (u32)(word >> 32);

	return tables.slice[7][low & 0xff] ^ tables.slice[6][(low >> 8) & 0xff] ^
	       tables.slice[5][(low >> 16) & 0xff] ^ tables.slice[4][low >> 24] ^
	       tables.slice[3][high & 0xff] ^ tables.slice[2][(high >> 8) & 0xff] ^
	       tables.slice[1][(high >> 16) & 0xff] ^ tables.slice[0][high >> 24];
}

u32 crc32c(u32 crc, struct span data)
{
	usize at = 0;
	usize bytes = span_len(data);

	if (!__atomic_load_n(&tables.ready, __ATOMIC_ACQUIRE))
		tables_fill();
	crc = ~crc;
	for (; bytes - at >= 8; at += 8)
		crc = step_eight(crc, span_le64(data, at));
	for (; at < bytes; at++)
		crc = (crc >> 8) ^ tables.slice[0][(crc ^ span_u8(data, at)) & 0xff];
	return ~crc;
}
