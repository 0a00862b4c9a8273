/* SPDX-License-Identifier: Apache-2.0
 *
 * The host test of conversations with the server of a shared folder: an honest server, one that is reset, and ones that answer
 * anything.
 */
#include "lib/9p2000/task.h"
#include "lib/9p2000/tests/server.h"
#include "lib/elf/tests/report.h"

enum : u32 { OWN_FID = 3, FILE_FID = 4, TAG = 7, ASKS_MAX = 40 };

static struct server server;
static struct p9_task task;
static u8 request[P9_MESSAGE_BYTES + 64], answer[P9_MESSAGE_BYTES + 64];
static u32 answer_bytes, commits;
static u32 stop_after;   /* the instance ends after so many requests, whose answers it has not heard; 0: it does not */

static void set(enum p9_work work, struct span path, u32 flags)
{
	task = (struct p9_task){ .work = work, .flags = flags, .own_fid = OWN_FID, .path_bytes = (u32)span_len(path) };
	span_copy(MSPAN_OF_ARRAY(task.path), path);
}

static void ask_server(void)
{
	u32 room = 0;
	bool data = false;
	u32 bytes = p9_task_ask(&task, TAG, MSPAN_OF_ARRAY(request), &room, &data);

	if (data)
		mspan_fill(mspan_part(MSPAN_OF_ARRAY(request), P9_WRITE_AT, task.count), 'w');
	answer_bytes = server_answer(&server, span_part(SPAN_OF_ARRAY(request), 0, bytes), MSPAN_OF_ARRAY(answer));
	INVARIANT(answer_bytes <= room, "an answer has room");
}

static enum p9_then hear(void)
{
	u32 head = task.asked.type == P9_READ ? (u32)min_u64(answer_bytes, P9_READ_AT) : answer_bytes;

	return p9_task_heard(&task, span_part(SPAN_OF_ARRAY(answer), 0, head), answer_bytes);
}

/* Until it is done; false if the instance ended before. */
static bool go(void)
{
	enum p9_then then = P9_ASK;

	p9_task_begin(&task);
	for (u32 asks = 1; then == P9_ASK || then == P9_COMMIT || then == P9_OPENED; asks++) {
		INVARIANT(asks < ASKS_MAX, "a conversation ends");
		if (then == P9_OPENED) {
			task.fid = task.own_fid;
			task.own_fid = task.own_fid + 4;
			p9_task_begin(&task);
		}
		commits += then == P9_COMMIT;
		ask_server();
		if (asks == stop_after)
			return false;
		then = hear();
	}
	return then == P9_DONE;
}

static enum status do_it(enum p9_work work, struct span path, u32 flags)
{
	set(work, path, flags);
	return go() ? task.status : STATUS_BAD_FORMAT;
}

static void session(void)
{
	stop_after = commits = 0;
	server_begin(&server);
	INVARIANT(do_it(P9_DO_BEGIN, span_empty(), 0) == STATUS_OK, "a session begins");
}

/* The task is one of the file that was opened as `fid'. */
static void set_file(enum p9_work work, struct span path, u32 fid, u64 node, u64 offset, u32 count)
{
	set(work, path, OPEN_READ | OPEN_WRITE);
	task.fid = fid;
	task.own_fid = OWN_FID + 1 + (fid == OWN_FID + 1);
	task.node = node;
	task.offset = offset;
	task.count = count;
}

static void files_are_made_written_and_read(struct report *r)
{
	session();
	bool good = do_it(P9_DO_CREATE, span_text("file"), OPEN_READ | OPEN_WRITE) == STATUS_OK && commits == 1 && task.own_held;
	u64 node = task.node;

	report_case(r, span_text("a file is made, after that is kept"),
		    good && server_find(&server, 0, span_text("file")) != SERVER_NODES);
	set_file(P9_DO_WRITE, span_text("file"), OWN_FID, node, 2, 5);
	good = go() && task.status == STATUS_OK && task.count == 5;
	set_file(P9_DO_READ, span_text("file"), OWN_FID, node, 1, 50);
	good = good && go() && task.count == 6 && answer[P9_READ_AT] == 0 && answer[P9_READ_AT + 1] == 'w';
	report_case(r, span_text("it is written and read"), good);
	set_file(P9_DO_STAT, span_text("file"), OWN_FID, node, 0, 0);
	good = go() && task.about.bytes == 7 && task.about.qid.path == node && task.about.modified_ns == 7000000005;
	report_case(r, span_text("and described"), good);
	set_file(P9_DO_RESIZE, span_text("file"), OWN_FID, node, 3, 0);
	report_case(r, span_text("and cut"), go() && server.node[server_find(&server, 0, span_text("file"))].bytes == 3);
	commits = 0;
	set_file(P9_DO_APPEND, span_text("file"), OWN_FID, node, 0, 4);
	report_case(r, span_text("what is appended has its place kept before"), go() && task.offset == 3 && commits == 1);
	report_case(r, span_text("nothing strange was asked"), server.strange == 0);
}

