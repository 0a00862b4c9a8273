/* SPDX-License-Identifier: Apache-2.0
 *
 * Resetting one function, in steps between which time passes. See pci.h.
 *
 * SPEC: PCI Express Base Specification 4.0, 6.6.2 "Function-Level Reset (FLR)", 7.5.3 "PCI Express Capability Structure",
 * 2.3.1.1 "Data Return for Read Requests" and 2.3.2 for what is read of a function that is not ready; PCI Advanced
 * Capabilities ECN for Conventional PCI (2006), 2 "Advanced Features Capability Structure"
 */
#include "lib/pci/pci.h"

enum : u32 {
	ID_EXPRESS = 0x10, ID_FEATURES = 0x13, SPACE_END = 256, LOW = 0xffff,
	EXPRESS_ABILITIES = 4, EXPRESS_CONTROL = 8, EXPRESS_BYTES = 12, ABLE = 1u << 28, INITIATE = 1u << 15, PENDING = 1u << 21,
	FEATURES_CONTROL = 4, FEATURES_BYTES = 8, FEATURES_ABLE = 2u << 24, FEATURES_INITIATE = 1, FEATURES_PENDING = 1u << 8,
	READY_AT_ONCE = 1u << 16, NOT_THERE = 0xffff, NOT_YET = 0x0001,
	STEP_MS = 10, PENDING_MS = 100, RESET_MS = 100, READY_MS = 1000, STOP_STEP_MS = 1, STOP_MS = 1000,
	MESSAGES_ON = 1u << 31, MESSAGES_MASKED = 1u << 30, MESSAGE_ON = 1u << 16, MESSAGE_WIDE = 1u << 23, MESSAGE_MASKS = 1u << 24,
};

/* ---- what is put back ---- */

static void keep(struct pci_kept *kept, u32 at, u32 value)
{
	if (kept->count < PCI_KEPT_MAX)
		*ELEM(kept->word, kept->count++) = (struct pci_kept_word){ .at = at, .value = value };
}

/* WHY its first word last: half an address is another one. */
static void keep_message(const struct pci_config *c, u32 function, struct pci_kept *kept)
{
	u32 at = pci_capability(c, function, PCI_ID_MSI, 0), control = at != 0 ? c->read(function, at) : 0;
	u32 words = 3 + ((control & MESSAGE_WIDE) != 0 ? 1 : 0) + ((control & MESSAGE_MASKS) != 0 ? 1 : 0);

	if ((control & MESSAGE_ON) == 0 || 4 * words > SPACE_END - at)
		return;
	for (u32 i = 1; i < words; i++)
		keep(kept, at + 4 * i, c->read(function, at + 4 * i));
	keep(kept, at, control);
}

static void find_reset(const struct pci_config *c, u32 function, struct pci_kept *kept)
{
	u32 express = pci_capability(c, function, ID_EXPRESS, 0), features = pci_capability(c, function, ID_FEATURES, 0);

	if (express != 0 && express <= SPACE_END - EXPRESS_BYTES && (c->read(function, express + EXPRESS_ABILITIES) & ABLE) != 0)
		kept->express = express;
	else if (features != 0 && features <= SPACE_END - FEATURES_BYTES && (c->read(function, features) & FEATURES_ABLE) != 0)
		kept->features = features;
}

bool pci_keep(const struct pci_config *config, u32 function, bool by_message, struct pci_kept *out)
{
	u32 at = by_message ? pci_capability(config, function, PCI_ID_MSIX, 0) : 0;
	u32 command = config->read(function, PCI_COMMAND) & (PCI_COMMAND_PORTS | PCI_COMMAND_MEMORY);

	*out = (struct pci_kept){};
	find_reset(config, function, out);
	for (u32 i = 0; i < PCI_BARS_MAX; i++)
		keep(out, PCI_BAR_0 + 4 * i, config->read(function, PCI_BAR_0 + 4 * i));
	keep_message(config, function, out);
	if (at != 0)
		keep(out, at, (config->read(function, at) & ~MESSAGES_MASKED) | MESSAGES_ON);
	out->command = command | PCI_COMMAND_MASTER;
	return out->express != 0 || out->features != 0;
}

/* WHY compared: one whose registers are elsewhere would answer in another's place. Nothing else of it is trusted for that. */
static bool put_back(const struct pci_config *c, u32 function, const struct pci_kept *kept)
{
	u32 count = (u32)min_u64(kept->count, PCI_KEPT_MAX);

	for (u32 i = 0; i < count; i++)
		c->write(function, ELEM(kept->word, i)->at, ELEM(kept->word, i)->value);
	for (u32 i = 0; i < count && ELEM(kept->word, i)->at < PCI_BAR_0 + 4 * PCI_BARS_MAX; i++)
		if (c->read(function, ELEM(kept->word, i)->at) != ELEM(kept->word, i)->value)
			return false;
	c->write(function, PCI_COMMAND, kept->command);
	return true;
}

