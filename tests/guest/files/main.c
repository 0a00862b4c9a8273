/* SPDX-License-Identifier: Apache-2.0
 *
 * files-test: exercises the base services through lib/9p on the booted system: files, directories,
 * restarts of servers, starting programs, crash records. Prints `ok NAME` or what was expected, and
 * ends with the line `N passed, N failed`. With the argument `fault` it faults; with `exit` it ends
 * with status 7; with `opened` it kills a server that has just answered it: it starts itself so.
 */
#include "lib/9p/directory.h"
#include "lib/9p/print.h"
#include "lib/spawn/spawn.h"
#include "abi/names.h"
#include "abi/stubs.h"

/* IMPORTANT: above every server that it uses. */
enum : u32 { PLAIN = 64, IMPORTANT = 144 };

struct results {
	u32 passed, failed;
	bool good;
};

static struct results results;
static struct spawn child;
static u8 big[40000];

static void say(struct span s)
{
	if (file_is_open(stdout_file()))
		print_span(s);
	else
		rt_log(span_trim(s));
}

static bool check(bool good, struct span what, enum status status)
{
	if (good)
		return true;
	TEXT_BUFFER(line, 200);

	text_add(&line, "  expected: ");
	text_add_span(&line, what);
	text_add(&line, "; status: ");
	text_add_cstr(&line, status_text(status));
	text_add(&line, "\n");
	say(text_span(&line));
	results.good = false;
	return false;
}

#define CHECK(condition, status) check((condition), span_text(#condition), (status))

static void begin(void) { results.good = true; }

static void end(struct span name)
{
	TEXT_BUFFER(line, 100);

	text_add_span(&line, results.good ? span_text("ok ") : span_text("FAIL "));
	text_add_span(&line, name);
	text_add(&line, "\n");
	say(text_span(&line));
	results.passed += results.good;
	results.failed += !results.good;
}

static void files_are_written_and_read(void)
{
	struct file f;
	struct file_stat stat;
	u8 bytes[32];
	usize got = 0;
	enum status s = file_create(&f, span_text("/tmp/a"), OPEN_READ | OPEN_WRITE);

	begin();
	CHECK(s == STATUS_OK, s);
	s = file_write(&f, span_text("hello world"));
	CHECK(s == STATUS_OK, s);
	s = file_read_at(&f, 6, MSPAN_OF_ARRAY(bytes), &got);
	CHECK(s == STATUS_OK && span_equal(span_first(SPAN_OF_ARRAY(bytes), got), span_text("world")), s);
	s = file_read_at(&f, 11, MSPAN_OF_ARRAY(bytes), &got);
	CHECK(s == STATUS_OK && got == 0, s);
	s = file_resize(&f, 5);
	CHECK(s == STATUS_OK, s);
	s = file_stat(&f, &stat);
	CHECK(s == STATUS_OK && stat.bytes == 5 && stat.qid_type == QID_FILE, s);
	file_close(&f);
	s = file_open(&f, span_text("/tmp/a"), OPEN_WRITE | OPEN_APPEND);
	CHECK(s == STATUS_OK, s);
	s = file_write(&f, span_text("!"));
	CHECK(s == STATUS_OK, s);
	s = file_read_at(&f, 0, MSPAN_OF_ARRAY(bytes), &got);
	CHECK(s == STATUS_DENIED, s);
	file_close(&f);
	s = file_load(span_text("/tmp/a"), MSPAN_OF_ARRAY(bytes), &got);
	CHECK(s == STATUS_OK && span_equal(span_first(SPAN_OF_ARRAY(bytes), got), span_text("hello!")), s);
	s = file_create(&f, span_text("/tmp/a"), OPEN_READ | OPEN_EXCLUSIVE);
	CHECK(s == STATUS_EXISTS, s);
	s = file_remove(span_text("/tmp/a"));
	CHECK(s == STATUS_OK, s);
	s = file_open(&f, span_text("/tmp/a"), OPEN_READ);
	CHECK(s == STATUS_NOT_FOUND, s);
	end(span_text("files_are_written_and_read"));
}

