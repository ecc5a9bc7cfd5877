# SPDX-License-Identifier: BSD-2-Clause
"""Emulated hosts: Linux with KVM on an emulated CPU, for machines that have no virtualization (docs/lab.md)."""
