/* SPDX-License-Identifier: Apache-2.0
 *
 * Building ACPI tables. See builder.h.
 */
#include "lib/acpi/tests/builder.h"
#include "lib/acpi/acpi.h"

void builder_put(struct builder *b, u64 value, usize width)
{
	mspan_put_le(MSPAN_OF_ARRAY(b->bytes), b->used, value, width);
	b->used += width;
}

void builder_put_text(struct builder *b, struct span text)
{
	span_copy(mspan_from(MSPAN_OF_ARRAY(b->bytes), b->used), text);
	b->used += span_len(text);
}

void builder_begin(struct builder *b, struct span signature)
{
	*b = (struct builder){};
	builder_put_text(b, signature);
	b->used = ACPI_HEADER_BYTES;
}

void builder_checksum(struct mspan bytes, usize at)
{
	u32 sum = 0;

	mspan_put_u8(bytes, at, 0);
	for (usize i = 0; i < mspan_len(bytes); i++)
		sum += mspan_u8(bytes, i);
	mspan_put_u8(bytes, at, (u8)(0 - sum));
}

struct mspan builder_finish(struct builder *b)
{
	struct mspan table = mspan_first(MSPAN_OF_ARRAY(b->bytes), b->used);

	mspan_put_le32(table, 4, (u32)b->used);
	builder_checksum(table, 9);
	return table;
}

void builder_begin_affinity(struct builder *b, u32 revision)
{
	builder_begin(b, span_text("SRAT"));
	mspan_put_u8(MSPAN_OF_ARRAY(b->bytes), 8, (u8)revision);
	builder_put(b, 1, 4);
	builder_put(b, 0, 8);
}

void builder_put_memory(struct builder *b, u32 domain, u64 base, u64 bytes, u32 flags)
{
	builder_put(b, 0x2801, 2);
	builder_put(b, domain, 4);
	builder_put(b, 0, 2);
	builder_put(b, base, 8);
	builder_put(b, bytes, 8);
	builder_put(b, 0, 4);
	builder_put(b, flags, 4);
	builder_put(b, 0, 8);
}

void builder_put_cpu(struct builder *b, u32 domain, u32 apic_id, u32 flags)
{
	builder_put(b, 0x1000, 2);
	builder_put(b, domain & 0xff, 1);
	builder_put(b, apic_id, 1);
	builder_put(b, flags, 4);
	builder_put(b, 0, 1);
	builder_put(b, domain >> 8, 3);
	builder_put(b, 0, 4);
}

void builder_put_cpu_x2(struct builder *b, u32 domain, u32 apic_id, u32 flags)
{
	builder_put(b, 0x1802, 2);
	builder_put(b, 0, 2);
	builder_put(b, domain, 4);
	builder_put(b, apic_id, 4);
	builder_put(b, flags, 4);
	builder_put(b, 0, 8);
}

void builder_put_cpu_gic(struct builder *b, u32 domain, u32 uid, u32 flags)
{
	builder_put(b, 0x1203, 2);
	builder_put(b, domain, 4);
	builder_put(b, uid, 4);
	builder_put(b, flags, 4);
	builder_put(b, 0, 4);
}