static void paths_and_kinds_are_checked(struct report *r)
{
	session();
	u32 folder = server_add(&server, 0, span_text("folder"), true), link = server_add(&server, 0, span_text("link"), false);

	server.node[link].link = true;
	(void)server_add(&server, folder, span_text("inside"), false);
	report_case(r, span_text("what is not there"), do_it(P9_DO_OPEN, span_text("no"), OPEN_READ) == STATUS_NOT_FOUND);
	report_case(r, span_text("nor below"),
		    do_it(P9_DO_OPEN, span_text("folder/no/x"), OPEN_READ) == STATUS_NOT_FOUND && !task.own_held);
	report_case(r, span_text("a path is walked"), do_it(P9_DO_OPEN, span_text("folder/inside"), OPEN_READ) == STATUS_OK);
	report_case(r, span_text("also none"), do_it(P9_DO_OPEN, span_empty(), OPEN_READ) == STATUS_OK && task.about.qid.directory);
	report_case(r, span_text("folders are not written"),
		    do_it(P9_DO_OPEN, span_text("folder"), OPEN_WRITE) == STATUS_IS_DIRECTORY && task.own_held);
	report_case(r, span_text("files are none"),
		    do_it(P9_DO_OPEN, span_text("folder/inside"), OPEN_READ | OPEN_DIRECTORY) == STATUS_NOT_DIRECTORY);
	report_case(r, span_text("links are not followed"), do_it(P9_DO_OPEN, span_text("link"), OPEN_READ) == STATUS_NOT_SUPPORTED);
	report_case(r, span_text("what is there is not made"), do_it(P9_DO_CREATE, span_text("folder"), OPEN_WRITE) == STATUS_EXISTS);
	report_case(r, span_text("nor in what is not there"), do_it(P9_DO_CREATE, span_text("no/x"), OPEN_WRITE) == STATUS_NOT_FOUND);
	report_case(r, span_text("a folder is made"),
		    do_it(P9_DO_CREATE, span_text("folder/new"), OPEN_READ | OPEN_DIRECTORY) == STATUS_OK && task.about.qid.directory);
	report_case(r, span_text("and not removed while something is in it"),
		    do_it(P9_DO_REMOVE, span_text("folder"), 0) == STATUS_BUSY && !task.own_held);
	report_case(r, span_text("what is removed is gone"), do_it(P9_DO_REMOVE, span_text("folder/new"), 0) == STATUS_OK &&
		    server_find(&server, folder, span_text("new")) == SERVER_NODES);
	report_case(r, span_text("paths have sixteen components"), p9_path_fits(span_text("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p")) &&
		    !p9_path_fits(span_text("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q")));
	report_case(r, span_text("nothing strange was asked"), server.strange == 0);
}

static void folders_are_listed(struct report *r)
{
	u64 index = 0, cookie = 0;
	bool good = true;

	session();
	server_add(&server, 0, span_text("one"), false);
	server_add(&server, 0, span_text("two"), true);
	server.node[1].bytes = 9;
	INVARIANT(do_it(P9_DO_OPEN, span_empty(), OPEN_READ) == STATUS_OK, "the root opens");
	u64 node = task.node;

	for (u32 i = 0; i < 3; i++) {
		set_file(P9_DO_LIST, span_empty(), OWN_FID, node, 0, 0);
		task.index = i;
		/* The second time from what is remembered, the third from the beginning. */
		task.next_index = i == 1 ? index : 0;
		task.next_cookie = i == 1 ? cookie : 0;
		good = good && go() && task.found == (i < 2) && (i != 0 || task.entry.bytes == 9) &&
		       (i != 1 || task.entry.qid_type == QID_DIRECTORY);
		index = task.next_index;
		cookie = task.next_cookie;
		server.fid[task.own_fid] = 0;
	}
	report_case(r, span_text("names come one by one, with lengths"), good && server.strange == 0);
}

