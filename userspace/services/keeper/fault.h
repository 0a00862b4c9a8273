/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of a fault message. SPEC: kernel/core/thread/thread.h, fault.
 */
#ifndef USERSPACE_SERVICES_KEEPER_FAULT_H
#define USERSPACE_SERVICES_KEEPER_FAULT_H

#include "lib/service/service.h"

struct fault_report {
	u32 kind;
	u64 address, code, ip, sp, fp, process_id;
};

static inline struct fault_report fault_report_of(const struct service_call *call)
{
	return (struct fault_report){
		.kind = (u32)call->word[0], .address = call->word[1], .ip = call->word[2], .code = call->word[3],
		.process_id = call->word[4], .sp = call->word[5], .fp = call->word[6],
	};
}

#endif
