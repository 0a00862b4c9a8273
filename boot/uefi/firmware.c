/* SPDX-License-Identifier: Apache-2.0
 *
 * The wrappers. What firmware returns is trusted as far as its own structures go: it could do
 * anything to the machine anyway. Sizes that come from it are checked all the same.
 */
#include "boot/uefi/firmware.h"

#include "boot/machine/machine.h"

static struct efi_system_table *system;
static struct efi_handle *self;

/* SPEC: UEFI 2.10 9.1.1, 13.4.1, 12.9.2.1, 37.5.1, 4.6.2 */
static const struct efi_guid guid_loaded_image = {
	0x5b1b31a1, 0x9562, 0x11d2, { 0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } };
static const struct efi_guid guid_file_system = {
	0x964e5b22, 0x6459, 0x11d2, { 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } };
static const struct efi_guid guid_graphics = {
	0x9042a9de, 0x23dc, 0x4a38, { 0x96, 0xfb, 0x7a, 0xde, 0xd0, 0x80, 0x51, 0x6a } };
static const struct efi_guid guid_random = {
	0x3152bca5, 0xeade, 0x433d, { 0x86, 0x2e, 0xc0, 0x1c, 0xdc, 0x29, 0x1f, 0x44 } };
static const struct efi_guid guid_acpi_1 = {
	0xeb9d2d30, 0x2d88, 0x11d3, { 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d } };
static const struct efi_guid guid_acpi_2 = {
	0x8868e871, 0xe4f1, 0x11d3, { 0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 } };
/* SPEC: RISC-V UEFI Protocol 1.0, chapter 2 "RISCV_EFI_BOOT_PROTOCOL" */
static const struct efi_guid guid_riscv_boot = {
	0xccd15fec, 0x6f73, 0x4eec, { 0x83, 0x95, 0x3e, 0x69, 0xe4, 0xb9, 0x40, 0xbf } };
/* SPEC: UEFI 2.10 4.6: EFI_DTB_TABLE_GUID */
static const struct efi_guid guid_tree = {
	0xb1b621d5, 0xf19c, 0x41a5, { 0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0 } };

enum : u32 { PRINT_CHUNK = 128 };

bool firmware_start(struct efi_handle *image, struct efi_system_table *table)
{
	if (image == nullptr || table == nullptr || table->header.signature != EFI_SYSTEM_TABLE_SIGNATURE)
		return false;
	system = table;
	self = image;
	/* The watchdog would restart the machine five minutes from now, in the middle of anything. */
	(void)system->boot->set_watchdog(0, 0, 0, nullptr);
	return true;
}

void firmware_print(struct span text)
{
	u16 wide[PRINT_CHUNK + 2];
	u32 used = 0;
	if (system->console_out == nullptr)
		return;
	for (usize i = 0; i < span_len(text); i++) {
		u8 byte = span_u8(text, i);
		if (byte == '\n')
			wide[used++] = '\r';
		wide[used++] = byte;
		if (used + 1 < PRINT_CHUNK && i + 1 < span_len(text))
			continue;
		wide[used] = 0;
		(void)system->console_out->output(system->console_out, ELEM(wide, 0));
		used = 0;
	}
}

void firmware_wait_key(u32 milliseconds)
{
	enum : u32 { STEP = 50 };
	struct efi_key key = {};
	for (u32 waited = 0; waited < milliseconds; waited += STEP) {
		if (system->console_in != nullptr && system->console_in->read_key(system->console_in, &key) == EFI_SUCCESS)
			return;
		(void)system->boot->stall(STEP * 1000);
	}
}

u64 firmware_pages(u64 pages, u64 align)
{
	u64 extra = align / PAGE_BYTES - 1;
	u64 got = 0;
	if (pages == 0 || pages > U32_MAX ||
	    system->boot->allocate_pages(EFI_ALLOCATE_ANY_PAGES, EFI_LOADER_DATA_TYPE, pages + extra, &got) != EFI_SUCCESS)
		return 0;
	u64 start = (got + align - 1) & ~(align - 1);
	u64 before = (start - got) / PAGE_BYTES;
	firmware_pages_free(got, before);
	firmware_pages_free(start + pages * PAGE_BYTES, extra - before);
	return start;
}

void firmware_pages_free(u64 address, u64 pages)
{
	if (pages != 0)
		(void)system->boot->free_pages(address, pages);
}

UNSAFE_BEGIN("SAFETY: UEFI maps all memory at its physical address (2.3.4); callers pass ranges that firmware_pages gave them, or that firmware's map calls RAM");
struct mspan firmware_memory(u64 address, u64 bytes)
{
	return (struct mspan){ (u8 *)(uptr)address, bytes };
}
UNSAFE_END();

