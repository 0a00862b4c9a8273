/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of open files and their badges.
 * INV: SERVICE-BADGE  a badge names at most one open file, ever: closing a file changes the generation
 *                     of its record, and the next instance has another number, whatever it knows of this one's.
 */
#include "lib/keep/keep.h"
#include "lib/service/state.h"

/* WHY not 0: a badge of 0 is the root. */
enum : u32 { GENERATION_FIRST = 1, GENERATION_MAX = 0xffff };

static struct service_file files[SERVICE_FILES_MAX];
static struct service_file root = {
	.qid_type = QID_DIRECTORY, .flags = OPEN_READ, .index = U32_MAX, .used = true,
};
static u32 search_from;
KEEP_RECORD(struct service_file, 64);
static struct keep_part kept_files;

static u32 instance(void)
{
	u32 given = rt_instance();

	return given == 0 ? 1 : given;
}

u64 files_badge(const struct service_file *file)
{
	return (u64)file->instance << 32 | (u64)file->generation << 16 | file->index;
}

struct service_file *files_find(u64 badge)
{
	u32 index = (u32)(badge & 0xffff);

	if (badge == 0)
		return &root;
	if (index >= SERVICE_FILES_MAX)
		return nullptr;
	struct service_file *file = ELEM(files, index);

	return file->used && files_badge(file) == badge ? file : nullptr;
}

struct service_file *files_take(u32 flags)
{
	for (u32 i = 0; i < SERVICE_FILES_MAX; i++) {
		u32 index = (search_from + i) % SERVICE_FILES_MAX;
		struct service_file *file = ELEM(files, index);

		if (file->used)
			continue;
		u32 generation = file->generation == GENERATION_MAX ? GENERATION_FIRST : file->generation + 1;

		search_from = index + 1;
		*file = (struct service_file){
			.flags = flags, .index = index, .generation = generation, .instance = instance(), .used = true,
		};
		return file;
	}
	return nullptr;
}

struct service_file *service_file_new(u32 flags) { return files_take(flags); }

struct service_file *service_file_of(const struct service_call *call)
{
	return call->badge == 0 ? nullptr : files_find(call->badge);
}

struct service_file *files_at(u32 index) { return ELEM(files, index); }

void files_release(struct service_file *file)
{
	file->used = false;
	service_file_changed(file);
}

void files_rebadge(struct service_file *file)
{
	file->instance = instance();
	service_file_changed(file);
}

void service_file_changed(const struct service_file *file)
{
	if (file->index < SERVICE_FILES_MAX)
		keep_changed(&kept_files, file->index, SPAN_OF_STRUCT(*file));
}

u64 files_keep_bytes(void) { return sizeof(files); }

/* WHY indices anew: a file's is where it lies, and who goes from one to the next by what it says must come to an end, whatever
 * an instance kept that had gone wrong. */
void files_keep(void)
{
	keep_add(&kept_files, MSPAN_OF_ARRAY(files), sizeof(struct service_file));
	for (u32 i = 0; i < SERVICE_FILES_MAX; i++)
		ELEM(files, i)->index = i;
}

struct service_file *service_file_from(u32 index)
{
	for (; index < SERVICE_FILES_MAX; index++) {
		if (files[index].used)
			return ELEM(files, index);
	}
	return nullptr;
}
