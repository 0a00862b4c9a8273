/* SPDX-License-Identifier: Apache-2.0
 *
 * The service of an IOMMU's driver. See driver.h.
 */
#include "lib/iommu/driver/driver.h"
#include "abi/structs.h"
#include "abi/stubs.h"
#include "lib/9p/file.h"
#include "lib/rt/memory.h"
#include "lib/service/service.h"

enum : u32 { FAULTS_AT_ONCE = 16, OLD_FAULTS_MAX = 256, STRANGERS_MAX = 8, NOBODY = U32_MAX };
static_assert(STRANGERS_MAX <= TABLES_SPARE_MAX);
enum : u64 { FAULT_SIGNAL = 1ull << DOMAINS_FAULT_BIT };

static struct iommu_tables tables; /* too large for a stack */
static struct domain domain;
static pages_t shared;
static enum domain_state states[DOMAINS_MAX];
static u32 strangers, stranger[STRANGERS_MAX]; /* functions without a domain that asked for memory */
static bool deaf;

static struct mspan page(void) { return rt_pages_mspan(shared); }

/* ---- tables ---- */

/* WHY: whoever cannot be hushed would keep everybody busy. Devices are kept from memory as before. */
static void be_deaf(void)
{
	if (deaf)
		return;
	deaf = true;
	iommu_unit.be_quiet();
	rt_log(span_text("problem: too many devices ask for memory that they may not reach: nobody hears of faults any more"));
}

/* True if anything changed. */
static bool write_tables(void)
{
	tables_begin(&tables);
	for (u32 i = 0; i < DOMAINS_MAX; i++) {
		struct domain_told told = domains_told(page(), i);

		if (domains_asked(page(), i, &domain))
			*ELEM(states, i) = iommu_unit.add(&tables, i, &domain, domain_is_quiet(&domain, &told)) ? DOMAIN_KEPT
														: DOMAIN_REFUSED;
	}
	for (u32 i = 0; i < strangers; i++)
		if (!iommu_unit.hush(&tables, *ELEM(stranger, i)))
			be_deaf();
	if (iommu_memory_withdraw(&tables))
		iommu_unit.forget();
	return iommu_memory_publish(&tables);
}

static void make_tables(void)
{
	if (write_tables())
		iommu_unit.forget();
}

/* Lets the keeper know what became of domains: from here on their devices may begin. True if it did not know. */
static bool tell_states(void)
{
	bool news = false;

	for (u32 i = 0; i < DOMAINS_MAX; i++) {
		struct domain_told told = domains_told(page(), i);

		if (*ELEM(states, i) == DOMAIN_NOT_YET || told.state == *ELEM(states, i))
			continue;
		told.state = *ELEM(states, i);
		domains_tell(page(), i, &told);
		news = true;
	}
	return news;
}

/* ---- the keeper ---- */

static void tell_keeper(struct span service, struct span word)
{
	struct file ctl;
	TEXT_BUFFER(path, 64);

	text_add(&path, "/services/");
	text_add_span(&path, service);
	text_add(&path, "/ctl");
	if (file_open(&ctl, text_span(&path), OPEN_WRITE) != STATUS_OK)
		return;
	/* A driver that is gone need not be ended. */
	(void)file_write(&ctl, word);
	file_close(&ctl);
}

static void look_at_domains(void)
{
	make_tables();
	if (tell_states())
		tell_keeper(span_text("iommu"), span_text("found"));
}

/* ---- faults ---- */

static void add_function(struct text *t, u32 requester)
{
	text_add_hex_digits(t, requester >> 8, 2);
	text_add(t, ":");
	text_add_hex_digits(t, requester >> 3 & 0x1f, 2);
	text_add(t, ".");
	text_add_u64(t, requester & 7);
}

static void add_what(struct text *t, const struct iommu_fault *fault)
{
	if (!fault->has_address) {
		text_add(t, ", has no memory at all");
		return;
	}
	text_add_span(t, fault->read ? span_text(", may not read at ") : span_text(", may not write at "));
	text_add_hex(t, fault->address);
}

static void log_fault(const struct iommu_fault *fault, struct span service)
{
	TEXT_BUFFER(line, 200);

	text_add(&line, "problem: ");
	text_add_span(&line, service);
	text_add(&line, ": its device, pci ");
	add_function(&line, fault->requester);
	add_what(&line, fault);
	text_add(&line, " and was kept from it; reason ");
	text_add_u64(&line, fault->reason);
	rt_log(text_span(&line));
}

