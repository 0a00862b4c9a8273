/* SPDX-License-Identifier: Apache-2.0
 *
 * The core's allocating functions and what the simulator's linker puts in their place (module.mk, WRAP).
 */
#ifndef TESTS_SIM_FAILURES_H
#define TESTS_SIM_FAILURES_H

#include "kernel/core/group/group.h"
#include "kernel/core/mem/frame.h"
#include "kernel/core/object/object.h"

struct frame_result __real_frame_alloc(u32 order);
struct frame_result __real_frame_alloc_zeroed(void);
struct frame_result __real_group_frame_alloc(struct group *group);
enum status __real_group_charge(struct group *group, enum group_account account, u64 amount);
enum status __real_object_create(enum object_type type, struct group *group, struct object **out);
struct pooled *__real_pool_take(u32 pool);

struct frame_result __wrap_frame_alloc(u32 order);
struct frame_result __wrap_frame_alloc_zeroed(void);
struct frame_result __wrap_group_frame_alloc(struct group *group);
enum status __wrap_group_charge(struct group *group, enum group_account account, u64 amount);
enum status __wrap_object_create(enum object_type type, struct group *group, struct object **out);
struct pooled *__wrap_pool_take(u32 pool);

#endif
