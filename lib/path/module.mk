# SPDX-License-Identifier: Apache-2.0
# lib/path: paths as text.
MODULE := lib/path
SRCS := path.c
DEPS := lib/base abi
include $(MK)/module.mk
