/* SPDX-License-Identifier: Apache-2.0
 *
 * BootInfo: everything a boot loader tells the kernel, by value, in one fixed struct.
 * Every loader fills in one; the kernel validates it like any hostile input
 * (kernel/core/boot/boot_info.c) before it uses a single field.
 *
 * Contract at kernel entry, per architecture: see kernel/hal/boot.h.
 */
#ifndef BOOT_BOOT_INFO_H
#define BOOT_BOOT_INFO_H

#include "lib/base/addr.h"

enum : u64 { BOOT_MAGIC = 0x4f464e4953524546ull /* "FERSINFO" in memory order */ };
enum : u32 { BOOT_VERSION = 1, BOOT_REGIONS_MAX = 256, BOOT_CMDLINE_BYTES = 512, BOOT_SEED_BYTES = 64, BOOT_NODES_MAX = 8 };

enum boot_memory : u32 {
	BOOT_MEMORY_RESERVED = 0,   /* never touched */
	BOOT_MEMORY_USABLE,         /* free RAM, once the kernel runs */
	BOOT_MEMORY_KERNEL,         /* the kernel image */
	BOOT_MEMORY_IMAGE,          /* the system image */
	BOOT_MEMORY_SYMBOLS,        /* the kernel's symbol table */
	BOOT_MEMORY_LOADER,         /* loader's page tables and this struct: free once the kernel has its own */
	BOOT_MEMORY_ACPI,           /* ACPI tables, or the device tree: readable RAM, not handed out */
	BOOT_MEMORY_FIRMWARE,       /* runtime services: not handed out */
	BOOT_MEMORY_MMIO,
	BOOT_MEMORY_KINDS,
};

struct boot_region {
	u64 base;    /* physical, page-aligned */
	u64 bytes;   /* multiple of the page size, not 0 */
	u32 kind;    /* enum boot_memory */
	u32 node;    /* NUMA node of allocatable memory, below BOOT_NODES_MAX; 0 for the rest, and where not known */
};
static_assert(sizeof(struct boot_region) == 24, "layout of a region");

/* True for memory that is, or will be, the frame allocator's. */
static inline bool boot_region_allocatable(const struct boot_region *region)
{
	return region->kind == BOOT_MEMORY_USABLE || region->kind == BOOT_MEMORY_LOADER;
}

struct boot_framebuffer {
	u64 base;    /* 0: none */
	u64 bytes;
	u32 width, height, stride_pixels;
	u32 format;  /* 0 none, 1 RGBX8888, 2 BGRX8888 */
};
static_assert(sizeof(struct boot_framebuffer) == 32, "layout of the framebuffer");

struct boot_info {
	u64 magic;            /* BOOT_MAGIC */
	u32 version;          /* BOOT_VERSION */
	u32 bytes;            /* sizeof(struct boot_info) */
	u64 kernel_phys;      /* kernel image in memory: physical base, page-aligned */
	u64 kernel_virt;      /* where it is mapped and relocated to */
	u64 kernel_bytes;
	u64 direct_base;      /* virtual base of the direct map: physical p is at direct_base + p */
	u64 direct_bytes;     /* covers [0, direct_bytes) */
	u64 image_phys, image_bytes;      /* system image, page-aligned base; bytes is the file's length */
	u64 symbols_phys, symbols_bytes;  /* kernel symbol table; 0, 0: none */
	u64 rsdp;             /* physical; 0: none */
	u64 dtb;              /* physical; 0: none */
	u64 entry_ticks;      /* the architecture's cycle counter when the loader began */
	struct boot_framebuffer framebuffer;
	u8 seed[BOOT_SEED_BYTES];           /* from the firmware's or the CPU's random source */
	u32 seed_bytes;                     /* valid bytes of seed */
	u32 region_count;
	char loader[32];                    /* name, zero-terminated */
	char command_line[BOOT_CMDLINE_BYTES];  /* zero-terminated */
	struct boot_region region[BOOT_REGIONS_MAX];  /* sorted by base by the kernel, not by the loader */
};
/* WHY not the size: proofs make the arrays, which are of bytes and of regions, smaller. */
static_assert(__builtin_offsetof(struct boot_info, seed) == 144, "layout of the boot info");

/* The node of the first memory in [base, end) that is, or will be, the frame allocator's; false if there is none. For who
 * has only been told which addresses are near: loaders number nodes, and leave out what contradicts itself. */
static inline bool boot_node_in(const struct boot_info *info, u64 base, u64 end, u32 *node)
{
	for (u32 i = 0; i < info->region_count; i++) {
		const struct boot_region *region = ELEM(info->region, i);

		if (boot_region_allocatable(region) && region->base < end && base < region->base + region->bytes) {
			*node = region->node;
			return true;
		}
	}
	return false;
}

#endif
