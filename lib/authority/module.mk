# SPDX-License-Identifier: Apache-2.0
# lib/authority: which capabilities a program of the shell is given.
MODULE := lib/authority
SRCS := authority.c
DEPS := lib/base lib/path lib/rt lib/9p lib/spawn abi
include $(MK)/module.mk
