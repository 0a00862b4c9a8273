/* SPDX-License-Identifier: Apache-2.0
 *
 * Deriving what manifests grant.
 */
#include "userspace/services/keeper/grants.h"
#include "lib/service/service.h"
#include "userspace/services/keeper/domains.h"
#include "userspace/services/keeper/found.h"
#include "abi/objects.h"
#include "abi/stubs.h"

static handle_t own_client;

handle_t grants_own_client(void)
{
	if (handle_is_none(own_client) &&
	    sys_cap_derive(service_endpoint(), RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | ENDPOINT_RIGHT_SEND, 0, 0,
		    &own_client) != STATUS_OK)
		return handle_none();
	return own_client;
}

/* What a kind of grant derives from. */
static handle_t root_of(u32 kind)
{
	switch ((enum manifest_grant_kind)kind) {
	case MANIFEST_GRANT_IOPORT: return rt_handle(span_text("ioports"));
	case MANIFEST_GRANT_IRQ: return rt_handle(span_text("irqs"));
	case MANIFEST_GRANT_DEVICE: return rt_handle(span_text("devices"));
	case MANIFEST_GRANT_KLOG: return rt_handle(span_text("klog"));
	case MANIFEST_GRANT_TRACE: return rt_handle(span_text("trace"));
	case MANIFEST_GRANT_MACHINE: return rt_handle(span_text("machine"));
	case MANIFEST_GRANT_IMAGE: return rt_handle(span_text("image"));
	case MANIFEST_GRANT_ROOT_GROUP: return rt_handle(span_text("root-group"));
	case MANIFEST_GRANT_LOADER: return rt_handle(span_text("loader"));
	case MANIFEST_GRANT_FIRMWARE: return rt_handle(span_text("firmware"));
	case MANIFEST_GRANT_ALL_DEVICES: return rt_handle(span_text("devices"));
	case MANIFEST_GRANT_ALL_LINES: return rt_handle(span_text("irqs"));
	case MANIFEST_GRANT_DEVICE_TABLE: return found_table();
	case MANIFEST_GRANT_DOMAIN_TABLE: return domains_table();
	case MANIFEST_GRANT_NONE:
	case MANIFEST_GRANT_KIND_COUNT: break;
	}
	return handle_none();
}

enum status grants_add(const struct manifest_record *m, struct spawn *child, struct grants_made *made)
{
	for (u32 i = 0; i < m->grants_count; i++) {
		const struct manifest_grant *grant = ELEM(m->grant, i);
		handle_t derived;
		/* WHY more: handing it over needs these two; the child keeps only what is declared. */
		u32 rights = grant->rights | RIGHT_DUPLICATE | RIGHT_TRANSFER;
		enum status status = sys_cap_derive(root_of(grant->kind), rights, grant->base, grant->count, &derived);

		if (status != STATUS_OK)
			return status;
		made->handle[made->count++] = derived;
		spawn_add_handle(child, manifest_text(grant->name), derived, grant->rights);
	}
	return STATUS_OK;
}

void grants_drop(const struct grants_made *made)
{
	for (u32 i = 0; i < made->count; i++)
		sys_cap_drop(made->handle[i]);
}