static void big_files_keep_their_bytes(void)
{
	struct file f;
	usize got = 0;
	enum status s = file_create(&f, span_text("/tmp/big"), OPEN_READ | OPEN_WRITE);

	begin();
	CHECK(s == STATUS_OK, s);
	for (u32 round = 0; round < 8 && s == STATUS_OK; round++) {
		for (usize i = 0; i < sizeof(big); i++)
			big[i] = (u8)(i * 7 + round);
		s = file_write(&f, SPAN_OF_ARRAY(big));
	}
	CHECK(s == STATUS_OK, s);
	for (u32 round = 0; round < 8 && s == STATUS_OK; round++) {
		s = file_read_at(&f, (u64)round * sizeof(big), MSPAN_OF_ARRAY(big), &got);
		CHECK(s == STATUS_OK && got == sizeof(big), s);
		for (usize i = 0; i < sizeof(big); i++) {
			if (big[i] != (u8)(i * 7 + round)) {
				CHECK(big[i] == (u8)(i * 7 + round), s);
				break;
			}
		}
	}
	file_close(&f);
	s = file_remove(span_text("/tmp/big"));
	CHECK(s == STATUS_OK, s);
	end(span_text("big_files_keep_their_bytes"));
}

static u32 count_entries(struct span path, struct span wanted, bool *found)
{
	struct directory dir;
	struct dir_entry entry;
	u32 count = 0;

	*found = false;
	if (directory_open(&dir, path) != STATUS_OK)
		return 0;
	while (directory_next(&dir, &entry) == STATUS_OK) {
		count++;
		if (span_equal(dir_entry_name(&entry), wanted))
			*found = true;
	}
	directory_close(&dir);
	return count;
}

static enum status open_directory(struct span path)
{
	struct directory dir;
	enum status status = directory_open(&dir, path);

	directory_close(&dir);
	return status;
}

static void directories_are_made_and_listed(void)
{
	struct file f;
	bool found = false;
	enum status s = file_create(&f, span_text("/tmp/d"), OPEN_READ | OPEN_DIRECTORY);

	begin();
	CHECK(s == STATUS_OK, s);
	file_close(&f);
	s = file_create(&f, span_text("/tmp/d/x"), OPEN_WRITE);
	CHECK(s == STATUS_OK, s);
	file_close(&f);
	CHECK(count_entries(span_text("/tmp/d"), span_text("x"), &found) == 1 && found, s);
	s = open_directory(span_text("/tmp/d/x"));
	CHECK(s == STATUS_NOT_DIRECTORY, s);
	s = open_directory(span_text("/tmp/d/none"));
	CHECK(s == STATUS_NOT_FOUND, s);
	s = file_remove(span_text("/tmp/d"));
	CHECK(s == STATUS_BUSY, s);
	s = file_remove(span_text("/tmp/d/x"));
	CHECK(s == STATUS_OK, s);
	s = file_remove(span_text("/tmp/d"));
	CHECK(s == STATUS_OK, s);
	CHECK(count_entries(span_text("/"), span_text("tmp"), &found) >= 3 && found, s);
	CHECK(count_entries(span_text("/image/bin"), span_text("loader"), &found) >= 3 && found, s);
	CHECK(count_entries(span_text("/services"), span_text("tmpfs"), &found) >= 3 && found, s);
	CHECK(count_entries(span_text("/proc"), span_text("table"), &found) >= 3 && found, s);
	end(span_text("directories_are_made_and_listed"));
}

static void command(struct span path, struct span word, enum status expected)
{
	struct file f;
	enum status s = file_open(&f, path, OPEN_WRITE);

	if (!CHECK(s == STATUS_OK, s))
		return;
	s = file_write(&f, word);
	CHECK(s == expected, s);
	file_close(&f);
}

static void open_files_survive_a_restart_of_their_server(void)
{
	struct file f;
	u8 before[16];
	u8 after[16];
	usize got = 0;
	enum status s = file_open(&f, span_text("/image/bin/loader"), OPEN_READ);

	begin();
	CHECK(s == STATUS_OK, s);
	s = file_read_at(&f, 0, MSPAN_OF_ARRAY(before), &got);
	CHECK(s == STATUS_OK && got == sizeof(before), s);
	for (u32 i = 0; i < 5; i++) {
		command(span_text("/services/imgfs/ctl"), span_text("kill"), STATUS_OK);
		mspan_fill(MSPAN_OF_ARRAY(after), 0);
		s = file_read_at(&f, 0, MSPAN_OF_ARRAY(after), &got);
		CHECK(s == STATUS_OK && span_equal(SPAN_OF_ARRAY(before), SPAN_OF_ARRAY(after)), s);
		/* The keeper restarts what is killed only after its back-off: wait until it runs. */
		s = file_ping(span_text("/image"), rt_deadline_in(5000000000ull));
		CHECK(s == STATUS_OK, s);
	}
	file_close(&f);
	end(span_text("open_files_survive_a_restart_of_their_server"));
}

