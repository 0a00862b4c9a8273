# SPDX-License-Identifier: Apache-2.0
# net: look at a network, and try it.
PROGRAM := net
SRCS := main.c
DEPS := lib/9p lib/base lib/frames lib/frames/protocol lib/lease lib/lease/protocol lib/path lib/ring lib/rt lib/tool abi
include $(MK)/program.mk
