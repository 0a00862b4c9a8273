/* SPDX-License-Identifier: Apache-2.0
 *
 * Random placement (ASLR). WHY zones: a stack never comes to lie beside an image, and the
 * pages between two stacks are guard pages because places are a megabyte or more apart.
 */
#include "lib/rt/place.h"
#include "abi/stubs.h"
#include "abi/structs.h"

enum : u64 {
	IMAGE_ZONE = 0x0000200000000000ull, IMAGE_ZONE_BITS = 44,
	WINDOW_ZONE = 0x0000400000000000ull, WINDOW_ZONE_BITS = 44, WINDOW_STEP = 1ull << 30,
	STACK_ZONE = 0x0000600000000000ull, STACK_ZONE_BITS = 44,
	STACK_STEP = 1ull << 21, /* stacks take at most half of it */
};

enum status rt_place_image(u64 bytes, u64 align, u64 *address)
{
	u64 random;

	if (bytes > 1ull << 32 || align > 1ull << 30 || align < PAGE_BYTES)
		return STATUS_RANGE;
	enum status status = sys_random(&random);

	if (status != STATUS_OK)
		return status;
	*address = IMAGE_ZONE + ((random & ((1ull << IMAGE_ZONE_BITS) - 1)) & ~(align - 1));
	return STATUS_OK;
}

enum status rt_place_window(u64 *address)
{
	u64 random;
	enum status status = sys_random(&random);

	if (status == STATUS_OK)
		*address = WINDOW_ZONE + ((random & ((1ull << WINDOW_ZONE_BITS) - 1)) & ~(WINDOW_STEP - 1));
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
		u64 step = STACK_ZONE + ((random & ((1ull << STACK_ZONE_BITS) - 1)) & ~(STACK_STEP - 1));
		/* A random page within the step, with a page left free at both of its ends. */
		u64 spare = (STACK_STEP - bytes) / PAGE_BYTES - 2;
		u64 at = step + PAGE_BYTES + ((random >> 48) % spare) * PAGE_BYTES;

		status = sys_map(process, memory, at, 0, bytes, MAP_READ | MAP_WRITE | MAP_FIXED, &mapped);
		*address = at;
	}
	return status;
}