static void what_a_server_keeps_is_there(void)
{
	struct file f;
	u8 bytes[8] = {};
	usize got = 0;
	enum status s = file_create(&f, span_text("/tmp/kept"), OPEN_READ | OPEN_WRITE);

	begin();
	CHECK(s == STATUS_OK, s);
	s = file_write(&f, span_text("kept"));
	CHECK(s == STATUS_OK, s);
	/* A name is not needed for that: it is the open file that is kept. */
	f.path_bytes = 0;
	command(span_text("/services/tmpfs/ctl"), span_text("kill"), STATUS_OK);
	s = file_read_at(&f, 0, MSPAN_OF_ARRAY(bytes), &got);
	CHECK(s == STATUS_OK && span_equal(span_first(SPAN_OF_ARRAY(bytes), got), span_text("kept")), s);
	file_close(&f);
	s = file_remove(span_text("/tmp/kept"));
	CHECK(s == STATUS_OK, s);
	command(span_text("/services/tmpfs/ctl"), span_text("dance"), STATUS_INVALID);
	/* A server without create: what is there is opened, what is not is refused for that reason. */
	s = file_create(&f, span_text("/log/log"), OPEN_WRITE | OPEN_TRUNCATE);
	CHECK(s == STATUS_OK, s);
	file_close(&f);
	s = file_create(&f, span_text("/log/other"), OPEN_WRITE);
	CHECK(s == STATUS_NOT_SUPPORTED, s);
	end(span_text("what_a_server_keeps_is_there"));
}

/* Whoever is more important than the server runs from the moment in which it is answered: what the server would do then, its next
 * instance does. Of several processors this needs the right moment, of one it is so each time. */
static u64 opened(void)
{
	struct file f;
	struct file_stat stat;

	begin();
	for (u32 i = 0; i < 5; i++) {
		enum status s = file_create(&f, span_text("/tmp/opened"), OPEN_READ | OPEN_WRITE);

		CHECK(s == STATUS_OK, s);
		f.path_bytes = 0;
		command(span_text("/services/tmpfs/ctl"), span_text("kill"), STATUS_OK);
		s = file_stat(&f, &stat);
		CHECK(s == STATUS_OK, s);
		file_close(&f);
		s = file_remove(span_text("/tmp/opened"));
		CHECK(s == STATUS_OK, s);
	}
	return results.good ? 0 : 1;
}

static enum status run_self(struct span arg, u64 *exit_status, u32 *reason, u32 priority)
{
	handle_t process;

	spawn_begin(&child, span_text("/image/bin/files-test"));
	spawn_add_arg(&child, arg);
	child.priority = priority;
	enum status s = spawn_start(&child, &process);

	if (s != STATUS_OK) {
		say(spawn_reason(&child));
		return s;
	}
	s = spawn_wait(process, rt_deadline_in(5000000000ull), exit_status, reason);
	sys_cap_drop(process);
	return s;
}

static void what_was_opened_is_open_though_its_server_ends_then(void)
{
	u64 exit_status = 1;
	u32 reason = 0;
	enum status s = run_self(span_text("opened"), &exit_status, &reason, IMPORTANT);

	begin();
	CHECK(s == STATUS_OK && exit_status == 0, s);
	end(span_text("what_was_opened_is_open_though_its_server_ends_then"));
}

static void programs_are_started(void)
{
	u64 exit_status = 0;
	u32 reason = 0;
	enum status s = run_self(span_text("exit"), &exit_status, &reason, PLAIN);

	begin();
	CHECK(s == STATUS_OK && exit_status == 7 && reason == EXIT_REASON_EXITED, s);
	handle_t process;

	spawn_begin(&child, span_text("bin/no-such-program"));
	s = spawn_start(&child, &process);
	CHECK(s == STATUS_NOT_FOUND && span_len(spawn_reason(&child)) > 20, s);
	end(span_text("programs_are_started"));
}

