# SPDX-License-Identifier: BSD-2-Clause
CC := $(CROSS_COMPILE)gcc
LD := $(CROSS_COMPILE)ld
OBJCOPY := $(CROSS_COMPILE)objcopy
NASM := nasm
BUILD := build
CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-pic -fno-pie -fno-stack-protector -fcf-protection=none -fno-asynchronous-unwind-tables -mgeneral-regs-only -mno-red-zone -Wall -Wextra -Werror -Iguest -MMD -MP
WIDTHS := 32 64
all: $(WIDTHS:%=$(BUILD)/guest%.elf)
define image
OBJ$(1) := $(patsubst %.c,$(BUILD)/$(1)/%.o,$(sort $(wildcard guest/*.c cases/*.c))) $(patsubst %.asm,$(BUILD)/$(1)/%.asm.o,$(sort $(wildcard boot/*.asm guest/*.asm)))
$(BUILD)/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$(CC) -m$(1) $(CFLAGS) -c $$< -o $$@
$(BUILD)/$(1)/%.asm.o: %.asm
	@mkdir -p $$(@D)
	$(NASM) -felf$(1) -g -Fdwarf -DWIDTH=$(1) -Iboot/ -MD $$@.d -MP $$< -o $$@
$(BUILD)/guest$(1).debug.elf: $$(OBJ$(1)) linker.ld
	$(LD) -m $(if $(filter 64,$(1)),elf_x86_64,elf_i386) -z noexecstack --no-warn-rwx-segments -static --build-id=none -T linker.ld $$(OBJ$(1)) -o $$@
$(BUILD)/guest$(1).elf: $(BUILD)/guest$(1).debug.elf
	$(OBJCOPY) -O elf32-i386 --strip-debug $$< $$@
-include $$(OBJ$(1):.o=.d) $$(OBJ$(1):.o=.o.d)
endef
$(foreach w,$(WIDTHS),$(eval $(call image,$(w))))
