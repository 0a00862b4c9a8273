# SPDX-License-Identifier: Apache-2.0
# The keeper: starts, watches and restarts the services of the system image. What needs no system is a module, for its tests.
MODULE := userspace/services/keeper
SRCS := forest.c policy.c
DEPS := lib/base lib/image
include $(MK)/module.mk

PROGRAM := keeper
SRCS := domains.c found.c main.c units.c launch.c grants.c stop.c watch.c pulse.c replace.c refuse.c hold.c lost.c forest.c policy.c tree.c crash.c crash_end.c crash_lines.c limits.c waits.c
DEPS := lib/base lib/devices lib/image lib/iommu lib/keep lib/lease/protocol lib/limits lib/mmio lib/path lib/rt lib/spawn lib/load lib/safe lib/service lib/symbols lib/trace lib/trace/live abi
include $(MK)/program.mk