static void a_fault_ends_the_process_and_leaves_a_record(void)
{
	u64 exit_status = 0;
	u32 reason = 0;
	usize got = 0;
	enum status s = run_self(span_text("fault"), &exit_status, &reason, PLAIN);

	begin();
	CHECK(s == STATUS_OK && reason == EXIT_REASON_FAULTED, s);
	for (u32 i = 0; i < 20 && got == 0; i++) {
		rt_sleep_until(rt_deadline_in(20000000));
		s = file_load(span_text("/log/crash"), MSPAN_OF_ARRAY(big), &got);
	}
	CHECK(s == STATUS_OK, s);
	struct span text = span_first(SPAN_OF_ARRAY(big), got);

	CHECK(span_find_text(text, span_text("(files-test)")) < got, s);
	CHECK(span_find_text(text, span_text("program_main")) < got, s);
	if (!results.good)
		say(text);
	end(span_text("a_fault_ends_the_process_and_leaves_a_record"));
}

static void the_loader_comes_back(void)
{
	u64 exit_status = 0;
	u32 reason = 0;
	usize got = 0;
	enum status s = file_load(span_text("/proc/table"), MSPAN_OF_ARRAY(big), &got);
	struct span table = span_first(SPAN_OF_ARRAY(big), got);
	TEXT_BUFFER(path, 64);

	begin();
	CHECK(s == STATUS_OK, s);
	while (span_len(table) > 0) {
		struct span line = span_trim(span_split(&table, '\n'));
		struct span id = span_split(&line, ' ');

		if (!span_starts_with(line, span_text("loader ")))
			continue;
		text_add(&path, "/proc/");
		text_add_span(&path, id);
		text_add(&path, "/ctl");
	}
	command(text_span(&path), span_text("kill"), STATUS_OK);
	s = run_self(span_text("exit"), &exit_status, &reason, PLAIN);
	if (s == STATUS_PEER_DIED || s == STATUS_DEAD)
		s = run_self(span_text("exit"), &exit_status, &reason, PLAIN);
	CHECK(s == STATUS_OK && exit_status == 7, s);
	end(span_text("the_loader_comes_back"));
}

static void descriptions_can_be_read(void)
{
	usize got = 0;
	enum status s = file_load(span_text("/services/table"), MSPAN_OF_ARRAY(big), &got);

	begin();
	CHECK(s == STATUS_OK && span_find_text(span_first(SPAN_OF_ARRAY(big), got), span_text("imgfs")) < got, s);
	s = file_load(span_text("/services/imgfs/status"), MSPAN_OF_ARRAY(big), &got);
	CHECK(s == STATUS_OK && span_find_text(span_first(SPAN_OF_ARRAY(big), got), span_text("running")) < got, s);
	s = file_load(span_text("/proc/1/status"), MSPAN_OF_ARRAY(big), &got);
	CHECK(s == STATUS_OK || s == STATUS_NOT_FOUND, s);
	s = file_load(span_text("/log/log"), MSPAN_OF_ARRAY(big), &got);
	CHECK((s == STATUS_OK || s == STATUS_TOO_LONG) && got > 100, s);
	end(span_text("descriptions_can_be_read"));
}

static u64 fault(void)
{
	u8 bytes[4] = {};
	u64 random = rt_now_ns() | 0x100;

	/* The compiler's check traps: index 0x100 and above is outside of four bytes. */
	return bytes[random];
}

u64 program_main(const struct rt_args *args)
{
	TEXT_BUFFER(line, 64);

	if (args->count > 0 && span_equal(rt_arg(0), span_text("exit")))
		return 7;
	if (args->count > 0 && span_equal(rt_arg(0), span_text("opened")))
		return opened();
	if (args->count > 0 && span_equal(rt_arg(0), span_text("fault")))
		return fault();
	files_are_written_and_read();
	big_files_keep_their_bytes();
	directories_are_made_and_listed();
	descriptions_can_be_read();
	open_files_survive_a_restart_of_their_server();
	what_a_server_keeps_is_there();
	what_was_opened_is_open_though_its_server_ends_then();
	programs_are_started();
	a_fault_ends_the_process_and_leaves_a_record();
	the_loader_comes_back();
	text_add_u64(&line, results.passed);
	text_add(&line, " passed, ");
	text_add_u64(&line, results.failed);
	text_add(&line, " failed\n");
	say(text_span(&line));
	return results.failed != 0;
}