/* The domain of a function, which is then in `domain'. */
static u32 domain_of(u32 requester)
{
	for (u32 i = 0; i < DOMAINS_MAX; i++)
		if (domains_asked(page(), i, &domain) && domain.requester == requester && domains_told(page(), i).state == DOMAIN_KEPT)
			return i;
	return NOBODY;
}

/* False: its fault was recorded before it was quiet. */
static bool hush(const struct iommu_fault *fault)
{
	for (u32 i = 0; i < strangers; i++)
		if (*ELEM(stranger, i) == fault->requester)
			return false;
	if (strangers == STRANGERS_MAX) {
		be_deaf();
		return true;
	}
	*ELEM(stranger, strangers) = fault->requester;
	strangers++;
	make_tables();
	log_fault(fault, span_text("nobody's"));
	return true;
}

/* False: of one that is quiet. WHY the keeper is told after the device is quiet: more faults are of no use to anybody. */
static bool blame(const struct iommu_fault *fault)
{
	u32 index = domain_of(fault->requester);

	if (index == NOBODY)
		return hush(fault);
	struct domain_told told = domains_told(page(), index);

	if (domain_is_quiet(&domain, &told))
		return false;
	struct domain strayed = domain;

	told.faults++;
	domains_tell(page(), index, &told);
	make_tables();
	log_fault(fault, span_until_zero(SPAN_OF_ARRAY(strayed.name)));
	tell_keeper(span_until_zero(SPAN_OF_ARRAY(strayed.name)), span_text("strayed"));
	return true;
}

/* An earlier instance may have ended between the two. */
static void tell_again(void)
{
	for (u32 i = 0; i < DOMAINS_MAX; i++) {
		struct domain_told told = domains_told(page(), i);

		if (domains_asked(page(), i, &domain) && domain_is_quiet(&domain, &told))
			tell_keeper(span_until_zero(SPAN_OF_ARRAY(domain.name)), span_text("strayed"));
	}
}

/* WHY not all at once: others want to be heard, too. WHY quiet ones' all: a unit interrupts for the first of a queue, and
 * behind the last that became quiet there is more than a queue of them only where that does not help. */
static void look_at_faults(void)
{
	struct iommu_fault fault;
	u32 news = 0, old = 0;

	while (!deaf && news < FAULTS_AT_ONCE) {
		if (!iommu_unit.take_fault(&fault))
			return;
		if (blame(&fault)) {
			news++;
			old = 0;
		} else if (++old == OLD_FAULTS_MAX) {
			be_deaf();
		}
	}
	if (!deaf)
		(void)sys_signal_raise(service_signal(), FAULT_SIGNAL);
}

/* ---- the service ---- */

static void iommu_signal(u64 bits)
{
	if ((bits & 1ull << DOMAINS_ASKED_BIT) != 0)
		look_at_domains();
	if ((bits & FAULT_SIGNAL) == 0)
		return;
	iommu_unit.heard();
	look_at_faults();
}

static const struct service_ops ops = { .signal = iommu_signal };

static bool open_all(struct text *why)
{
	if (!iommu_memory_open(&tables, iommu_unit.queues, why) || !iommu_unit.open(&tables, why))
		return false;
	if (rt_pages_map(rt_handle(span_text("domains")), 0, DOMAINS_BYTES, MAP_READ | MAP_WRITE, &shared) == STATUS_OK)
		return true;
	text_add(why, "no page that the keeper shares: expected a grant `domains' with READ and WRITE");
	return false;
}

void iommu_unit_fails(void)
{
	rt_log(span_text("problem: the IOMMU does not do what it is told"));
	rt_exit(1);
}

/* WHY without an interrupt too: devices are kept to their memory, whether or not anybody hears of it. */
u64 iommu_serve(void)
{
	TEXT_BUFFER(why, 160);

	if (!open_all(&why)) {
		text_add(&why, ": drivers stay trusted");
		rt_log(text_span(&why));
		return SERVICE_EXIT_ABSENT;
	}
	/* WHY first: tables are changed with the unit's help. An earlier instance's devices go on meanwhile, by the same ones. */
	iommu_unit.begin(&tables);
	make_tables();
	if (iommu_unit.listen(DOMAINS_FAULT_BIT) != STATUS_OK)
		rt_log(span_text("problem: no interrupt for faults: who strays is kept from it, and nobody is told"));
	look_at_faults();
	tell_again();
	if (tell_states())
		tell_keeper(span_text("iommu"), span_text("found"));
	service_run(&ops);
}
