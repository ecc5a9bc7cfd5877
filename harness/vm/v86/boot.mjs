// SPDX-License-Identifier: BSD-2-Clause
// Boots a multiboot image in v86: node boot.mjs PACKAGE IMAGE COMMAND-LINE. The guest's serial port is standard output.
//
// PACKAGE is v86's npm package, or a checkout in which it was built. Without a BIOS, v86 loads the image itself.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

const MEMORY = 64 << 20; // bytes

const [package_path, image, cmdline] = process.argv.slice(2);
const build = path.join(package_path, "build");

console.log = console.error; // what v86 says is not the guest's log

// What v86 throws where the guest writes to port F4h, QEMU's isa-debug-exit.
process.setUncaughtExceptionCaptureCallback((error) => {
    if (error === "HALT")
        process.exit(0);
    console.error(error);
    process.exit(1);
});

const { V86 } = await import(pathToFileURL(path.join(build, "libv86.mjs")));
const bytes = fs.readFileSync(image);
const emulator = new V86({
    wasm_path: path.join(build, "v86.wasm"),
    multiboot: { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) },
    cmdline,
    memory_size: MEMORY,
    acpi: true, // with it, there is a local APIC
    autostart: true,
    disable_speaker: true,
    net_device: { type: "none" }, // its default is a card
});
emulator.add_listener("serial0-output-byte", (byte) => fs.writeSync(process.stdout.fd, Buffer.of(byte)));
