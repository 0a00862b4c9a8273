/* SPDX-License-Identifier: Apache-2.0
 *
 * Registers of a device. See mmio.h.
 */
#include "lib/mmio/mmio.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "lib/base/order.h"
#include "lib/rt/memory.h"
#include "rt_arch/device.h"

static enum status map(handle_t device, u64 bytes, u32 flags, struct mmio *out)
{
	pages_t pages;
	enum status status = rt_pages_map(device, 0, bytes, flags, &pages);

	if (status != STATUS_OK)
		return status;
UNSAFE_BEGIN("SAFETY: the mapping is never given up, so that the address stays good for these bytes");
	*out = (struct mmio){ .raw_base = rt_pages_address(pages), .bytes = bytes };
UNSAFE_END();
	return STATUS_OK;
}

enum status mmio_map(handle_t device, u64 bytes, struct mmio *out) { return map(device, bytes, MAP_READ | MAP_WRITE, out); }

enum status mmio_map_to_read(handle_t device, u64 bytes, struct mmio *out) { return map(device, bytes, MAP_READ, out); }

u64 mmio_physical(handle_t device)
{
	struct cap_info info = {};

	return sys_cap_inspect(device, &info) == STATUS_OK ? (info.value & U32_MAX) << PAGE_SHIFT : 0;
}

static u64 checked(const struct mmio *m, u64 at, u64 width)
{
	if (at > m->bytes || width > m->bytes - at || at % width != 0)
		__builtin_trap();
	return at;
}

UNSAFE_BEGIN("SAFETY: the offset is checked against the mapping, which holds device registers that the manifest grants");
static volatile void *place(const struct mmio *m, u64 at, u64 width)
{
	return (volatile void *)(uptr)(m->raw_base + checked(m, at, width));
}

static u8 load8(const struct mmio *m, u64 at) { return *(volatile u8 *)place(m, at, 1); }
static u16 load16(const struct mmio *m, u64 at) { return order_le16(*(volatile u16 *)place(m, at, 2)); }
static u32 load32(const struct mmio *m, u64 at) { return order_le32(*(volatile u32 *)place(m, at, 4)); }
static void store8(const struct mmio *m, u64 at, u8 value) { *(volatile u8 *)place(m, at, 1) = value; }
static void store16(const struct mmio *m, u64 at, u16 value) { *(volatile u16 *)place(m, at, 2) = order_le16(value); }
static void store32(const struct mmio *m, u64 at, u32 value) { *(volatile u32 *)place(m, at, 4) = order_le32(value); }
UNSAFE_END();

u8 mmio_read8(const struct mmio *m, u64 at)
{
	u8 value = load8(m, at);

	after_device_read();
	return value;
}

u16 mmio_read16(const struct mmio *m, u64 at)
{
	u16 value = load16(m, at);

	after_device_read();
	return value;
}

u32 mmio_read32(const struct mmio *m, u64 at)
{
	u32 value = load32(m, at);

	after_device_read();
	return value;
}

void mmio_write8(const struct mmio *m, u64 at, u8 value)
{
	before_device_write();
	store8(m, at, value);
}

void mmio_write16(const struct mmio *m, u64 at, u16 value)
{
	before_device_write();
	store16(m, at, value);
}

void mmio_write32(const struct mmio *m, u64 at, u32 value)
{
	before_device_write();
	store32(m, at, value);
}
