# SPDX-License-Identifier: Apache-2.0
# The keeper: starts, watches and restarts the services of the system image.
PROGRAM := keeper
SRCS := found.c main.c units.c launch.c grants.c watch.c pulse.c replace.c tree.c crash.c
DEPS := lib/base lib/devices lib/image lib/keep lib/path lib/rt lib/spawn lib/load lib/service lib/symbols abi
include $(MK)/program.mk