/* The server forgets who was there: the next instance goes on with what was kept. */
static bool resume(void)
{
	struct p9_task kept = task;

	server_reset(&server);
	stop_after = 0;
	set(P9_DO_BEGIN, span_empty(), 0);
	INVARIANT(go(), "a session begins anew");
	task = kept;
	task.fid = 0;
	task.own_fid = OWN_FID;
	task.resumed = true;
	return go();
}

static void a_file_that_was_open_is_found_again(struct report *r)
{
	session();
	INVARIANT(do_it(P9_DO_CREATE, span_text("file"), OPEN_READ | OPEN_WRITE) == STATUS_OK, "it is made");
	u64 node = task.node;

	server_reset(&server);
	INVARIANT(do_it(P9_DO_BEGIN, span_empty(), 0) == STATUS_OK, "a session begins anew");
	set_file(P9_DO_WRITE, span_text("file"), 0, node, 0, 5);
	report_case(r, span_text("by its path"), go() && task.count == 5);
	set_file(P9_DO_WRITE, span_text("file"), 0, node + 1, 0, 5);
	report_case(r, span_text("another one there is not taken for it"), go() && task.status == STATUS_STALE);
	server_remove(&server, server_find(&server, 0, span_text("file")));
	set_file(P9_DO_WRITE, span_text("file"), 0, node, 0, 5);
	report_case(r, span_text("nor is none"), go() && task.status == STATUS_STALE);
	report_case(r, span_text("nothing strange was asked"), server.strange == 0);
}

/* Whatever the request during which an instance ends, it is done once. */
static void what_was_begun_is_done_once(struct report *r)
{
	bool made = true, folder = true, removed = true, appended = true;

	for (u32 after = 2; after <= 6; after++) {
		session();
		stop_after = after;
		made = made && (do_it(P9_DO_CREATE, span_text("file"), OPEN_READ | OPEN_WRITE) == STATUS_OK ||
				(resume() && task.status == STATUS_OK));
		session();
		stop_after = after;
		folder = folder && (do_it(P9_DO_CREATE, span_text("d"), OPEN_READ | OPEN_DIRECTORY) == STATUS_OK ||
				    (resume() && task.status == STATUS_OK && task.about.qid.directory));
		session();
		server_add(&server, 0, span_text("file"), false);
		stop_after = after;
		removed = removed && (do_it(P9_DO_REMOVE, span_text("file"), 0) == STATUS_OK || (resume() && task.status == STATUS_OK)) &&
			  server_find(&server, 0, span_text("file")) == SERVER_NODES;
		session();
		server.node[server_add(&server, 0, span_text("file"), false)].bytes = 2;
		INVARIANT(do_it(P9_DO_OPEN, span_text("file"), OPEN_WRITE) == STATUS_OK, "it opens");
		set_file(P9_DO_APPEND, span_text("file"), OWN_FID, task.node, 0, 5);
		stop_after = after;
		appended = appended && (go() || resume()) && task.count == 5 && server.node[1].bytes == 7;
	}
	report_case(r, span_text("a file is made once"), made);
	report_case(r, span_text("a folder too"), folder);
	report_case(r, span_text("removed once"), removed);
	report_case(r, span_text("appended once"), appended);
}

static void what_somebody_else_did_is_not_taken_for_it(struct report *r)
{
	session();
	stop_after = 2;
	(void)do_it(P9_DO_CREATE, span_text("file"), OPEN_WRITE);
	server_add(&server, 0, span_text("file"), true);
	report_case(r, span_text("a folder where a file was to be"), resume() && task.status == STATUS_EXISTS);
	session();
	server_add(&server, 0, span_text("file"), false);
	stop_after = 2;
	(void)do_it(P9_DO_REMOVE, span_text("file"), 0);
	server_add(&server, 0, span_text("file"), false);
	report_case(r, span_text("a new file where another was removed"), resume() && task.status == STATUS_OK &&
		    server_find(&server, 0, span_text("file")) != SERVER_NODES);
}

/* ---- servers that lie ---- */

