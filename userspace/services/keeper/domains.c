/* SPDX-License-Identifier: Apache-2.0
 *
 * What devices may reach. See domains.h.
 */
#include "userspace/services/keeper/domains.h"
#include "userspace/services/keeper/hold.h"
#include "lib/iommu/domains.h"
#include "abi/structs.h"
#include "abi/stubs.h"

static struct held_pages table;

handle_t domains_table(void)
{
	return hold_pages(&table, HELD_DOMAINS, DOMAINS_BYTES) ? table.memory : handle_none();
}

/* WHY by its name: every architecture has another program for it. */
static struct unit *maker(void) { return unit_named(span_text("iommu")); }

bool domains_are_made(void)
{
	const struct unit *unit = maker();

	return unit != nullptr && unit->state != UNIT_ABSENT && unit->state != UNIT_FINISHED;
}

static struct domain_told told_of(const struct unit *unit)
{
	if (unit->domain == 0 || handle_is_none(domains_table()))
		return (struct domain_told){};
	return domains_told(rt_pages_mspan(table.pages), unit->domain - 1);
}

static void wake_maker(void)
{
	/* One that does not run yet looks when it begins. */
	if (!handle_is_none(maker()->signal))
		(void)sys_signal_raise(maker()->signal, 1ull << DOMAINS_ASKED_BIT);
}

static bool add_piece(struct domain *domain, handle_t memory)
{
	struct domain_piece *piece = ELEM(domain->piece, domain->pieces);
	struct cap_info info = {};

	if (sys_dma_address(memory, &piece->address) != STATUS_OK || sys_cap_inspect(memory, &info) != STATUS_OK)
		return false;
	piece->bytes = info.count << PAGE_SHIFT;
	domain->pieces++;
	return true;
}

static bool ask(struct unit *unit, u32 requester)
{
	struct domain domain = { .requester = requester };
	u32 index = unit->domain != 0 ? unit->domain - 1 : units_with_domain();

	static_assert(MANIFEST_DMA_PIECES_MAX <= DOMAIN_PIECES_MAX);
	if (index == DOMAINS_MAX || handle_is_none(domains_table()))
		return false;
	for (u32 i = 0; i < MANIFEST_DMA_PIECES_MAX && !handle_is_none(*ELEM(unit->dma, i)); i++)
		if (!add_piece(&domain, *ELEM(unit->dma, i)))
			return false;
	mspan_set_text(MSPAN_OF_ARRAY(domain.name), unit_name(unit));
	unit->domain = index + 1;
	unit_commit(unit); /* a number is never given twice, whenever the keeper ends */
	domains_ask(rt_pages_mspan(table.pages), index, &domain);
	wake_maker();
	return true;
}

static bool is_asked(const struct unit *unit)
{
	struct domain domain;

	return unit->domain != 0 && !handle_is_none(domains_table()) &&
		domains_asked(rt_pages_mspan(table.pages), unit->domain - 1, &domain);
}

enum found domains_look(struct unit *unit, u32 requester, struct text *why)
{
	bool there = is_asked(unit) || ask(unit, requester);

	switch ((enum domain_state)told_of(unit).state) {
	case DOMAIN_KEPT: return FOUND_THERE;
	case DOMAIN_REFUSED: there = false; break;
	case DOMAIN_NOT_YET: break;
	}
	if (there && !unit_out_of_service(maker()))
		return FOUND_NOT_YET;
	text_add(why, " cannot be kept to its memory: ");
	text_add_span(why, there ? span_text("iommu was given up") : span_text("iommu has no room"));
	return FOUND_ABSENT;
}

/* ---- faults ---- */

void domains_begin(struct unit *unit)
{
	unit->strayed = false;
	unit->faults_before = told_of(unit).faults;
}

void domains_forgiven(const struct unit *unit)
{
	if (unit->domain == 0 || unit->faults_before == 0 || handle_is_none(domains_table()))
		return;
	domains_forgive(rt_pages_mspan(table.pages), unit->domain - 1, unit->faults_before);
	wake_maker();
}

/* WHY counted: word of what an earlier instance's device did may come late. */
enum status domains_strayed(struct unit *unit)
{
	if (unit->state != UNIT_RUNNING || unit->strayed || told_of(unit).faults == unit->faults_before)
		return STATUS_NOT_FOUND;
	unit->strayed = true;
	unit_log(unit, span_text("ended, because its device asked for what it may not reach"));
	return unit_kill(unit);
}

/* ---- for people ---- */

/* True if what it tells its device may reach all of memory. */
bool domains_trusted(const struct unit *unit)
{
	return !handle_is_none(unit->dma[0]) && (unit == maker() || told_of(unit).state != DOMAIN_KEPT);
}

/* Seen at once: what a driver tells its device may reach all of memory. */
void domains_describe(const struct unit *unit, struct text *t)
{
	struct domain_told told = told_of(unit);

	if (unit == maker())
		text_add_field(t, span_text("dma"), span_text("says what devices reach: trusted like the kernel"));
	else if (told.state == DOMAIN_KEPT)
		text_add_field(t, span_text("dma"), span_text("kept to its own memory by the IOMMU"));
	else
		text_add_field(t, span_text("dma"), span_text("without an IOMMU: trusted like the kernel"));
	if (told.faults != 0)
		text_add_field_u64(t, span_text("dma-faults"), told.faults);
}
