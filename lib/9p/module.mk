# SPDX-License-Identifier: Apache-2.0
# lib/9p: files, directories and standard streams from the client's side.
MODULE := lib/9p
SRCS := resolve.c answer.c file.c by_path.c directory.c print.c
DEPS := lib/base lib/limits lib/path lib/rt abi
include $(MK)/module.mk
