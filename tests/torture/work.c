/* SPDX-License-Identifier: Apache-2.0
 *
 * The work that goes on while services are killed. Each kind knows what must be where, and checks it.
 */
#include "tests/torture/torture.h"
#include "lib/base/text.h"
#include "lib/9p/directory.h"
#include "lib/tool/tool.h"

enum : u32 { MODEL_BYTES = 48 * 1024, PIECE_BYTES = 6000, LINE_BYTES = 64, LOG_LOOK_BYTES = 256 * 1024 };
#define NET_STATUS "/dev/net0/status"
#define RANDOM "/dev/random"

static u8 model[MODEL_BYTES];
static u8 piece[PIECE_BYTES];
static u64 number; /* of the worker */
static u64 pause; /* between its rounds, in nanoseconds */
static bool in_share; /* its file is the host's */

bool work_goes_on(void)
{
	struct file_stat stat;

	if (pause != 0)
		rt_sleep_until(rt_deadline_in(pause));
	return lost_count() == 0 && file_stat_path(span_text(TORTURE_STOP), &stat) == STATUS_NOT_FOUND;
}

static void add_path(struct text *path)
{
	text_add_span(path, in_share ? span_text(TORTURE_SHARE) : span_text("/tmp"));
	text_add(path, "/torture.");
	text_add_u64(path, number);
}

static void fill_random(struct mspan bytes)
{
	for (usize i = 0; i < mspan_len(bytes); i++)
		mspan_put_u8(bytes, i, (u8)random_below(256));
}

/* ---- files: random writes, cuts and reads, compared with the same in own memory ---- */

static u64 length;

static void write_some(struct file *file)
{
	u64 at = random_below(MODEL_BYTES - PIECE_BYTES);
	struct span data = span_first(SPAN_OF_ARRAY(piece), random_below(PIECE_BYTES) + 1);

	fill_random(MSPAN_OF_ARRAY(piece));
	file->offset = at;
	enum status status = file_write(file, data);

	if (status != STATUS_OK)
		lost(span_text("writing a file"), status);
	span_copy(mspan_from(MSPAN_OF_ARRAY(model), at), data);
	length = max_u64(length, at + span_len(data));
}

static void cut_some(struct file *file)
{
	u64 bytes = random_below(MODEL_BYTES);
	enum status status = file_resize(file, bytes);

	if (status != STATUS_OK)
		lost(span_text("cutting a file"), status);
	if (bytes < length)
		mspan_fill(mspan_part(MSPAN_OF_ARRAY(model), bytes, length - bytes), 0);
	length = bytes;
}

static void compare(struct file *file)
{
	struct file_stat stat;
	enum status status = file_stat(file, &stat);

	if (status != STATUS_OK || stat.bytes != length)
		lost(span_text("the length of a file"), status);
	for (u64 at = 0; at < length && lost_count() == 0;) {
		usize got = 0;

		status = file_read_at(file, at, MSPAN_OF_ARRAY(piece), &got);
		if (status != STATUS_OK || got == 0 ||
		    !span_equal(span_first(SPAN_OF_ARRAY(piece), got), span_part(SPAN_OF_ARRAY(model), at, got)))
			lost(span_text("the bytes of a file"), status);
		at += got;
	}
}

static void files(void)
{
	struct file file;
	TEXT_BUFFER(path, 64);

	add_path(&path);
	while (work_goes_on()) {
		enum status status = file_create(&file, text_span(&path), OPEN_READ | OPEN_WRITE | OPEN_EXCLUSIVE);

		if (status != STATUS_OK)
			lost(text_span(&path), status);
		length = 0;
		mspan_fill(MSPAN_OF_ARRAY(model), 0);
		for (u32 i = 0; i < 16 && lost_count() == 0; i++) {
			if (random_below(4) == 0)
				cut_some(&file);
			else
				write_some(&file);
			compare(&file);
		}
		file_close(&file);
		status = file_remove(text_span(&path));
		if (status != STATUS_OK)
			lost(text_span(&path), status);
	}
}

/* ---- append: what is added at the end is there once ---- */

