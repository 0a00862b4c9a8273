/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of the UEFI interface that the loader uses. Calls the loader does not make are kept
 * as unnamed slots so that the others have their places.
 *
 * On the targets this is compiled for, the C calling convention is UEFI's own (SPEC: UEFI 2.10
 * 2.3.4 for x64, 2.3.6 for AArch64, 2.3.7 for RISC-V), so that function types need no attribute.
 */
#ifndef BOOT_UEFI_EFI_H
#define BOOT_UEFI_EFI_H

#include "lib/base/safe.h"

/* SPEC: UEFI 2.10 2.3.1 and appendix D: errors have the top bit set. */
typedef u64 efi_status;
enum : u64 {
	EFI_SUCCESS = 0,
	EFI_ERROR_BIT = 1ull << 63,
	EFI_LOAD_ERROR = EFI_ERROR_BIT | 1,
	EFI_INVALID_PARAMETER = EFI_ERROR_BIT | 2,
	EFI_BUFFER_TOO_SMALL = EFI_ERROR_BIT | 5,
	EFI_NOT_FOUND = EFI_ERROR_BIT | 14,
};

struct efi_guid {
	u32 a;
	u16 b, c;
	u8 d[8];
};

/* SPEC: UEFI 2.10 4.2.1 */
struct efi_table_header {
	u64 signature;
	u32 revision, header_bytes, crc32, reserved;
};

/* Firmware's own: only its address means something, it is never looked into. */
struct STABLE efi_handle {
	u8 opaque;
};

/* SPEC: UEFI 2.10 12.3 Simple Text Input, 12.4 Simple Text Output */
struct efi_key {
	u16 scan, character;
};

struct STABLE efi_text_input {
	uptr reset;
	efi_status (*read_key)(struct efi_text_input *self, struct efi_key *key);
	uptr wait_for_key;
};

struct STABLE efi_text_output {
	uptr reset;
	efi_status (*output)(struct efi_text_output *self, const u16 *text);
};

/* SPEC: UEFI 2.10 4.4.1; the numbers of 7.2 */
enum : u32 { EFI_ALLOCATE_ANY_PAGES = 0, EFI_LOADER_DATA_TYPE = 2 };

struct STABLE efi_boot_services {
	struct efi_table_header header;
	uptr tpl[2];
	efi_status (*allocate_pages)(u32 how, u32 type, usize pages, u64 *address);
	efi_status (*free_pages)(u64 address, usize pages);
	efi_status (*get_memory_map)(usize *bytes, void *map, usize *key, usize *stride, u32 *version);
	uptr pool[2];
	uptr events[6];
	uptr protocol_install[3];
	efi_status (*handle_protocol)(struct efi_handle *handle, const struct efi_guid *protocol, void **out);
	uptr reserved;
	uptr protocol_find[4];
	uptr image_start[2];
	uptr exit;
	uptr unload_image;
	efi_status (*exit_boot_services)(struct efi_handle *image, usize key);
	uptr monotonic_count;
	efi_status (*stall)(usize microseconds);
	efi_status (*set_watchdog)(usize seconds, u64 code, usize bytes, const u16 *data);
	uptr controllers[2];
	uptr protocol_open[3];
	uptr protocols_list[2];
	efi_status (*locate_protocol)(const struct efi_guid *protocol, void *registration, void **out);
};

/* SPEC: UEFI 2.10 8: runtime services; only the reset is used */
enum : u32 { EFI_RESET_COLD = 0, EFI_RESET_WARM = 1, EFI_RESET_SHUTDOWN = 2 };

struct STABLE efi_runtime_services {
	struct efi_table_header header;
	uptr time[4];
	uptr memory[2];
	uptr variables[3];
	uptr high_count;
	void (*reset)(u32 kind, efi_status why, usize bytes, const void *data);
};

/* SPEC: UEFI 2.10 4.6 */
struct STABLE efi_configuration {
	struct efi_guid vendor;
	const void *table;
};

