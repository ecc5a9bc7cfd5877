# SPDX-License-Identifier: BSD-2-Clause
"""What Linux' build packs kernels and modules with, told by how it begins."""

import lzma
import shutil
import subprocess
import zlib

from harness.system import process

DEADLINE = 60.0  # seconds

XZ, GZIP, ZSTD = b"\xfd7zXZ\0", b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class UnpackError(Exception):
    """It is broken, or packed in another way; the text says why."""


def first(data: bytes) -> bytes:
    """What is packed at the beginning of the data, whatever follows; of zstd, nothing may. Or the data themselves."""
    if data.startswith(ZSTD):
        return _zstd(data)
    if data.startswith(XZ):
        unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ)
    elif data.startswith(GZIP):
        unpacker = zlib.decompressobj(wbits=31)
    else:
        return data
    try:
        unpacked = unpacker.decompress(data)
    except (lzma.LZMAError, zlib.error) as error:
        raise UnpackError(str(error)) from None
    if not unpacker.eof:
        raise UnpackError("its end is missing")
    return unpacked


def _zstd(data: bytes) -> bytes:
    if shutil.which("zstd") is None:
        raise UnpackError("zstd, which unpacks it, is not on the PATH")
    child = process.start(["zstd", "-dcq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        unpacked, _ = child.communicate(data, DEADLINE)
    except subprocess.TimeoutExpired:
        raise UnpackError(f"zstd has not unpacked it within {DEADLINE:g} s") from None
    finally:
        process.stop(child)
    if child.returncode:
        raise UnpackError("zstd cannot unpack it")
    return unpacked
