/* SPDX-License-Identifier: Apache-2.0
 *
 * What a branch looks like, by architecture.
 */
#ifndef USERSPACE_SERVICES_LOADER_BRANCH_H
#define USERSPACE_SERVICES_LOADER_BRANCH_H

#include "lib/base/span.h"

/* True if what lies at `at` looks like a branch or call; *distance is where two bytes of its distance lie. */
[[nodiscard]] bool branch_is_at(struct span text, usize at, usize *distance);

/* Puts a branch to itself there, where one was. */
void branch_put_loop(struct mspan text, usize at);

#endif
