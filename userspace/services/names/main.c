/* SPDX-License-Identifier: Apache-2.0
 *
 * names: the registry of services that were posted at run time, at /svc. Opening /svc/NAME gives
 * the posted endpoint itself. What is posted is kept: the names in the state, the capabilities in the vault.
 */
#include "lib/base/text.h"
#include "lib/keep/keep.h"
#include "lib/service/names.h"
#include "lib/service/service.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { STATE_VERSION = 1, ENTRIES_MAX = 64 };
enum : u32 { POST_RIGHTS = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | ENDPOINT_RIGHT_SEND };

struct entry {
	char name[PATH_NAME_MAX + 1]; /* empty: free */
};
KEEP_RECORD(struct entry, 64);

static struct entry entries[ENTRIES_MAX];
static struct keep_part kept_entries;
static handle_t endpoints[ENTRIES_MAX]; /* of this instance, for what the vault has as /post/INDEX */

static void entry_changed(u32 index)
{
	keep_changed(&kept_entries, index, SPAN_OF_STRUCT(*ELEM(entries, index)));
}

static void post_name(u32 index, struct text *name)
{
	text_add(name, "/post/");
	text_add_u64(name, index);
}

static struct span entry_name(const struct entry *entry)
{
	return span_until_zero(SPAN_OF_ARRAY(entry->name));
}

/* The entry of that name, or ENTRIES_MAX; with an empty name a free one. */
static u32 find(struct span name)
{
	u32 index = 0;

	while (index < ENTRIES_MAX && !span_equal(entry_name(ELEM(entries, index)), name))
		index++;
	return index;
}

static enum status names_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)from;
	if (span_len(path) == 0) {
		file->qid_type = QID_DIRECTORY;
		return STATUS_OK;
	}
	u32 index = find(path_next(&path));

	if (index == ENTRIES_MAX)
		return STATUS_NOT_FOUND;
	/* The rest of the path is the service's: the client asks it with the capability it gets. */
	if (span_len(path) > 0)
		return STATUS_NOT_DIRECTORY;
	file->qid_type = QID_DIRECTORY;
	service_answer_cap(call, endpoints[index], POST_RIGHTS, false);
	return STATUS_OK;
}

static enum status names_entry(const struct service_file *directory, u64 index, struct dir_entry *out)
{
	(void)directory;
	for (u32 i = 0; i < ENTRIES_MAX; i++) {
		if (entries[i].name[0] == 0)
			continue;
		if (index == 0) {
			service_set_entry(out, entry_name(ELEM(entries, i)), QID_DIRECTORY, i + 1, 0);
			return STATUS_OK;
		}
		index--;
	}
	return STATUS_NOT_FOUND;
}

static enum status names_remove(struct service_call *call, const struct service_file *from, struct span path)
{
	u32 index = span_len(path) == 0 ? ENTRIES_MAX : find(path);

	(void)call;
	(void)from;
	if (index == ENTRIES_MAX)
		return STATUS_NOT_FOUND;
	sys_cap_drop(endpoints[index]);
	endpoints[index] = handle_none();
	entries[index] = (struct entry){};
	entry_changed(index);
	return STATUS_OK;
}

/* WHY before the name is committed: a capability without a name is found by nobody, and replaced. */
static enum status keep_endpoint(u32 index, handle_t endpoint)
{
	TEXT_BUFFER(name, 32);

	if (handle_is_none(service_vault()))
		return STATUS_OK;
	post_name(index, &name);
	return sys_ns_bind(service_vault(), text_span(&name), endpoint, NS_ORDER_REPLACE);
}

/* Posting a name again replaces the endpoint: a service that was restarted by someone else than
 * the keeper does that. */
static enum status post(struct service_call *call)
{
	u8 bytes[PATH_NAME_MAX + 1];
	u64 got = 0;
	struct cap_info info;

	call->count = sizeof(bytes);
	enum status status = service_take(call, 0, MSPAN_OF_ARRAY(bytes), &got);

	if (status != STATUS_OK)
		return status;
	struct span name = span_first(SPAN_OF_ARRAY(bytes), got);

	if (got == 0 || got > PATH_NAME_MAX || span_find(name, 0, '/') != got || span_find(name, 0, 0) != got)
		return STATUS_INVALID;
	if (call->cap_count != 1 || sys_cap_inspect(call->cap[0], &info) != STATUS_OK || info.type != OBJECT_ENDPOINT)
		return STATUS_WRONG_TYPE;
	u32 index = find(name);

	if (index == ENTRIES_MAX)
		index = find(span_empty());
	if (index == ENTRIES_MAX)
		return STATUS_NO_SPACE;
	status = keep_endpoint(index, call->cap[0]);
	if (status != STATUS_OK)
		return status;
	if (!handle_is_none(endpoints[index]))
		sys_cap_drop(endpoints[index]);
	endpoints[index] = service_take_cap(call, 0);
	mspan_set_text(MSPAN_OF_ARRAY(entries[index].name), name);
	entry_changed(index);
	return STATUS_OK;
}

static enum status names_other(struct service_call *call)
{
	return call->op == NAMES_POST ? post(call) : STATUS_UNKNOWN_CALL;
}

static void names_keep(void) { keep_add(&kept_entries, MSPAN_OF_ARRAY(entries), sizeof(struct entry)); }

static void names_kept(void)
{
	for (u32 i = 0; i < ENTRIES_MAX; i++) {
		u64 found = 0;
		TEXT_BUFFER(name, 32);

		if (entries[i].name[0] == 0)
			continue;
		post_name(i, &name);
		if (sys_ns_lookup(service_vault(), text_span(&name), 0, &found) == STATUS_OK) {
			endpoints[i] = (handle_t){ (u32)found };
			continue;
		}
		entries[i] = (struct entry){};
		entry_changed(i);
		keep_commit();
	}
}

static const struct service_ops ops = {
	.open = names_open, .entry = names_entry, .remove = names_remove, .other = names_other,
	.keeps = STATE_VERSION, .keeps_bytes = sizeof(entries), .keep = names_keep, .kept = names_kept,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	service_run(&ops);
}
