# SPDX-License-Identifier: Apache-2.0
# kill: end processes and services.
PROGRAM := kill
SRCS := main.c
DEPS := lib/base lib/path lib/rt lib/9p lib/tool abi
include $(MK)/program.mk
