# SPDX-License-Identifier: Apache-2.0
# lib/frames: networks from their clients' side, without copies.
MODULE := lib/frames
SRCS := frames.c
DEPS := lib/9p lib/base lib/frames/protocol lib/lease lib/lease/protocol lib/path lib/ring lib/rt abi
include $(MK)/module.mk
