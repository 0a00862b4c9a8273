# SPDX-License-Identifier: Apache-2.0
# lib/image: reader of the system image and of compiled manifests.
MODULE := lib/image
SRCS := image.c manifest.c
DEPS := lib/base abi
include $(MK)/module.mk