/* ---- the steps ---- */

static bool is_pending(const struct pci_config *c, u32 function, const struct pci_kept *kept)
{
	if (kept->express != 0)
		return (c->read(function, kept->express + EXPRESS_CONTROL) & PENDING) != 0;
	return (c->read(function, kept->features + FEATURES_CONTROL) & FEATURES_PENDING) != 0;
}

/* WHY the upper half is 0: what is set there would be cleared. */
static void initiate(const struct pci_config *c, u32 function, const struct pci_kept *kept)
{
	u32 at = kept->express + EXPRESS_CONTROL;

	if (kept->express != 0)
		c->write(function, at, (c->read(function, at) & LOW) | INITIATE);
	else
		c->write(function, kept->features + FEATURES_CONTROL, FEATURES_INITIATE);
}

static u32 end(struct pci_reset *reset, bool good)
{
	reset->state = good ? PCI_RESET_DONE : PCI_RESET_GONE;
	return 0;
}

static u32 later(struct pci_reset *reset, u32 ms)
{
	reset->waited_ms += ms;
	return ms;
}

static u32 look(const struct pci_config *c, u32 function, const struct pci_kept *kept, struct pci_reset *reset)
{
	u32 vendor = c->read(function, PCI_ID) & LOW;

	if (vendor != NOT_THERE && vendor != NOT_YET)
		return end(reset, put_back(c, function, kept));
	return reset->waited_ms < READY_MS ? later(reset, STEP_MS) : end(reset, false);
}

static u32 whole(const struct pci_config *c, u32 function, const struct pci_kept *kept, struct pci_reset *reset)
{
	bool at_once = (c->read(function, PCI_COMMAND) & READY_AT_ONCE) != 0;

	c->write(function, PCI_COMMAND, 0);
	initiate(c, function, kept);
	*reset = (struct pci_reset){ .state = PCI_RESET_COMING };
	return at_once ? look(c, function, kept, reset) : later(reset, RESET_MS);
}

static u32 await_stop(const struct pci_config *c, u32 function, const struct pci_kept *kept, const struct pci_stop *stop,
	struct pci_reset *reset)
{
	if ((stop->registers->read(function, stop->state) & stop->bit) == 0)
		return end(reset, put_back(c, function, kept));
	return reset->waited_ms < STOP_MS ? later(reset, STOP_STEP_MS) : whole(c, function, kept, reset);
}

static u32 drain(const struct pci_config *c, u32 function, const struct pci_kept *kept, const struct pci_stop *stop,
	struct pci_reset *reset)
{
	if (is_pending(c, function, kept) && reset->waited_ms < PENDING_MS)
		return later(reset, STEP_MS);
	if (stop == nullptr)
		return whole(c, function, kept, reset);
	stop->registers->write(function, stop->control, 0);
	*reset = (struct pci_reset){ .state = PCI_RESET_STOPPING };
	return await_stop(c, function, kept, stop, reset);
}

/* Where a register stops it, only its way to memory is closed. WHY nothing is opened: its registers may be elsewhere by now. */
static u32 quiet(const struct pci_config *c, u32 function, const struct pci_kept *kept, const struct pci_stop *stop)
{
	return stop != nullptr ? c->read(function, PCI_COMMAND) & kept->command & ~PCI_COMMAND_MASTER : 0;
}

u32 pci_reset_step(const struct pci_config *config, u32 function, const struct pci_kept *kept, const struct pci_stop *stop,
	struct pci_reset *reset)
{
	switch (reset->state) {
	case PCI_RESET_ASKED:
		if ((config->read(function, PCI_ID) & LOW) == NOT_THERE)
			return end(reset, false);
		config->write(function, PCI_COMMAND, quiet(config, function, kept, stop));
		*reset = (struct pci_reset){ .state = PCI_RESET_DRAINING };
		return drain(config, function, kept, stop, reset);
	case PCI_RESET_DRAINING: return drain(config, function, kept, stop, reset);
	case PCI_RESET_STOPPING:
		return stop != nullptr ? await_stop(config, function, kept, stop, reset) : whole(config, function, kept, reset);
	case PCI_RESET_COMING: return look(config, function, kept, reset);
	case PCI_RESET_DONE:
	case PCI_RESET_GONE: break;
	}
	return 0;
}
