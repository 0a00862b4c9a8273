# SPDX-License-Identifier: Apache-2.0
# devices: what the machine has.
PROGRAM := devices
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