static bool wrong_after(u64 at, u8 value)
{
	session();
	server_add(&server, 0, span_text("file"), false);
	set(P9_DO_OPEN, span_text("file"), OPEN_READ);
	p9_task_begin(&task);
	ask_server();
	mspan_put_u8(MSPAN_OF_ARRAY(answer), at, value);
	return hear() == P9_WRONG && task.status == STATUS_IO;
}

static void a_server_that_lies_is_not_believed(struct report *r)
{
	report_case(r, span_text("another length"), wrong_after(0, 9));
	report_case(r, span_text("another type"), wrong_after(4, P9_READ + 1));
	report_case(r, span_text("an error without a number"), wrong_after(4, P9_ERROR));
	report_case(r, span_text("another tag"), wrong_after(5, TAG + 1));
	report_case(r, span_text("more names than were asked for"), wrong_after(7, 2));
	report_case(r, span_text("a kind of file that there is not"), wrong_after(9, 0x40));
	session();
	set(P9_DO_BEGIN, span_empty(), 0);
	p9_task_begin(&task);
	ask_server();
	mspan_put_u8(MSPAN_OF_ARRAY(answer), answer_bytes - 1, 'u');
	report_case(r, span_text("another protocol"), hear() == P9_WRONG);
	session();
	server.node[server_add(&server, 0, span_text("file"), false)].bytes = 9;
	INVARIANT(do_it(P9_DO_OPEN, span_text("file"), OPEN_READ) == STATUS_OK, "it opens");
	set_file(P9_DO_READ, span_text("file"), OWN_FID, task.node, 0, 9);
	p9_task_begin(&task);
	ask_server();
	mspan_put_le32(MSPAN_OF_ARRAY(answer), P9_HEAD_BYTES, 8);
	report_case(r, span_text("fewer bytes than it sent"), hear() == P9_WRONG);
	set_file(P9_DO_READ, span_text("file"), OWN_FID, task.node, 0, 9);
	p9_task_begin(&task);
	ask_server();
	task.asked.count = 8;
	task.count = 8;
	report_case(r, span_text("more bytes than were asked for"), hear() == P9_WRONG && task.count == 8);
}

static void names_that_lead_elsewhere_are_refused(struct report *r)
{
	session();
	server_add(&server, 0, span_text("a/b"), false);
	INVARIANT(do_it(P9_DO_OPEN, span_empty(), OPEN_READ) == STATUS_OK, "the root opens");
	set_file(P9_DO_LIST, span_empty(), OWN_FID, task.node, 0, 0);
	report_case(r, span_text("a slash in a name"), !go() && task.status == STATUS_IO);
}

/* Bytes of its answers change; whatever is found out stays within bounds, and it comes to an end. */
static void a_server_that_answers_anything_does_no_harm(struct report *r)
{
	u64 state = 1;
	bool good = true;

	for (u32 round = 0; round < 20000; round++) {
		enum p9_then then = P9_ASK;
		enum p9_work work = (enum p9_work)(round % P9_WORKS);

		session();
		server_add(&server, server_add(&server, 0, span_text("d"), true), span_text("file"), false);
		set_file(work, round % 3 == 0 ? span_text("d") : span_text("d/file"), round % 2 == 0 ? 0 : 1, 102, 0, 30);
		task.resumed = round % 5 == 0;
		p9_task_begin(&task);
		for (u32 asks = 0; asks < ASKS_MAX && (then == P9_ASK || then == P9_COMMIT); asks++) {
			ask_server();
			for (u32 i = 0; i < 2; i++) {
				state = state * 6364136223846793005ull + 1442695040888963407ull;
				mspan_put_u8(MSPAN_OF_ARRAY(answer), (state >> 33) % answer_bytes, (u8)((state >> 56) % 140));
			}
			then = hear();
		}
		good = good && task.count <= 30 && task.entry.name[PATH_NAME_MAX] == 0 && (then != P9_WRONG || task.status == STATUS_IO);
	}
	report_case(r, span_text("anything may be answered"), good);
}

int main(void)
{
	struct report report = {};

	files_are_made_written_and_read(&report);
	paths_and_kinds_are_checked(&report);
	folders_are_listed(&report);
	a_file_that_was_open_is_found_again(&report);
	what_was_begun_is_done_once(&report);
	what_somebody_else_did_is_not_taken_for_it(&report);
	a_server_that_lies_is_not_believed(&report);
	names_that_lead_elsewhere_are_refused(&report);
	a_server_that_answers_anything_does_no_harm(&report);
	return report_end(&report);
}