static void append(void)
{
	struct file file;
	TEXT_BUFFER(path, 64);
	u64 lines = 0;

	add_path(&path);
	enum status status = file_create(&file, text_span(&path), OPEN_READ | OPEN_WRITE | OPEN_APPEND);

	if (status != STATUS_OK)
		lost(text_span(&path), status);
	while (work_goes_on()) {
		TEXT_BUFFER(line, LINE_BYTES);
		u8 last[LINE_BYTES];
		usize got = 0;

		text_add_u64(&line, number);
		text_add(&line, " line ");
		text_add_hex(&line, lines++);
		text_add(&line, "\n");
		length += line.used;
		status = file_write(&file, text_span(&line));
		if (status != STATUS_OK)
			lost(span_text("appending"), status);
		status = file_read_at(&file, length - line.used, MSPAN_OF_ARRAY(last), &got);
		if (status != STATUS_OK || !span_equal(span_first(SPAN_OF_ARRAY(last), got), text_span(&line)))
			lost(span_text("the end of a file"), status);
		if (length < MODEL_BYTES)
			continue;
		length = 0;
		status = file_resize(&file, 0);
		if (status != STATUS_OK)
			lost(span_text("emptying a file"), status);
	}
	file_close(&file);
	status = file_remove(text_span(&path));
	if (status != STATUS_OK)
		lost(text_span(&path), status);
}

/* ---- a pipe: each byte once, in order ---- */

static void write_pipe(void)
{
	struct file out;
	u64 count = 0;
	enum status status = file_inherit(&out, span_text("stdout"));

	if (status != STATUS_OK)
		lost(span_text("the pipe"), status);
	while (work_goes_on()) {
		struct mspan data = mspan_first(MSPAN_OF_ARRAY(piece), random_below(PIECE_BYTES) + 1);

		for (usize i = 0; i < mspan_len(data); i++)
			mspan_put_u8(data, i, (u8)(count++ % 251));
		status = file_write(&out, span_of(data));
		if (status != STATUS_OK)
			lost(span_text("writing to a pipe"), status);
	}
	file_close(&out);
}

static void read_pipe(void)
{
	struct file in;
	u64 count = 0;
	usize got = 1;
	enum status status = file_inherit(&in, span_text("stdin"));

	while (status == STATUS_OK && got != 0 && lost_count() == 0) {
		status = file_read(&in, mspan_first(MSPAN_OF_ARRAY(piece), random_below(PIECE_BYTES) + 1), &got);
		for (usize i = 0; i < got; i++) {
			if (piece[i] != count++ % 251)
				lost(span_text("the bytes of a pipe"), status);
		}
	}
	if (status != STATUS_OK)
		lost(span_text("reading from a pipe"), status);
	file_close(&in);
}

/* ---- the system image ---- */

static u64 sum_of(struct span path)
{
	struct file file;
	usize got = 1;
	u64 sum = 0;
	enum status status = file_open(&file, path, OPEN_READ);

	while (status == STATUS_OK && got != 0) {
		status = file_read(&file, MSPAN_OF_ARRAY(piece), &got);
		for (usize i = 0; i < got; i++)
			sum = sum * 31 + piece[i];
	}
	if (status != STATUS_OK)
		lost(path, status);
	file_close(&file);
	return sum;
}

static void image(void)
{
	u64 first = sum_of(span_text("/image/bin/echo"));

	while (work_goes_on()) {
		if (sum_of(span_text("/image/bin/echo")) != first)
			lost(span_text("the bytes of the image"), STATUS_OK);
	}
}

/* ---- the log: each line once, in order ---- */

/* Reads on until the line has come; others write too, and the first time all that the log has comes before it. A line
 * that is in what is read twice was written twice. */
