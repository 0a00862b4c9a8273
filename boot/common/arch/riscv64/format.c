/* SPDX-License-Identifier: Apache-2.0
 *
 * Page tables of riscv64, Sv39 or Sv48: one root for both halves.
 * SPEC: RISC-V Privileged Architecture 20211203, 4.4 "Sv39", 4.5 "Sv48"
 */
#include "boot/common/arch/riscv64/format.h"
#include "boot/common/table_format.h"

/* WHY accessed and dirty: without them an access may fault (4.3.1). */
enum : u64 { BASE = TABLE_VALID | TABLE_READ_BIT | TABLE_ACCESSED | TABLE_DIRTY };

/* What is no memory: the machine itself knows its attributes (SPEC: 3.6 "Physical Memory Attributes"). */
const struct table_format table_format = {
	.address = 0x003ffffffffffc00ull,
	.address_shift = TABLE_ADDRESS_SHIFT,
	.valid = TABLE_VALID,
	.table = TABLE_VALID,
	.kind_mask = TABLE_READ_BIT | TABLE_WRITE_BIT | TABLE_EXECUTE_BIT,
	.page = BASE,
	.large = BASE,
	.write = TABLE_WRITE_BIT,
	.execute = TABLE_EXECUTE_BIT,
	.half_bits = 47,
	.roots = 1,
	.maps_gaps = true,
};
