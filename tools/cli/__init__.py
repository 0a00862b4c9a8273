# SPDX-License-Identifier: Apache-2.0
"""The command ./ferrous: parsing, and one file per command."""