static void find_line(struct file *follow, struct span line)
{
	enum status status = STATUS_OK;
	usize got = 0;
	u64 used = 0, seen = 0;

	while (status == STATUS_OK && seen < LOG_LOOK_BYTES) {
		status = file_read(follow, mspan_from(MSPAN_OF_ARRAY(piece), used), &got);
		used += got;
		seen += got;
		struct span text = span_first(SPAN_OF_ARRAY(piece), used);
		usize at = span_find_text(text, line);

		if (at != used) {
			struct span rest = span_from(text, at + 1);

			if (span_find_text(rest, line) != span_len(rest))
				lost(span_text("a line of the log, which is there twice"), status);
			return;
		}
		/* What may be the beginning of it stays. */
		u64 keep = min_u64(used, span_len(line));

		span_copy(MSPAN_OF_ARRAY(piece), span_part(SPAN_OF_ARRAY(piece), used - keep, keep));
		used = keep;
	}
	lost(span_text("a line of the log"), status);
}

static void log_lines(void)
{
	struct file out, follow;
	u64 lines = 0;
	enum status status = file_open(&out, span_text("/log/log"), OPEN_WRITE);

	if (status == STATUS_OK)
		status = file_open(&follow, span_text("/log/follow"), OPEN_READ);
	if (status != STATUS_OK)
		lost(span_text("/log"), status);
	while (work_goes_on()) {
		TEXT_BUFFER(line, LINE_BYTES);
		usize got = 0;

		text_add(&line, "torture ");
		text_add_u64(&line, number);
		text_add(&line, " ");
		text_add_hex(&line, lines++);
		text_add(&line, "\n");
		status = file_write_some(&out, 0, text_span(&line), &got);
		if (status != STATUS_OK || got != line.used)
			lost(span_text("writing to the log"), status);
		else
			find_line(&follow, text_span(&line));
	}
	file_close(&out);
	file_close(&follow);
}

/* ---- looking around: what the other services show, and drivers that may be there ---- */

static void look_at(struct span path, struct span expected)
{
	usize got = 0;
	enum status status = file_load(path, MSPAN_OF_ARRAY(model), &got);
	struct span text = span_first(SPAN_OF_ARRAY(model), got);

	if (status != STATUS_OK || span_find_text(text, expected) == span_len(text))
		lost(path, status);
}

static bool has(struct span path)
{
	struct file_stat stat;

	return file_stat_path(path, &stat) != STATUS_NOT_FOUND;
}

static void draw_random(void)
{
	struct file file;
	usize got = 0;
	enum status status = file_open(&file, span_text(RANDOM), OPEN_READ);

	if (status == STATUS_OK)
		status = file_read(&file, MSPAN_OF_ARRAY(piece), &got);
	if (status != STATUS_OK || got == 0)
		lost(span_text(RANDOM), status);
	file_close(&file);
}

static void look(void)
{
	while (work_goes_on()) {
		struct directory dir;

		look_at(span_text("/proc/table"), span_text("torture"));
		look_at(span_text("/services/table"), span_text("tmpfs"));
		if (has(span_text(NET_STATUS)))
			look_at(span_text(NET_STATUS), span_text("address"));
		if (has(span_text(RANDOM)))
			draw_random();
		enum status status = directory_open(&dir, span_text("/svc"));

		if (status != STATUS_OK)
			lost(span_text("/svc"), status);
		directory_close(&dir);
	}
}

u64 work(struct span kind, u64 seed, u64 pause_ns)
{
	number = seed;
	pause = pause_ns;
	random_seed(seed);
	in_share = span_starts_with(kind, span_text("share-"));
	if (span_equal(kind, span_text("files")) || span_equal(kind, span_text("share-files")))
		files();
	else if (span_equal(kind, span_text("append")) || span_equal(kind, span_text("share-append")))
		append();
	else if (span_equal(kind, span_text("write-pipe")))
		write_pipe();
	else if (span_equal(kind, span_text("read-pipe")))
		read_pipe();
	else if (span_equal(kind, span_text("image")))
		image();
	else if (span_equal(kind, span_text("log")))
		log_lines();
	else if (span_equal(kind, span_text("look")))
		look();
	else if (span_equal(kind, span_text("disk")))
		work_disk(number);
	else if (span_equal(kind, span_text("disk-rings")))
		work_disk_rings();
	else
		return tool_fail(kind, span_text("no such work"));
	return lost_count() == 0 ? TOOL_OK : TOOL_FAILED;
}
