/* SPDX-License-Identifier: Apache-2.0
 *
 * Fake HAL: the loader's part. Boot information, a small system image, and the kernel's own start.
 */
#include "tests/host/fake_hal/state.h"

#include "abi/structs.h"
#include "kernel/core/cpu/cpu.h"
#include "kernel/hal/boot.h"
#include "lib/base/crc32c.h"
#include "lib/image/format.h"

enum : u64 { MIB = 1ull << 20, SYMBOLS_AT = 3 * MIB, FREE_AT = 4 * MIB };

void hal_boot_early(const struct boot_info *info) { (void)info; }
void hal_boot_platform(const struct boot_info *info) { (void)info; }

/* As real tables do, a few frames go that are never given back. */
void hal_boot_memory(const struct boot_info *info, paddr_t (*frame_zeroed)(void))
{
	(void)info;
	for (u32 i = 0; i < 3; i++)
		INVARIANT(page_aligned(frame_zeroed().v), "INV-FRAME-ALIGNED");
}

static void add_region(struct boot_info *info, u64 base, u64 end, u32 kind)
{
	*ELEM(info->region, info->region_count) = (struct boot_region){ .base = base, .bytes = end - base, .kind = kind };
	info->region_count++;
}

void fake_boot_info(struct boot_info *info)
{
	u64 end = fake.memory_bytes;

	*info = (struct boot_info){ .magic = BOOT_MAGIC, .version = BOOT_VERSION, .bytes = sizeof(*info),
		.kernel_phys = MIB, .kernel_virt = 0xffffffff80000000ull, .kernel_bytes = MIB,
		.direct_base = 0xffff800000000000ull, .direct_bytes = end,
		.image_phys = FAKE_IMAGE_AT, .image_bytes = FAKE_IMAGE_BYTES, .seed_bytes = BOOT_SEED_BYTES };
	for (u32 i = 0; i < BOOT_SEED_BYTES; i++)
		info->seed[i] = (u8)(i * 37 + 1);
	span_copy(MSPAN_OF_ARRAY(info->loader), span_text("test"));
	span_copy(MSPAN_OF_ARRAY(info->command_line), span_text("quiet"));
	add_region(info, 0, MIB, BOOT_MEMORY_RESERVED);
	add_region(info, MIB, FAKE_IMAGE_AT, BOOT_MEMORY_KERNEL);
	add_region(info, FAKE_IMAGE_AT, SYMBOLS_AT, BOOT_MEMORY_IMAGE);
	add_region(info, SYMBOLS_AT, FREE_AT, BOOT_MEMORY_SYMBOLS);
	add_region(info, FREE_AT, end / 2, BOOT_MEMORY_USABLE);
	add_region(info, end - MIB, end, BOOT_MEMORY_LOADER);
	add_region(info, end / 2, end - MIB, BOOT_MEMORY_USABLE);
	info->region[info->region_count - 2].node = 1;
	info->region[info->region_count - 1].node = 1;
}

void fake_write_image(void)
{
	struct image_init init = { .entry = 0x10, .memory_bytes = 3 * PAGE_BYTES, .stack_bytes = FAKE_STACK_BYTES,
		.segment_count = 2 };
	struct image_entry entry = { .kind = IMAGE_INIT, .offset = PAGE_BYTES, .bytes = sizeof(init) };
	struct image_header header = { .magic = IMAGE_MAGIC, .version = IMAGE_VERSION, .entry_bytes = IMAGE_ENTRY_BYTES,
		.total_bytes = FAKE_IMAGE_BYTES, .entry_count = 1 };
	struct mspan image = fake_memory(FAKE_IMAGE_AT, FAKE_IMAGE_BYTES);

	init.segment[0] = (struct image_segment){ .file_offset = 2 * PAGE_BYTES, .bytes = PAGE_BYTES,
		.memory_bytes = PAGE_BYTES, .protection = MAP_READ | MAP_EXECUTE };
	init.segment[1] = (struct image_segment){ .file_offset = 3 * PAGE_BYTES, .memory_offset = PAGE_BYTES, .bytes = 100,
		.memory_bytes = 2 * PAGE_BYTES, .protection = MAP_READ | MAP_WRITE };
	span_copy(MSPAN_OF_ARRAY(entry.name), span_text("init.segments"));
	entry.checksum = crc32c(0, SPAN_OF_STRUCT(init));
	header.checksum = crc32c(crc32c(0, SPAN_OF_STRUCT(header)), SPAN_OF_STRUCT(entry));
	span_copy(image, SPAN_OF_STRUCT(header));
	span_copy(mspan_from(image, IMAGE_HEADER_BYTES), SPAN_OF_STRUCT(entry));
	span_copy(mspan_from(image, PAGE_BYTES), SPAN_OF_STRUCT(init));
	mspan_fill(mspan_part(image, 2 * PAGE_BYTES, PAGE_BYTES), 0xcc);
	mspan_fill(mspan_part(image, 3 * PAGE_BYTES, 100), 0xdd);
}

void fake_start(const struct boot_info *info, u32 cpus)
{
	fake.cpus = cpus;
	for (u32 i = 0; i < FAKE_CPUS_MAX; i++)
		fake.cpu[i] = (struct fake_cpu){ .timer_ns = U64_MAX };
	fake_enter_start(info);
	for (u32 i = 1; i < cpus; i++)
		fake_enter_secondary(i);
	fake_settle();
	fake_select(0);
}

void fake_boot(u32 cpus)
{
	struct boot_info info;

	fake_power_on(FAKE_MEMORY_BYTES);
	fake_write_image();
	fake_boot_info(&info);
	fake_start(&info, cpus);
}
