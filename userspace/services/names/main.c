/* SPDX-License-Identifier: Apache-2.0
 *
 * names: the registry of services that were posted at run time, at /svc. Opening /svc/NAME gives
 * the posted endpoint itself.
 */
#include "lib/service/names.h"
#include "lib/service/service.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum : u32 { ENTRIES_MAX = 64, POST_RIGHTS = RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | ENDPOINT_RIGHT_SEND };

struct entry {
	char name[PATH_NAME_MAX + 1]; /* empty: free */
	handle_t endpoint;
};

static struct entry entries[ENTRIES_MAX];

static struct span entry_name(const struct entry *entry)
{
	return span_until_zero(SPAN_OF_ARRAY(entry->name));
}

/* The entry of that name; with an empty name a free one. */
static struct entry *find(struct span name)
{
	for (u32 i = 0; i < ENTRIES_MAX; i++) {
		if (span_equal(entry_name(ELEM(entries, i)), name))
			return ELEM(entries, i);
	}
	return nullptr;
}

static enum status names_open(struct service_call *call, const struct service_file *from, struct span path,
	struct service_file *file)
{
	(void)from;
	if (span_len(path) == 0) {
		file->qid_type = QID_DIRECTORY;
		return STATUS_OK;
	}
	struct entry *entry = find(path_next(&path));

	if (entry == nullptr)
		return STATUS_NOT_FOUND;
	/* The rest of the path is the service's: the client asks it with the capability it gets. */
	if (span_len(path) > 0)
		return STATUS_NOT_DIRECTORY;
	file->qid_type = QID_DIRECTORY;
	service_answer_cap(call, entry->endpoint, POST_RIGHTS, false);
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
	struct entry *entry = span_len(path) == 0 ? nullptr : find(path);

	(void)call;
	(void)from;
	if (entry == nullptr)
		return STATUS_NOT_FOUND;
	sys_cap_drop(entry->endpoint);
	*entry = (struct entry){};
	return STATUS_OK;
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
	struct entry *entry = find(name);

	if (entry == nullptr)
		entry = find(span_empty());
	if (entry == nullptr)
		return STATUS_NO_SPACE;
	if (!handle_is_none(entry->endpoint))
		sys_cap_drop(entry->endpoint);
	entry->endpoint = service_take_cap(call, 0);
	mspan_set_text(MSPAN_OF_ARRAY(entry->name), name);
	return STATUS_OK;
}

static enum status names_other(struct service_call *call)
{
	return call->op == NAMES_POST ? post(call) : STATUS_UNKNOWN_CALL;
}

static const struct service_ops ops = {
	.open = names_open, .entry = names_entry, .remove = names_remove, .other = names_other,
};

u64 program_main(const struct rt_args *args)
{
	(void)args;
	service_run(&ops);
}
