/* SPDX-License-Identifier: Apache-2.0
 *
 * The keeper's files of a service: its status, and orders to it.
 */
#include "tests/torture/torture.h"
#include "lib/base/text.h"
#include "lib/tool/tool.h"

enum : u32 { PATH_BYTES = 96, STATUS_BYTES = 2048 };

static void add_path(struct text *path, struct span service, struct span file)
{
	text_add(path, "/services/");
	text_add_span(path, service);
	text_add_span(path, file);
}

struct span service_status(struct span service)
{
	static u8 bytes[STATUS_BYTES];
	usize got = 0;
	TEXT_BUFFER(path, PATH_BYTES);

	add_path(&path, service, span_text("/status"));
	enum status status = file_load(text_span(&path), MSPAN_OF_ARRAY(bytes), &got);

	if (status != STATUS_OK) {
		lost(text_span(&path), status);
		return span_empty();
	}
	return span_first(SPAN_OF_ARRAY(bytes), got);
}

enum status service_order(struct span service, struct span word)
{
	TEXT_BUFFER(path, PATH_BYTES);

	add_path(&path, service, span_text("/ctl"));
	return tool_control(text_span(&path), word);
}
