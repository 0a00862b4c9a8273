# SPDX-License-Identifier: Apache-2.0
"""Proofs: what ./ferrous prove runs. docs/proofs.md tells how a proof is made."""
