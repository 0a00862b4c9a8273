/* SPDX-License-Identifier: Apache-2.0
 *
 * Notes. See note.h. A temporary file without a name, which both processes have open.
 */
#include "tests/sim/note.h"

#include <stdio.h>
#include <unistd.h>

static int note = -1; /* its descriptor */

void sim_note_new(void)
{
	FILE *file = tmpfile();

	INVARIANT(file != nullptr, "TEST: no temporary file can be made");
	if (note != -1)
		(void)close(note);
	note = dup(fileno(file));
	(void)fclose(file);
}

static void put(FILE *file, u64 value)
{
	for (u32 i = 0; i < 8; i++)
		(void)fputc((int)(value >> (8 * i) & 0xff), file);
}

static u64 get(FILE *file)
{
	u64 value = 0;

	for (u32 i = 0; i < 8; i++) {
		int byte = fgetc(file);

		value |= (byte == EOF ? 0 : (u64)byte) << (8 * i);
	}
	return value;
}

void sim_note_write(const struct sim_note *contents)
{
	FILE *file = fdopen(dup(note), "w");

	INVARIANT(file != nullptr, "TEST: the note cannot be written");
	rewind(file);
	put(file, contents->burst);
	put(file, contents->bursts);
	put(file, contents->switches);
	put(file, contents->sites);
	for (u64 i = 0; i < contents->sites; i++) {
		put(file, ELEM(contents->site, i)->caller);
		put(file, ELEM(contents->site, i)->failed);
		(void)fwrite(ELEM(contents->site, i)->name, 1, SITE_NAME_BYTES, file);
	}
	(void)fclose(file);
}

struct sim_note sim_note_read(void)
{
	FILE *file = fdopen(dup(note), "r");

	INVARIANT(file != nullptr, "TEST: the note cannot be read");
	rewind(file);
	struct sim_note contents = { .burst = get(file), .bursts = get(file), .switches = get(file), .sites = get(file) };

	for (u64 i = 0; i < contents.sites; i++) {
		*ELEM(contents.site, i) = (struct sim_site){ .caller = get(file), .failed = get(file) };
		(void)!fread(ELEM(contents.site, i)->name, 1, SITE_NAME_BYTES, file);
	}
	(void)fclose(file);
	return contents;
}
