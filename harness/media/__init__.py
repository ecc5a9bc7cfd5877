# SPDX-License-Identifier: BSD-2-Clause
"""What is taken elsewhere: a bootable ISO; an archive for machines without a compiler, with its SBOM.

May import: judging, catalogue, system.
"""
