/* SPDX-License-Identifier: Apache-2.0
 *
 * ACPI tables under construction, byte by byte, for tests.
 */
#ifndef LIB_ACPI_TESTS_BUILDER_H
#define LIB_ACPI_TESTS_BUILDER_H

#include "lib/base/span.h"

enum : usize { BUILDER_BYTES = 4096 };

struct builder {
	u8 bytes[BUILDER_BYTES];
	usize used;
};

/* Starts a table with room for its header. */
void builder_begin(struct builder *b, struct span signature);
void builder_put(struct builder *b, u64 value, usize width);
void builder_put_text(struct builder *b, struct span text);

/* Writes length and checksum; the table so far. */
struct mspan builder_finish(struct builder *b);

/* Makes the bytes sum to zero by the one at `at`. */
void builder_checksum(struct mspan bytes, usize at);

/* The affinity table and its entries. SPEC: ACPI 6.5, 5.2.16 */
void builder_begin_affinity(struct builder *b, u32 revision);
void builder_put_memory(struct builder *b, u32 domain, u64 base, u64 bytes, u32 flags);
void builder_put_cpu(struct builder *b, u32 domain, u32 apic_id, u32 flags);
void builder_put_cpu_x2(struct builder *b, u32 domain, u32 apic_id, u32 flags);
void builder_put_cpu_gic(struct builder *b, u32 domain, u32 uid, u32 flags);

#endif
