# SPDX-License-Identifier: Apache-2.0
"""Making new services from a template."""
