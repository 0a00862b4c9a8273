/* SPDX-License-Identifier: Apache-2.0
 *
 * Open, ask for the size, allocate, read. Every way it can fail has its own sentence.
 *
 * SPEC: UEFI 2.10 13.5 File Protocol
 */
#include "boot/uefi/files.h"

#include "boot/uefi/message.h"

/* SPEC: UEFI 2.10 13.5.16 */
static const struct efi_guid guid_file_info = {
	0x09576e92, 0x6d3f, 0x11d2, { 0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b } };

enum : u64 { READ_CHUNK = 4ull << 20 };
enum : u32 { MESSAGE_BYTES = 256 };

static void name_add(struct text *text, const struct file_name *name)
{
	text_add_span(text, span_until_zero(SPAN_OF_ARRAY(name->text)));
}

static bool problem(const struct file_name *name, struct span what, efi_status status)
{
	TEXT_BUFFER(text, MESSAGE_BYTES);
	name_add(&text, name);
	text_add(&text, " on the boot volume ");
	text_add_span(&text, what);
	if (status != EFI_SUCCESS) {
		text_add(&text, " (firmware says error ");
		text_add_u64(&text, status & ~EFI_ERROR_BIT);
		text_add(&text, ")");
	}
	message_problem(&text);
	return false;
}

static bool problem_size(const struct file_name *name, u64 bytes, u64 limit)
{
	TEXT_BUFFER(text, MESSAGE_BYTES);
	text_add(&text, "has ");
	text_add_u64(&text, bytes);
	text_add(&text, " bytes; expected at most ");
	text_add_u64(&text, limit);
	return problem(name, text_span(&text), EFI_SUCCESS);
}

UNSAFE_BEGIN("SAFETY: firmware writes at most the bytes it is told; the structure and the view are that large");
static efi_status info_get(struct efi_file *file, struct efi_file_info *info)
{
	usize bytes = sizeof(*info);
	return file->get_info(file, &guid_file_info, &bytes, info);
}

/* Reads up to the view's length; *bytes is how many came. */
static efi_status read_some(struct efi_file *file, struct mspan to, usize *bytes)
{
	*bytes = to.raw_n;
	return file->read(file, bytes, to.raw_p);
}
UNSAFE_END();

static bool read_all(struct efi_file *file, const struct file_name *name, struct mspan to)
{
	for (u64 done = 0; done < mspan_len(to);) {
		usize got = 0;
		u64 want = min_u64(READ_CHUNK, mspan_len(to) - done);
		efi_status status = read_some(file, mspan_part(to, done, want), &got);
		if (status != EFI_SUCCESS || got > want)
			return problem(name, span_text("cannot be read; the disk or its file system is damaged"), status);
		if (got == 0)
			return problem(name, span_text("ends before its length says; write the disk image anew"), status);
		done += got;
	}
	return true;
}

static bool load(struct efi_file *file, const struct file_name *name, u64 limit, struct file *out)
{
	struct efi_file_info info = {};
	efi_status status = info_get(file, &info);
	if (status != EFI_SUCCESS)
		return problem(name, span_text("does not tell its length"), status);
	if ((info.attribute & EFI_FILE_FOLDER) != 0)
		return problem(name, span_text("is a folder; expected a file"), EFI_SUCCESS);
	if (info.file_bytes > limit)
		return problem_size(name, info.file_bytes, limit);
	out->bytes = info.file_bytes;
	if (out->bytes == 0)
		return true;
	u64 pages = pages_of(out->bytes);
	out->address = firmware_pages(pages, PAGE_BYTES);
	if (out->address == 0)
		return problem(name, span_text("does not fit into memory; the machine needs more"), EFI_SUCCESS);
	struct mspan memory = firmware_memory(out->address, pages * PAGE_BYTES);
	mspan_fill(mspan_from(memory, out->bytes), 0);
	return read_all(file, name, mspan_part(memory, 0, out->bytes));
}

bool file_read(struct efi_file *volume, const struct file_name *name, enum file_need need, u64 limit, struct file *out)
{
	*out = (struct file){};
	struct efi_file *file = nullptr;
	efi_status status = volume->open(volume, &file, ELEM(name->path, 0), EFI_FILE_READ, 0);
	if (status == EFI_NOT_FOUND && need == FILE_OPTIONAL)
		return true;
	if (status == EFI_NOT_FOUND)
		return problem(name, span_text("is missing; write the disk image anew"), EFI_SUCCESS);
	if (status != EFI_SUCCESS)
		return problem(name, span_text("cannot be opened"), status);
	bool ok = load(file, name, limit, out);
	(void)file->close(file);
	if (ok && out->bytes == 0 && need == FILE_REQUIRED)
		return problem(name, span_text("is empty; write the disk image anew"), EFI_SUCCESS);
	return ok;
}
