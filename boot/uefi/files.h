/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading whole files from the volume that the loader came from.
 */
#ifndef BOOT_UEFI_FILES_H
#define BOOT_UEFI_FILES_H

#include "boot/uefi/firmware.h"

/* A path as UEFI wants it, with the same in ASCII for messages. */
struct file_name {
	u16 path[32];
	char text[32];
};

struct file {
	u64 address; /* page-aligned memory from firmware_pages; the last page's rest is zero */
	u64 bytes;   /* the file's length */
};

enum file_need : u32 { FILE_REQUIRED, FILE_OPTIONAL };

/* Reads a file of 1 to `limit` bytes. A missing optional file is read as {0, 0}; an empty
 * one too. False: the reason was told to the person. */
[[nodiscard]] bool file_read(struct efi_file *volume, const struct file_name *name, enum file_need need, u64 limit,
	struct file *out);

#endif
