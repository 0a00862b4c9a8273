# SPDX-License-Identifier: Apache-2.0
"""Traces on the host: folders in the Common Trace Format, which babeltrace2 and others open."""