UNSAFE_BEGIN("SAFETY: each protocol's identifier fixes the type of its interface (UEFI 2.10 7.3), and success means it is there");
static const struct efi_loaded_image *loaded_image(void)
{
	void *found = nullptr;
	if (system->boot->handle_protocol(self, &guid_loaded_image, &found) != EFI_SUCCESS)
		return nullptr;
	return found;
}

static struct efi_file_system *file_system(struct efi_handle *device)
{
	void *found = nullptr;
	if (device == nullptr || system->boot->handle_protocol(device, &guid_file_system, &found) != EFI_SUCCESS)
		return nullptr;
	return found;
}

static void *located(const struct efi_guid *protocol)
{
	void *found = nullptr;
	return system->boot->locate_protocol(protocol, nullptr, &found) == EFI_SUCCESS ? found : nullptr;
}

static const struct efi_graphics *graphics(void) { return located(&guid_graphics); }
static struct efi_riscv_boot *riscv_boot(void) { return located(&guid_riscv_boot); }
static struct efi_random *random_source(void) { return located(&guid_random); }
UNSAFE_END();

bool firmware_self(struct firmware_place *out)
{
	const struct efi_loaded_image *image = loaded_image();
	if (image == nullptr || image->bytes == 0)
		return false;
	*out = (struct firmware_place){ .base = image->base, .bytes = image->bytes };
	return true;
}

struct efi_file *firmware_volume(void)
{
	const struct efi_loaded_image *image = loaded_image();
	struct efi_file_system *files = image == nullptr ? nullptr : file_system(image->device);
	struct efi_file *root = nullptr;
	if (files == nullptr || files->open_volume(files, &root) != EFI_SUCCESS)
		return nullptr;
	return root;
}

UNSAFE_BEGIN("SAFETY: firmware writes at most the bytes it is told, into a view of that length");
bool firmware_random(struct mspan to)
{
	struct efi_random *source = random_source();
	return source != nullptr && source->get(source, nullptr, to.raw_n, to.raw_p) == EFI_SUCCESS;
}

efi_status firmware_map(struct mspan buffer, struct firmware_map *out)
{
	u32 version = 0;
	out->bytes = buffer.raw_n;
	efi_status status = system->boot->get_memory_map(&out->bytes, buffer.raw_p, &out->key, &out->stride, &version);
	if (status == EFI_SUCCESS && out->bytes > buffer.raw_n)
		return EFI_BUFFER_TOO_SMALL;
	return status;
}
UNSAFE_END();

bool firmware_processor(u64 *number)
{
	struct efi_riscv_boot *boot = riscv_boot();
	return boot != nullptr && boot->get_boot_hart(boot, number) == EFI_SUCCESS;
}

struct boot_framebuffer firmware_framebuffer(void)
{
	const struct efi_graphics *found = graphics();
	if (found == nullptr || found->mode == nullptr || found->mode->info == nullptr)
		return (struct boot_framebuffer){};
	const struct efi_graphics_info *info = found->mode->info;
	if (info->format != EFI_PIXEL_RGBX && info->format != EFI_PIXEL_BGRX)
		return (struct boot_framebuffer){};
	return (struct boot_framebuffer){
		.base = found->mode->base,
		.bytes = found->mode->bytes,
		.width = info->width,
		.height = info->height,
		.stride_pixels = info->stride_pixels,
		.format = info->format == EFI_PIXEL_RGBX ? 1 : 2,
	};
}

UNSAFE_BEGIN("SAFETY: UEFI says the array has that many entries (4.3.1); of the table only the pointer's value is taken");
static struct efi_guid configuration_vendor(usize index)
{
	return system->configuration[bounded(index, system->configuration_count)].vendor;
}

/* Identity-mapped: the pointer's value is the physical address. */
static u64 configuration_table(usize index)
{
	return (u64)(uptr)system->configuration[bounded(index, system->configuration_count)].table;
}
UNSAFE_END();

static u64 configuration_find(const struct efi_guid *wanted)
{
	for (usize i = 0; i < system->configuration_count; i++) {
		struct efi_guid vendor = configuration_vendor(i);
		if (span_equal(SPAN_OF_STRUCT(vendor), SPAN_OF_STRUCT(*wanted)))
			return configuration_table(i);
	}
	return 0;
}

u64 firmware_rsdp(void)
{
	u64 newer = configuration_find(&guid_acpi_2);
	return newer != 0 ? newer : configuration_find(&guid_acpi_1);
}

u64 firmware_tree(void)
{
	return configuration_find(&guid_tree);
}

bool firmware_exit(const struct firmware_map *map)
{
	return system->boot->exit_boot_services(self, map->key) == EFI_SUCCESS;
}

void firmware_reset(void)
{
	if (system != nullptr && system->runtime != nullptr)
		system->runtime->reset(EFI_RESET_COLD, EFI_LOAD_ERROR, 0, nullptr);
}