/* SPEC: UEFI 2.10 4.3.1 */
enum : u64 { EFI_SYSTEM_TABLE_SIGNATURE = 0x5453595320494249ull };

struct STABLE efi_system_table {
	struct efi_table_header header;
	const u16 *vendor;
	u32 vendor_revision;
	struct efi_handle *console_in_handle;
	struct efi_text_input *console_in;
	struct efi_handle *console_out_handle;
	struct efi_text_output *console_out;
	struct efi_handle *error_handle;
	struct efi_text_output *error;
	struct efi_runtime_services *runtime;
	struct efi_boot_services *boot;
	usize configuration_count;
	const struct efi_configuration *configuration; /* configuration_count of them */
};

/* SPEC: UEFI 2.10 9.1.1 EFI_LOADED_IMAGE_PROTOCOL */
struct STABLE efi_loaded_image {
	u32 revision;
	struct efi_handle *parent;
	struct efi_system_table *system;
	struct efi_handle *device;
	uptr file_path;
	uptr reserved;
	u32 options_bytes;
	uptr options;
	u64 base; /* a pointer; only its value is wanted */
	u64 bytes;
};

/* SPEC: UEFI 2.10 13.4 Simple File System, 13.5 File Protocol */
enum : u64 { EFI_FILE_READ = 1, EFI_FILE_FOLDER = 0x10 };

struct STABLE efi_file {
	u64 revision;
	efi_status (*open)(struct efi_file *self, struct efi_file **out, const u16 *name, u64 mode, u64 attributes);
	efi_status (*close)(struct efi_file *self);
	uptr remove;
	efi_status (*read)(struct efi_file *self, usize *bytes, void *to);
	uptr write;
	uptr position[2];
	efi_status (*get_info)(struct efi_file *self, const struct efi_guid *kind, usize *bytes, void *to);
};

struct STABLE efi_file_system {
	u64 revision;
	efi_status (*open_volume)(struct efi_file_system *self, struct efi_file **root);
};

/* SPEC: UEFI 2.10 13.5.16 EFI_FILE_INFO, with room for the name */
struct efi_file_info {
	u64 bytes, file_bytes, disk_bytes;
	u64 times[6];
	u64 attribute;
	u16 name[256];
};

/* SPEC: UEFI 2.10 12.9.2 Graphics Output Protocol */
enum : u32 { EFI_PIXEL_RGBX = 0, EFI_PIXEL_BGRX = 1 };

struct STABLE efi_graphics_info {
	u32 version, width, height, format, masks[4], stride_pixels;
};

struct STABLE efi_graphics_mode {
	u32 count, current;
	const struct efi_graphics_info *info;
	usize info_bytes;
	u64 base;
	usize bytes;
};

struct STABLE efi_graphics {
	uptr functions[3];
	const struct efi_graphics_mode *mode;
};

/* SPEC: UEFI 2.10 37.5 EFI_RNG_PROTOCOL */
struct STABLE efi_random {
	uptr get_info;
	efi_status (*get)(struct efi_random *self, const struct efi_guid *algorithm, usize bytes, u8 *to);
};

/* SPEC: RISC-V UEFI Protocol 1.0, chapter 2 */
struct STABLE efi_riscv_boot {
	u64 revision;
	efi_status (*get_boot_hart)(struct efi_riscv_boot *self, u64 *hart);
};

static_assert(sizeof(usize) != 8 || __builtin_offsetof(struct efi_boot_services, exit_boot_services) == 0xe8, "UEFI layout");
static_assert(sizeof(usize) != 8 || __builtin_offsetof(struct efi_boot_services, locate_protocol) == 0x140, "UEFI layout");
static_assert(sizeof(usize) != 8 || __builtin_offsetof(struct efi_runtime_services, reset) == 0x68, "UEFI layout");
static_assert(sizeof(usize) != 8 || __builtin_offsetof(struct efi_system_table, configuration) == 0x70, "UEFI layout");

/* The entry of the loader, named on the linker's command line. */
efi_status efi_main(struct efi_handle *image, struct efi_system_table *system);

#endif
