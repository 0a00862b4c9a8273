# SPDX-License-Identifier: Apache-2.0
# shell: commands from a person or from another program. What needs no system is a module, for its tests.
MODULE := userspace/apps/shell
SRCS := parse.c editor.c
DEPS := lib/base
include $(MK)/module.mk

PROGRAM := shell
SRCS := main.c run.c parse.c editor.c jobs.c builtins.c help.c terminal.c complete.c
DEPS := lib/base lib/path lib/rt lib/9p lib/spawn lib/authority abi
include $(MK)/program.mk
