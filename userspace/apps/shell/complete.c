/* SPDX-License-Identifier: Apache-2.0
 *
 * Candidates come from the list of builtins, from /image/bin, and from directories.
 */
#include "userspace/apps/shell/complete.h"
#include "lib/9p/directory.h"
#include "userspace/apps/shell/builtins.h"

enum : u32 { LIST_BYTES = 1024, LIST_WIDTH = 20, LIST_COLUMNS = 4 };

/* What was found: how many, what they have in common, and a list of them for the person. */
struct found {
	u32 count;
	u8 common[PATH_NAME_MAX + 1];
	u32 common_used;
	bool directory;      /* the last one is a directory */
	u8 list[LIST_BYTES];
	u32 list_used;
};

static struct found found;
static struct directory directory;

static void add_to_list(struct span name)
{
	struct text list = text_on(mspan_from(MSPAN_OF_ARRAY(found.list), found.list_used));

	text_add_padded(&list, name, LIST_WIDTH - 1);
	text_add_span(&list, found.count % LIST_COLUMNS == 0 ? span_text("\r\n") : span_text(" "));
	if (!list.cut)
		found.list_used += (u32)list.used;
}

static void candidate(struct span name, struct span begun, bool is_directory)
{
	if (!span_starts_with(name, begun) || span_len(name) > sizeof(found.common))
		return;
	found.count++;
	found.directory = is_directory;
	if (found.count == 1) {
		span_copy(MSPAN_OF_ARRAY(found.common), name);
		found.common_used = (u32)span_len(name);
	}
	u32 same = 0;

	while (same < found.common_used && same < span_len(name) && *ELEM(found.common, same) == span_u8(name, same))
		same++;
	found.common_used = same;
	add_to_list(name);
}

static void from_directory(struct span path, struct span begun)
{
	struct dir_entry entry;

	if (directory_open(&directory, path) != STATUS_OK)
		return;
	while (directory_next(&directory, &entry) == STATUS_OK)
		candidate(dir_entry_name(&entry), begun, entry.qid_type == QID_DIRECTORY);
	directory_close(&directory);
}

static void find_commands(struct span begun)
{
	for (u32 i = 0; span_len(builtin_name(i)) > 0; i++)
		candidate(builtin_name(i), begun, false);
	from_directory(span_text("/image/bin"), begun);
}

/* The word before the cursor, and whether it is a command's name. */
static struct span current_word(struct span line, bool *command)
{
	usize from = span_len(line);

	while (from > 0 && span_u8(line, from - 1) != ' ' && span_find(span_text(";&|<>"), 0, span_u8(line, from - 1)) == 5)
		from--;
	struct span before = span_trim(span_first(line, from));
	usize used = span_len(before);

	*command = used == 0 || span_find(span_text(";&|"), 0, span_u8(before, used - 1)) < 3;
	return span_from(line, from);
}

/* Splits "some/dir/nam": the directory to look into, and the name that was begun. */
static struct span split_path(struct span word, struct text *path)
{
	usize name = span_len(word);

	while (name > 0 && span_u8(word, name - 1) != '/')
		name--;
	text_add_span(path, name == 0 ? span_text(".") : span_first(word, name));
	return span_from(word, name);
}

static void insert(struct editor *editor, struct span begun, struct text *out)
{
	editor_insert(editor, span_from(span_first(SPAN_OF_ARRAY(found.common), found.common_used), span_len(begun)), out);
	if (found.count == 1)
		editor_insert(editor, found.directory ? span_text("/") : span_text(" "), out);
}

static void show_list(const struct editor *editor, struct file *terminal)
{
	TEXT_BUFFER(out, EDITOR_OUT_BYTES);

	(void)!file_write(terminal, span_text("\r\n"));
	(void)!file_write(terminal, span_first(SPAN_OF_ARRAY(found.list), found.list_used));
	if (found.count % LIST_COLUMNS != 0)
		text_add(&out, "\r\n");
	editor_redraw(editor, &out);
	(void)!file_write(terminal, text_span(&out));
}

void complete(struct editor *editor, struct file *terminal)
{
	TEXT_BUFFER(path, PATH_BYTES_MAX);
	TEXT_BUFFER(out, EDITOR_OUT_BYTES);
	bool command;
	struct span word = current_word(editor_before_cursor(editor), &command);
	struct span begun = split_path(word, &path);

	found = (struct found){};
	if (command && span_len(begun) == span_len(word))
		find_commands(begun);
	else
		from_directory(text_span(&path), begun);
	if (found.count > 1 && found.common_used == span_len(begun)) {
		show_list(editor, terminal);
		return;
	}
	if (found.count == 0)
		text_add_u8(&out, 7);
	else
		insert(editor, begun, &out);
	(void)!file_write(terminal, text_span(&out));
}
