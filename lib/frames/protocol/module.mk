# SPDX-License-Identifier: Apache-2.0
# lib/frames/protocol: what drivers of networks serve, in one header.
MODULE := lib/frames/protocol
SRCS :=
DEPS := lib/base lib/lease/protocol lib/ring
include $(MK)/module.mk
