/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths as text.
 */
#include "lib/path/path.h"

struct span path_next(struct span *path)
{
	while (span_len(*path) > 0 && span_u8(*path, 0) == '/')
		*path = span_from(*path, 1);
	struct span name = span_split(path, '/');

	while (span_len(*path) > 0 && span_u8(*path, 0) == '/')
		*path = span_from(*path, 1);
	return name;
}

struct span path_name(struct span path)
{
	while (span_len(path) > 0 && span_u8(path, span_len(path) - 1) == '/')
		path = span_first(path, span_len(path) - 1);
	usize at = span_len(path);

	while (at > 0 && span_u8(path, at - 1) != '/')
		at--;
	return span_from(path, at);
}

struct span path_parent(struct span path)
{
	usize at = span_len(path);

	while (at > 0 && span_u8(path, at - 1) == '/')
		at--;
	while (at > 0 && span_u8(path, at - 1) != '/')
		at--;
	while (at > 1 && span_u8(path, at - 1) == '/')
		at--;
	return at == 0 ? span_text("/") : span_first(path, at);
}

bool path_is_below(struct span path, struct span prefix)
{
	if (span_equal(prefix, span_text("/")))
		return span_starts_with(path, prefix);
	return span_starts_with(path, prefix) &&
	       (span_len(path) == span_len(prefix) || span_u8(path, span_len(prefix)) == '/');
}

/* Appends the components of `path` to the clean path in `out`, taking ".." back. */
static enum status add_components(struct text *out, struct span path)
{
	while (span_len(path) > 0) {
		struct span name = path_next(&path);

		if (span_len(name) == 0 || span_equal(name, span_text(".")))
			continue;
		if (span_equal(name, span_text(".."))) {
			struct span parent = path_parent(text_span(out));

			out->used = span_equal(parent, span_text("/")) ? 0 : span_len(parent);
			continue;
		}
		if (span_len(name) > PATH_NAME_MAX)
			return STATUS_TOO_LONG;
		text_add(out, "/");
		text_add_span(out, name);
	}
	return out->cut ? STATUS_TOO_LONG : STATUS_OK;
}

enum status path_resolve(struct span cwd, struct span path, struct text *out)
{
	enum status status = STATUS_OK;

	if (span_len(path) == 0 || span_find(path, 0, 0) != span_len(path))
		return STATUS_INVALID;
	text_clear(out);
	if (span_u8(path, 0) != '/')
		status = add_components(out, cwd);
	if (status == STATUS_OK)
		status = add_components(out, path);
	if (status == STATUS_OK && out->used == 0)
		text_add(out, "/");
	return out->cut ? STATUS_TOO_LONG : status;
}
