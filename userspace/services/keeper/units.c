/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of units, from the manifests of the system image.
 */
#include "userspace/services/keeper/unit.h"
#include "lib/base/text.h"
#include "lib/image/image.h"
#include "lib/keep/keep.h"
#include "userspace/services/keeper/hold.h"
#include "userspace/services/keeper/replace.h"

static struct unit units[UNITS_MAX];
static u32 unit_count;
static u32 manifest_count; /* at least as many; as many units as UNITS_MAX at most */
static pages_t image_pages;
KEEP_RECORD(struct unit, 624);
static struct keep_part kept;
static struct unit committed[UNITS_MAX]; /* as they are kept */
static struct manifest_record current;

u32 units_count(void) { return unit_count; }
struct unit *unit_at(u32 index) { return ELEM(units, index); }
pages_t units_image(void) { return image_pages; }

u32 unit_index(const struct unit *unit)
{
	u32 index = 0;

	while (index < unit_count && ELEM(units, index) != unit)
		index++;
	return index;
}

u32 units_with_line(void)
{
	u32 count = 0;

	for (u32 i = 0; i < unit_count; i++)
		count += ELEM(units, i)->message_line != 0;
	return count;
}

u32 units_with_domain(void)
{
	u32 count = 0;

	for (u32 i = 0; i < unit_count; i++)
		count += ELEM(units, i)->domain != 0;
	return count;
}

struct span unit_name(const struct unit *unit)
{
	return manifest_text(unit->name);
}

struct unit *unit_named(struct span name)
{
	for (u32 i = 0; i < unit_count; i++) {
		if (span_equal(unit_name(ELEM(units, i)), name))
			return ELEM(units, i);
	}
	return nullptr;
}

const char *unit_state_name(enum unit_state state)
{
	switch (state) {
	case UNIT_WAITING: return "waiting";
	case UNIT_RUNNING: return "running";
	case UNIT_BACKOFF: return "backoff";
	case UNIT_STOPPED: return "stopped";
	case UNIT_FINISHED: return "finished";
	case UNIT_ABSENT: return "absent";
	case UNIT_FAILED: return "failed";
	case UNIT_GIVEN_UP: return "given-up";
	case UNIT_STATE_COUNT: break;
	}
	return "?";
}

void unit_log(const struct unit *unit, struct span text)
{
	TEXT_BUFFER(line, 240);

	text_add_span(&line, unit_name(unit));
	text_add(&line, ": ");
	text_add_span(&line, text);
	rt_log(text_span(&line));
}

void unit_set_problem(struct unit *unit, struct span what, struct span why)
{
	TEXT_BUFFER(line, UNIT_PROBLEM_BYTES - 1);

	text_add_span(&line, what);
	text_add_span(&line, why);
	mspan_set_text(MSPAN_OF_ARRAY(unit->problem), text_span(&line));
	TEXT_BUFFER(shown, 240);

	/* The log service shows lines with this word on the console. */
	text_add(&shown, "problem: ");
	text_add_span(&shown, unit_name(unit));
	text_add(&shown, ": ");
	text_add_span(&shown, text_span(&line));
	rt_log(text_span(&shown));
}

/* Who would call it, and was bound to it already, is told so: nobody will ever receive there. */
void unit_set_absent(struct unit *unit, struct span why)
{
	unit->state = UNIT_ABSENT;
	mspan_set_text(MSPAN_OF_ARRAY(unit->problem), why);
	unit_log(unit, why);
	hold_end(unit, HELD_ENDPOINT);
}

/* Reads the manifest of an entry into `current`; says on the log what is wrong. */
static bool read_manifest(const struct image_entry *entry)
{
	struct span image = rt_pages_span(image_pages);
	enum manifest_problem problem = MANIFEST_OK;
	bool intact = image_content_intact(image, entry);

	if (intact)
		problem = manifest_read(image_content(image, entry), &current);
	if (intact && problem == MANIFEST_OK)
		return true;
	TEXT_BUFFER(line, 200);

	text_add(&line, "problem: ");
	text_add_span(&line, image_entry_name(entry));
	text_add(&line, " ");
	if (intact)
		text_add_cstr(&line, manifest_problem_text(problem));
	else
		text_add(&line, "is damaged: its checksum is wrong");
	text_add(&line, "; the service is left out");
	rt_log(text_span(&line));
	return false;
}

