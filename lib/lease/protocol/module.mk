# SPDX-License-Identifier: Apache-2.0
# lib/lease/protocol: what drivers that lend memory serve, in one header.
MODULE := lib/lease/protocol
SRCS :=
DEPS := lib/base
include $(MK)/module.mk
