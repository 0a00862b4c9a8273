# SPDX-License-Identifier: Apache-2.0
# tests/host/user: unit tests of the parts of programs that need no system.
HOST_TEST := shell_parse
SRCS := parse_test.c check.c broken.c
DEPS := lib/base userspace/apps/shell
include $(MK)/host_test.mk

HOST_TEST := shell_editor
SRCS := editor_test.c check.c broken.c
DEPS := lib/base userspace/apps/shell
include $(MK)/host_test.mk

HOST_TEST := console_discipline
SRCS := discipline_test.c check.c broken.c
DEPS := lib/base userspace/services/console
include $(MK)/host_test.mk

HOST_TEST := agent_protocol
SRCS := protocol_test.c check.c broken.c
DEPS := lib/base userspace/services/agent
include $(MK)/host_test.mk

HOST_TEST := keeper_forest
SRCS := forest_test.c check.c broken.c
DEPS := lib/base userspace/services/keeper
include $(MK)/host_test.mk

HOST_TEST := keeper_policy
SRCS := policy_test.c check.c broken.c
DEPS := lib/base lib/image userspace/services/keeper
include $(MK)/host_test.mk

HOST_TEST := spawn
SRCS := spawn_test.c
DEPS := abi lib/9p lib/base lib/rt lib/spawn tests/host/fake_rt
include $(MK)/host_test.mk

HOST_TEST := lock
SRCS := lock_test.c check.c
DEPS := abi lib/base lib/rt tests/host/fake_rt
include $(MK)/host_test.mk

HOST_TEST := keep
SRCS := keep_test.c check.c
DEPS := abi lib/base lib/keep lib/rt tests/host/fake_rt
include $(MK)/host_test.mk

HOST_TEST := closed
SRCS := closed_test.c check.c
DEPS := abi lib/base lib/keep lib/rt lib/service tests/host/fake_rt
include $(MK)/host_test.mk

HOST_TEST := left
SRCS := left_test.c check.c
DEPS := abi lib/base lib/keep lib/rt lib/service tests/host/fake_rt
include $(MK)/host_test.mk

HOST_TEST := lent
SRCS := lent_test.c check.c
DEPS := abi lib/base lib/lease/driver lib/lease/protocol lib/path lib/rt lib/service tests/host/fake_rt
include $(MK)/host_test.mk

HOST_TEST := turns
SRCS := turns_test.c check.c broken.c
DEPS := lib/base lib/ring
include $(MK)/host_test.mk
