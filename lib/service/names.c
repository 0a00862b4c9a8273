/* SPDX-License-Identifier: Apache-2.0
 *
 * Posting an endpoint under a name.
 */
#include "lib/service/names.h"
#include "abi/objects.h"
#include "abi/stubs.h"

enum status names_post(struct span name, handle_t endpoint)
{
	u64 found = 0;
	struct message m;
	enum status status = sys_ns_lookup(rt_names(), span_text("/svc"), 0, &found);

	if (status != STATUS_OK)
		return status;
	handle_t server = { (u32)found };

	do {
		m = msg_make(NAMES_POST, 0);
		msg_set_buffers(&m, name, (struct mspan){});
		msg_add_cap(&m, endpoint, RIGHT_DUPLICATE | RIGHT_TRANSFER | RIGHT_INSPECT | ENDPOINT_RIGHT_SEND);
		status = msg_call_status(server, &m, RT_FOREVER);
	} while (status == STATUS_REPEAT || status == STATUS_PEER_DIED); /* posting twice is posting */
	sys_cap_drop(server);
	return status;
}
