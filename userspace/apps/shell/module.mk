# SPDX-License-Identifier: Apache-2.0
# shell: commands from a person or from another program.
PROGRAM := shell
SRCS := main.c run.c parse.c jobs.c builtins.c help.c terminal.c editor.c complete.c
DEPS := lib/base lib/path lib/rt lib/9p lib/spawn lib/authority abi
include $(MK)/program.mk
