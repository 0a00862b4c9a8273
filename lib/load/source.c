/* SPDX-License-Identifier: Apache-2.0
 *
 * Getting at the system image.
 */
#include "lib/load/source.h"
#include "abi/names.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum status image_map(handle_t memory, pages_t *out, struct text *why)
{
	struct cap_info info;
	enum status status = sys_cap_inspect(memory, &info);

	if (status == STATUS_OK)
		status = rt_pages_map(memory, 0, info.count << PAGE_SHIFT, MAP_READ, out);
	if (status != STATUS_OK) {
		text_add(why, "cannot be mapped: ");
		text_add_cstr(why, status_text(status));
	}
	return status;
}

enum status load_source_open(handle_t memory, handle_t code, struct load_source *out, struct text *why)
{
	enum status status = image_map(memory, &out->image, why);

	if (status != STATUS_OK)
		return status;
	out->memory = memory;
	status = sys_code_seal(code, memory, &out->executable);
	if (status != STATUS_OK) {
		text_add(why, "cannot be made executable: ");
		text_add_cstr(why, status_text(status));
	}
	return status;
}
