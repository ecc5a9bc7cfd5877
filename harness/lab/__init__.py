# SPDX-License-Identifier: BSD-2-Clause
"""Emulated hosts: their kernels and QEMUs, the machine that boots them, and what runs in one.

May import: vm, and what that may.
"""
