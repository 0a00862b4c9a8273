# SPDX-License-Identifier: Apache-2.0
# lib/spawn: starting programs.
MODULE := lib/spawn
SRCS := spawn.c finish.c
DEPS := lib/base lib/limits lib/path lib/rt lib/9p abi
include $(MK)/module.mk
