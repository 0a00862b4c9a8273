# SPDX-License-Identifier: Apache-2.0
# lib/9p2000: the client of a shared folder (9P2000.L): messages, and conversations of several.
MODULE := lib/9p2000
SRCS := request.c answer.c task.c heard.c
DEPS := lib/base lib/path abi
include $(MK)/module.mk