static void add_unit(u32 entry)
{
	if (unit_count == UNITS_MAX || unit_named(manifest_text(current.name)) != nullptr) {
		rt_log(span_text("too many services, or two of one name; one is left out"));
		return;
	}
	struct unit *unit = ELEM(units, unit_count);

	*unit = (struct unit){
		.entry = entry, .restart = (enum manifest_restart)current.restart, .backoff_ms = current.backoff_ms,
		.backoff_max_ms = current.backoff_max_ms, .heartbeat_ms = current.heartbeat_ms, .give_up_after = current.give_up_after,
		.without = (enum manifest_without)current.without, .state = UNIT_WAITING,
	};
	mspan_set_text(MSPAN_OF_ARRAY(unit->name), manifest_text(current.name));
	mspan_set_text(MSPAN_OF_ARRAY(unit->program), manifest_text(current.program));
	mspan_set_text(MSPAN_OF_ARRAY(unit->description), manifest_text(current.description));
	mspan_set_text(MSPAN_OF_ARRAY(unit->provides), manifest_text(current.provides));
	unit_count++;
}

void units_open(pages_t image)
{
	struct image_entry entry;

	image_pages = image;
	for (u32 i = 0; image_entry_at(rt_pages_span(image), i, &entry) && manifest_count < UNITS_MAX; i++)
		manifest_count += entry.kind == IMAGE_MANIFEST;
}

static void read_all(void)
{
	struct image_entry entry;

	for (u32 i = 0; image_entry_at(rt_pages_span(image_pages), i, &entry); i++) {
		if (entry.kind == IMAGE_MANIFEST && read_manifest(&entry))
			add_unit(i);
	}
}

struct unit *unit_of_badge(u64 badge)
{
	u64 index = badge & ~UNIT_BADGE;

	return (badge & UNIT_BADGE) == 0 || index >= unit_count ? nullptr : ELEM(units, index);
}

/* WHY its sum is not looked at again: it was right when the unit was made of it, and nobody can write to the image. */
const struct manifest_record *unit_manifest(const struct unit *unit)
{
	struct image_entry entry;

	if (!image_entry_at(rt_pages_span(image_pages), unit->entry, &entry) ||
	    manifest_read(image_content(rt_pages_span(image_pages), &entry), &current) != MANIFEST_OK)
		return nullptr;
	return &current;
}

/* ---- what is kept ---- */

u64 units_keep_bytes(void) { return manifest_count * sizeof(struct unit); }

/* WHY the manifests are not read where the table is kept: it was made of them, and services wait for the keeper. */
void units_keep(void)
{
	struct mspan all = mspan_first(MSPAN_OF_ARRAY(units), units_keep_bytes());

	if (!keep_is_restoring())
		read_all();
	keep_add(&kept, all, sizeof(struct unit));
	span_copy(MSPAN_OF_ARRAY(committed), span_of(all));
	while (unit_count < manifest_count && ELEM(units, unit_count)->name[0] != 0)
		unit_count++;
}

static void change(u32 index)
{
	struct span now = SPAN_OF_STRUCT(*ELEM(units, index));

	if (span_equal(now, SPAN_OF_STRUCT(*ELEM(committed, index))))
		return;
	if (!keep_room(4, sizeof(struct unit)))
		keep_commit();
	keep_changed(&kept, index, now);
	span_copy(MSPAN_OF_STRUCT(*ELEM(committed, index)), now);
}

/* WHY commits in between: at the start all have changed, and that may be more than a transaction holds. Each is whole. */
void units_changed(void)
{
	for (u32 i = 0; i < unit_count; i++)
		change(i);
}

void unit_commit(const struct unit *unit)
{
	change(unit_index(unit));
	replace_changed();
	keep_commit();
	replace_committed();
}
