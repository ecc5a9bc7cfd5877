/* SPDX-License-Identifier: BSD-2-Clause */
/* The integer types that the guest uses; word is as wide as a general register. */
#ifndef GUEST_TYPES_H
#define GUEST_TYPES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef unsigned long word;

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
