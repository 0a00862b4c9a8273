/* SPDX-License-Identifier: Apache-2.0
 *
 * Random placement (ASLR). WHY zones: a stack never comes to lie beside an image, and the
 * pages between two stacks are guard pages because places are a megabyte or more apart.
 */
#include "lib/rt/place.h"
#include "abi/stubs.h"
#include "abi/structs.h"
#include "rt_arch/thread.h"

/* Zones begin at a quarter, half and three quarters of all addresses, and places begin in their lower half: what begins there
 * may be as long as a zone. */
enum : u64 {
	ZONE_BITS = RT_ARCH_ADDRESS_BITS - 3, ZONE_BYTES = 1ull << ZONE_BITS,
	IMAGE_ZONE = 2 * ZONE_BYTES, WINDOW_ZONE = 4 * ZONE_BYTES, STACK_ZONE = 6 * ZONE_BYTES,
	IMAGE_BYTES_MAX = ZONE_BYTES < 1ull << 32 ? ZONE_BYTES : 1ull << 32,
	IMAGE_ALIGN_MAX = ZONE_BYTES < 1ull << 32 ? ZONE_BYTES / 4 : 1ull << 30,
	WINDOW_STEP = ZONE_BYTES >> 14,
	STACK_STEP = 1ull << 21, /* stacks take at most half of it */
};
static_assert(WINDOW_STEP >= PAGE_BYTES && STACK_STEP < ZONE_BYTES && ZONE_BITS < 48, "there are places to choose from");

/* A multiple of `step`, a power of two, from the zone's beginning on. */
static u64 in_zone(u64 zone, u64 step, u64 random) { return zone + (random & (ZONE_BYTES - 1) & ~(step - 1)); }

enum status rt_place_image(u64 bytes, u64 align, u64 *address)
{
	u64 random;

	if (bytes > IMAGE_BYTES_MAX || align > IMAGE_ALIGN_MAX || align < PAGE_BYTES)
		return STATUS_RANGE;
	enum status status = sys_random(&random);

	if (status != STATUS_OK)
		return status;
	*address = in_zone(IMAGE_ZONE, align, random);
	return STATUS_OK;
}

enum status rt_place_window(u64 *address)
{
	u64 random;
	enum status status = sys_random(&random);

	if (status == STATUS_OK)
		*address = in_zone(WINDOW_ZONE, WINDOW_STEP, random);
	return status;
}

enum status rt_place_stack(handle_t process, handle_t memory, u64 bytes, u64 *address)
{
	enum status status = STATUS_EXISTS;

	if (bytes > STACK_STEP / 2)
		return STATUS_RANGE;
	for (u32 i = 0; i < PLACE_TRIES && status == STATUS_EXISTS; i++) {
		u64 random;
		u64 mapped;

		status = sys_random(&random);
		if (status != STATUS_OK)
			return status;
		u64 step = in_zone(STACK_ZONE, STACK_STEP, random);
		/* A random page within the step, with a page left free at both of its ends. */
		u64 spare = (STACK_STEP - bytes) / PAGE_BYTES - 2;
		u64 at = step + PAGE_BYTES + ((random >> 48) % spare) * PAGE_BYTES;

		status = sys_map(process, memory, at, 0, bytes, MAP_READ | MAP_WRITE | MAP_FIXED, &mapped);
		*address = at;
	}
	return status;
}
