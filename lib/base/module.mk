# SPDX-License-Identifier: Apache-2.0
# lib/base: the vocabulary every part of the tree uses: checked views, text, trees, checksums.
MODULE := lib/base
SRCS := span.c text.c crc32c.c tree.c
DEPS :=
include $(MK)/module.mk
