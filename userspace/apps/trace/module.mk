# SPDX-License-Identifier: Apache-2.0
# trace: the kernel's events, live, of the past, or into a file.
PROGRAM := trace
SRCS := command.c main.c options.c record.c text.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool lib/spawn lib/authority lib/trace lib/trace/live abi
include $(MK)/program.mk
