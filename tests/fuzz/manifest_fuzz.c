/* SPDX-License-Identifier: Apache-2.0
 *
 * libFuzzer target: damaged compiled manifests. What is accepted keeps the promises of lib/image/manifest.h.
 */
#include "lib/base/fuzz/fuzz.h"
#include "lib/image/manifest.h"

enum : usize { CHANGE_BYTES = 4 };

static struct manifest_record record, read;

static void make_manifest(void)
{
	record = (struct manifest_record){ .magic = MANIFEST_MAGIC, .version = MANIFEST_VERSION, .bytes = MANIFEST_BYTES,
		.weight = 100, .priority = 64, .stack_pages = 16, .restart = MANIFEST_RESTART_ALWAYS, .backoff_ms = 10,
		.backoff_max_ms = 1000, .needs_count = 1, .calls_count = 2, .grants_count = 1, .args_count = 1, .args_bytes = 2 };
	span_copy(MSPAN_OF_ARRAY(record.name), span_text("tmpfs"));
	span_copy(MSPAN_OF_ARRAY(record.program), span_text("bin/tmpfs"));
	span_copy(MSPAN_OF_ARRAY(record.description), span_text("files in memory"));
	span_copy(MSPAN_OF_ARRAY(record.provides), span_text("/tmp"));
	span_copy(MSPAN_OF_ARRAY(record.args), span_text("a"));
	span_copy(MSPAN_OF_ARRAY(record.needs[0].text), span_text("log"));
	span_copy(MSPAN_OF_ARRAY(record.calls[0].text), span_text("log"));
	span_copy(MSPAN_OF_ARRAY(record.calls[1].text), span_text("names"));
	span_copy(MSPAN_OF_ARRAY(record.grant[0].name), span_text("klog"));
	record.grant[0].kind = MANIFEST_GRANT_KLOG;
	record.grant[0].rights = 1;
}

static bool terminated(struct span field) { return span_find(field, 0, 0) < span_len(field); }

static void try_manifest(struct span content)
{
	enum manifest_problem problem = manifest_read(content, &read);

	INVARIANT(problem < MANIFEST_PROBLEM_COUNT && span_len(span_of_cstr(manifest_problem_text(problem))) != 0, "MANIFEST-TEXT");
	if (problem != MANIFEST_OK)
		return;
	INVARIANT(read.needs_count <= MANIFEST_NEEDS_MAX && read.calls_count <= MANIFEST_CALLS_MAX, "MANIFEST-COUNTS");
	INVARIANT(read.grants_count <= MANIFEST_GRANTS_MAX && read.args_bytes <= MANIFEST_ARGS_BYTES, "MANIFEST-COUNTS");
	INVARIANT(read.restart < MANIFEST_RESTART_COUNT && read.priority < 256 && read.stack_pages != 0, "MANIFEST-LIMITS");
	INVARIANT(span_len(manifest_text(read.name)) != 0 && terminated(SPAN_OF_ARRAY(read.name)), "MANIFEST-NAME");
	INVARIANT(terminated(SPAN_OF_ARRAY(read.program)) && terminated(SPAN_OF_ARRAY(read.provides)), "MANIFEST-TEXTS");
	for (u32 i = 0; i < read.grants_count; i++) {
		const struct manifest_grant *grant = ELEM(read.grant, i);
		u64 end;

		INVARIANT(grant->kind != MANIFEST_GRANT_NONE && grant->kind < MANIFEST_GRANT_KIND_COUNT, "MANIFEST-GRANT");
		INVARIANT(!ckd_add(&end, grant->base, grant->count), "MANIFEST-GRANT: wraps");
	}
}

void fuzz_one(struct span input)
{
	try_manifest(input);
	make_manifest();
	for (usize at = 0; span_has(input, at, CHANGE_BYTES); at += CHANGE_BYTES)
		mspan_put_le16(MSPAN_OF_STRUCT(record), span_le16(input, at) % (MANIFEST_BYTES - 1), span_le16(input, at + 2));
	try_manifest(SPAN_OF_STRUCT(record));
}

NORETURN void invariant_broken(const char *name)
{
	(void)name;
	__builtin_trap();
}
