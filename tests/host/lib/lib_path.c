/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of lib/path.
 */
#include "lib/path/path.h"
#include "tests/host/lib/check.h"

static bool resolves(struct span cwd, struct span path, struct span expected)
{
	TEXT_BUFFER(t, PATH_BYTES_MAX);

	return path_resolve(cwd, path, &t) == STATUS_OK && span_equal(text_span(&t), expected);
}

static void paths_become_absolute_and_clean(void)
{
	struct span cwd = span_text("/tmp/a");

	CHECK(resolves(cwd, span_text("b"), span_text("/tmp/a/b")));
	CHECK(resolves(cwd, span_text("/b//c/"), span_text("/b/c")));
	CHECK(resolves(cwd, span_text("."), span_text("/tmp/a")));
	CHECK(resolves(cwd, span_text(".."), span_text("/tmp")));
	CHECK(resolves(cwd, span_text("../.."), span_text("/")));
	CHECK(resolves(cwd, span_text("../../../../x"), span_text("/x")));
	CHECK(resolves(cwd, span_text("/"), span_text("/")));
	CHECK(resolves(span_text("/"), span_text("x/../y/./z"), span_text("/y/z")));
	CHECK(resolves(cwd, span_text("..."), span_text("/tmp/a/...")));
}

static void bad_paths_are_refused(void)
{
	TEXT_BUFFER(t, 16);

	CHECK(path_resolve(span_text("/"), span_text(""), &t) == STATUS_INVALID);
	CHECK(path_resolve(span_text("/"), span_text("a\0b"), &t) == STATUS_INVALID);
	CHECK(path_resolve(span_text("/"), span_text("0123456789abcdef"), &t) == STATUS_TOO_LONG);
	CHECK(path_resolve(span_text("/"), span_text("/abc/def/ghi/jkl/../../.."), &t) == STATUS_OK);
	TEXT_BUFFER(big, PATH_BYTES_MAX);
	CHECK(path_resolve(span_text("/"), span_text("0123456789012345678901234567890123456789012345678901234567890123"),
		&big) == STATUS_TOO_LONG);
}

static void components_come_one_by_one(void)
{
	struct span path = span_text("//a//bc/d/");

	CHECK(span_equal(path_next(&path), span_text("a")));
	CHECK(span_equal(path_next(&path), span_text("bc")));
	CHECK(span_len(path) == 2);
	CHECK(span_equal(path_next(&path), span_text("d")));
	CHECK(span_len(path) == 0 && span_len(path_next(&path)) == 0);
}

static void names_and_parents(void)
{
	CHECK(span_equal(path_name(span_text("/a/b")), span_text("b")));
	CHECK(span_equal(path_name(span_text("b")), span_text("b")));
	CHECK(span_equal(path_name(span_text("/a/b//")), span_text("b//")) == false);
	CHECK(span_equal(path_parent(span_text("/a/b")), span_text("/a")));
	CHECK(span_equal(path_parent(span_text("/a")), span_text("/")));
	CHECK(span_equal(path_parent(span_text("/")), span_text("/")));
	CHECK(path_is_below(span_text("/a/b"), span_text("/a")));
	CHECK(path_is_below(span_text("/a"), span_text("/a")));
	CHECK(!path_is_below(span_text("/ab"), span_text("/a")));
	CHECK(path_is_below(span_text("/ab"), span_text("/")));
}

int main(void)
{
	static const struct test tests[] = {
		{ "paths_become_absolute_and_clean", paths_become_absolute_and_clean },
		{ "bad_paths_are_refused", bad_paths_are_refused },
		{ "components_come_one_by_one", components_come_one_by_one },
		{ "names_and_parents", names_and_parents },
	};

	return check_run(tests, sizeof(tests) / sizeof(tests[0]));
}
