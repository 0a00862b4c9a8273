/* SPDX-License-Identifier: Apache-2.0
 *
 * Registers of a device, mapped for the life of a driver. Every access is one load or store of the width
 * that is asked for, at an offset that is checked, in program order; for memory that the device reaches, too: it sees
 * what was stored there before a register is written, and what is loaded after one was read is no older. Registers are
 * little-endian, whatever the machine is.
 */
#ifndef LIB_MMIO_MMIO_H
#define LIB_MMIO_MMIO_H

#include "abi/errors.h"
#include "lib/base/addr.h"

/* All zero: nothing is mapped, and every access traps. */
struct mmio {
	u64 raw_base, bytes;
};

/* Maps the first bytes (whole pages) of a device's memory, which the driver's manifest grants. */
[[nodiscard]] enum status mmio_map(handle_t device, u64 bytes, struct mmio *out);

/* The same of what the driver may only read. */
[[nodiscard]] enum status mmio_map_to_read(handle_t device, u64 bytes, struct mmio *out);

/* True once something is mapped. */
static inline bool mmio_is_mapped(const struct mmio *m) { return m->bytes != 0; }

/* Where it is in physical memory, for messages; 0 if the capability does not tell. */
u64 mmio_physical(handle_t device);

u8 mmio_read8(const struct mmio *m, u64 at);
u16 mmio_read16(const struct mmio *m, u64 at);
u32 mmio_read32(const struct mmio *m, u64 at);
void mmio_write8(const struct mmio *m, u64 at, u8 value);
void mmio_write16(const struct mmio *m, u64 at, u16 value);
void mmio_write32(const struct mmio *m, u64 at, u32 value);

#endif
