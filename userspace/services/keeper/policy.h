/* SPDX-License-Identifier: Apache-2.0
 *
 * What a manifest's policy says about the end of an instance: pure decisions.
 */
#ifndef USERSPACE_SERVICES_KEEPER_POLICY_H
#define USERSPACE_SERVICES_KEEPER_POLICY_H

#include "lib/image/manifest.h"

struct policy {
	enum manifest_restart restart;
	u32 backoff_ms, backoff_max_ms;
	u32 give_up_after; /* failures in a row */
};

/* How the instance ended. ABSENT: it said that its device is not there. KILLED: by somebody who wants it back. */
enum ending : u32 { ENDED_WELL, ENDED_BADLY, ENDED_ABSENT, ENDED_KILLED };

enum verdict : u32 { VERDICT_FINISHED, VERDICT_AGAIN, VERDICT_GIVE_UP };

/* Counts failures in a row; one that ran long begins anew. */
[[nodiscard]] enum verdict policy_judge(const struct policy *policy, enum ending ending, u64 ran_ns, u32 *failures);
/* The same of a start that came to nothing. */
[[nodiscard]] enum verdict policy_failed(const struct policy *policy, u32 failures);
/* How long to wait before the next start. */
[[nodiscard]] u64 policy_delay_ms(const struct policy *policy, u32 failures);

#endif
