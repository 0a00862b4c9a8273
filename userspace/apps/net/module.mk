# SPDX-License-Identifier: Apache-2.0
# net: look at a network, and try it.
PROGRAM := net
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
