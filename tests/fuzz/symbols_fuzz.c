/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: damaged symbol tables, read by the kernel's panic report. Names come from inside
 * the table or there are none.
 */
#include "kernel/debug/symbols.h"
#include "lib/base/fuzz/fuzz.h"
#include "tests/host/fake_hal/machine.h"

enum : u64 { TABLE_AT = 3ull << 20, TABLE_MAX = 4096, ADDRESS_BYTES = 4 };

static struct boot_info info;
static bool on;

void fuzz_one(struct span input)
{
	if (!on)
		fake_power_on(FAKE_MEMORY_BYTES);
	on = true;
	if (span_len(input) < ADDRESS_BYTES || span_len(input) > TABLE_MAX)
		return;
	struct span table = span_from(input, ADDRESS_BYTES);

	/* Behind the table other bytes lie, as in the machine. */
	mspan_fill(fake_memory(TABLE_AT, 2 * TABLE_MAX), 0xff);
	span_copy(fake_memory(TABLE_AT, TABLE_MAX), table);
	if (span_len(table) >= 8) {
		mspan_put_le32(fake_memory(TABLE_AT, 8), 0, 0x4d595346);
		mspan_put_le32(fake_memory(TABLE_AT, 8), 4, 1);
	}
	fake_boot_info(&info);
	info.symbols_phys = TABLE_AT;
	info.symbols_bytes = span_len(table);
	symbols_init(&info);
	struct place place = symbols_find(info.kernel_virt + span_le32(input, 0) % info.kernel_bytes);

	INVARIANT(span_len(place.function) <= TABLE_MAX && span_len(place.file) <= TABLE_MAX, "SYMBOLS: a name outside");
	for (u64 i = 0; i < span_len(place.function); i++)
		INVARIANT(span_u8(place.function, i) != 0, "SYMBOLS: a name with a zero inside");
}
