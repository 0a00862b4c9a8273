# SPDX-License-Identifier: Apache-2.0
# lib/tool: what small command line programs share.
MODULE := lib/tool
SRCS := tool.c
DEPS := lib/base lib/path lib/rt lib/9p abi
include $(MK)/module.mk
