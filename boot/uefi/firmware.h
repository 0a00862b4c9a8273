/* SPDX-License-Identifier: Apache-2.0
 *
 * Firmware's services with checked, typed edges: physical addresses and views instead of bare
 * pointers. All of it works only until firmware_exit has said true, except firmware_reset.
 */
#ifndef BOOT_UEFI_FIRMWARE_H
#define BOOT_UEFI_FIRMWARE_H

#include "boot/boot_info.h"
#include "boot/uefi/efi.h"
#include "lib/base/span.h"

/* Takes the arguments of efi_main. False if they are not what UEFI promises. */
[[nodiscard]] bool firmware_start(struct efi_handle *image, struct efi_system_table *system);

/* Text on the firmware's console: printable ASCII; '\n' begins a new line. */
void firmware_print(struct span text);

/* Waits for a key, at most this long. */
void firmware_wait_key(u32 milliseconds);

/* Whole pages of memory, aligned to `align` (a power of two, at least a page), not zeroed; 0 if
 * there is none. They are the loader's in firmware's memory map. */
u64 firmware_pages(u64 pages, u64 align);
void firmware_pages_free(u64 address, u64 pages);

/* The bytes of [address, address + bytes), which came from firmware_pages or are memory by
 * firmware's map. */
struct mspan firmware_memory(u64 address, u64 bytes);

/* Where the loader itself is. */
struct firmware_place {
	u64 base, bytes;
};
[[nodiscard]] bool firmware_self(struct firmware_place *out);

/* Random bytes; false if firmware has none. */
[[nodiscard]] bool firmware_random(struct mspan to);

/* The framebuffer of the console; base 0 if there is none that the kernel could use. */
struct boot_framebuffer firmware_framebuffer(void);

/* The number of the processor that runs, where a processor cannot ask itself; false if firmware does not tell. */
[[nodiscard]] bool firmware_processor(u64 *number);

/* Physical address of the ACPI root pointer, the newer revision if there are two; 0: none. */
u64 firmware_rsdp(void);

/* Physical address of the device tree; 0: none. */
u64 firmware_tree(void);

/* Firmware's memory map, into the buffer given. */
struct firmware_map {
	usize bytes, stride, key;
};
[[nodiscard]] efi_status firmware_map(struct mspan buffer, struct firmware_map *out);

/* Ends firmware's services; the map must be the newest. False: read the map and try again. */
[[nodiscard]] bool firmware_exit(const struct firmware_map *map);

/* Restarts the machine. Returns only if firmware cannot. */
void firmware_reset(void);

/* The file system the loader came from, or null. */
struct efi_file *firmware_volume(void);

#endif
