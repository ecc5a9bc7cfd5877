# SPDX-License-Identifier: BSD-2-Clause
# The front door: builds the guest's two images below build/, and calls the harness on them.
# `make help` lists what there is.

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

BUILD := build

# Knobs of the harness, passed on as long options when they stand on the command line. The environment
# does not count: HOST and MODE are set there by others.
KNOBS := ACCEL ENGINE PLATFORM HOST KERNEL MODULES QEMU BOCHS V86 XEN XEN_ARGS CASE MODE DEBUGGER CPUS MACHINE FIRMWARE CPU TABLE JSON JOBS KEEP TIMEOUT_MULTIPLIER
# Of make run alone.
RUN_KNOBS := BASELINE SUMMARY TAP PUBLIC
# Knobs of make repro, make upstream, make new-case, make test, make fuzz, make matrix, make soak, make bench and
# make witness alone, and of the build.
OTHER_KNOBS := $(RUN_KNOBS) BUG NAME JUNIT K MINUTES SEED KUT CC OPT CROSS_COMPILE PYTHON GDB V
# An image can be built below another folder, as make matrix does; what runs one takes it from build/.
OTHER_KNOBS += $(if $(filter $(BUILD)/guest%,$(MAKECMDGOALS)),BUILD)

given = $(filter command,$(firstword $(origin $1)))
lower = $(shell printf %s '$1' | tr A-Z_ a-z-)
quoted = '$(subst ','\'',$1)'
options = $(foreach knob,$(KNOBS),$(if $(call given,$(knob)),--$(call lower,$(knob))=$(call quoted,$($(knob)))))

unknown := $(filter-out $(KNOBS) $(OTHER_KNOBS),$(foreach name,$(.VARIABLES),$(if $(call given,$(name)),$(name))))
ifneq ($(unknown),)
$(error trapline: there is no knob $(firstword $(unknown)); 'make help' lists them)
endif

# A knob that no goal has would be believed to have done something: a gate that is none. Several goals share theirs.
ifeq ($(MAKELEVEL),0)
of = $(if $(filter $2,$(or $(MAKECMDGOALS),all)),,$(if $(call given,$1),$(error trapline: $1= is for make $(firstword $2)$(if $3,: $3))))
$(call of,JUNIT,test,make run has JSON= and TAP=)
$(foreach knob,$(RUN_KNOBS),$(call of,$(knob),run,make test has JUNIT=))
endif

export CROSS_COMPILE PYTHON GDB
# Before make 4.4, $(shell) passes no variable on.
DEPS := $(foreach knob,CC QEMU BOCHS,$(knob)=$(call quoted,$(if $(call given,$(knob)),$($(knob))))) \
	$(foreach knob,CROSS_COMPILE PYTHON GDB,$(knob)=$(call quoted,$($(knob)))) ./harness/deps.sh
python = $(shell $(DEPS) python)

# As many jobs as processors, unless the user or a make above this one says how many.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || getconf _NPROCESSORS_ONLN)
endif

# What a clock that was set back has left in the future would pass for newer than all that is changed from now on: it is to
# be older.
$(shell find $(BUILD)/32 $(BUILD)/64 $(BUILD)/dist $(BUILD)/guest*.elf $(BUILD)/agent $(BUILD)/*.bin $(BUILD)/commands \
	-type f -newermt '10 seconds' -exec touch -t 198001020000 {} + 2>/dev/null)

# Several goals are met one after the other, in the order given.
ifneq ($(word 2,$(MAKECMDGOALS)),)
.NOTPARALLEL:
.PHONY: $(MAKECMDGOALS)
$(sort $(MAKECMDGOALS)):
	@$(MAKE) --no-print-directory $@
else

# Whatever is missing is said at once, in one line, unless it is about to be installed.
ifeq ($(filter deps deps-bochs deps-v86 deps-xen deps-lint help clean,$(MAKECMDGOALS)),)
missing := $(shell $(DEPS) check $(if $(filter lint,$(MAKECMDGOALS)),lint,$(if $(filter-out all,$(MAKECMDGOALS)),run,build)) 2>&1)
ifneq ($(missing),)
$(error $(missing))
endif
endif

# The guest

CC := $(CROSS_COMPILE)gcc
LD := $(CROSS_COMPILE)ld
OBJCOPY := $(CROSS_COMPILE)objcopy
OBJDUMP := $(CROSS_COMPILE)objdump
NM := $(CROSS_COMPILE)nm
NASM := nasm
# NAME=NUMBER of what C shares with nasm, with bodies, with gdb and the harness.
CONSTANTS := $(shell $(CC) -undef -E -dM guest/constants.h 2>/dev/null | sed -n 's/^\#define \([A-Z][A-Z0-9_]*\) \(0x[0-9a-f]*\)$$/\1=\2/p' | sort)
OF_BODIES := $(filter SCRATCH=% UNMAPPED=% BODY_SEGMENT=% USER_CS32=% SPARE=%,$(CONSTANTS))
# Address 0 is memory like any other here.
CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-delete-null-pointer-checks -fno-pic -fno-pie -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables -mgeneral-regs-only -mno-red-zone \
	-Wall -Wextra -Werror -Iguest $(OF_BODIES:%=-Wa,--defsym=%)
# The 32-bit image is for every CPU that has CPUID and a local APIC: no CMOV, say.
CFLAGS32 := -march=i586
OPTED := $(if $(call given,OPT),$(OPT))
# Clang's own assembler does not take the names of registers as symbols, and Clang 19 and older have no raw strings in
# C. The warning is of registers that -mgeneral-regs-only keeps out, and not known to each Clang.
ifneq ($(findstring clang,$(notdir $(CC))),)
CFLAGS += --target=x86_64-linux-gnu -fno-integrated-as -Wno-unknown-warning-option -Wno-interrupt-service-routine
READ = { printf '\043 1 "%s"\n' $<; sed -f guest/raw.sed $<; } |
SOURCE = -iquote $(<D) -x c -
else
SOURCE = $<
endif
# No file tells where it was built.
MAP = -ffile-prefix-map=$(call quoted,$(CURDIR))=.
# An image that is linked to a fixed address relocates from section to section. NASM 2.15 and 2.16.01 do not know the
# warnings' name.
NASM_WARNINGS := -w+all -w-unknown-warning -w-reloc
NASMFLAGS := -g -F dwarf $(NASM_WARNINGS) -Iboot/ -Iguest/ $(CONSTANTS:%=-D%)
LDFLAGS := -static -z noexecstack --build-id=none --fatal-warnings $(CONSTANTS:%=--defsym=%)

C_SOURCES := $(sort $(wildcard guest/*.c guest/*/*.c)) $(sort $(wildcard cases/*/*.c))
ASM_SOURCES := $(sort $(wildcard boot/*.asm guest/*/*.asm))
WIDTHS := 32 64
EMULATION32 := elf_i386
EMULATION64 := elf_x86_64
# The widths of the bodies in each image, and how objdump is told of one that is not the image's own.
BODIES32 := 16 32
BODIES64 := 32 64
DISASSEMBLE32_16 := -M i8086
DISASSEMBLE64_32 := -m i386
IMAGES := $(WIDTHS:%=$(BUILD)/guest%.elf)
# Around each command that builds: what it has begun to write goes where it fails. Where it does not, there is nothing
# to remove, and an rm for each of 760 files would be a tenth of the build.
QUIET = $(announce)$(if $(V),,@)trap "rm -f '$@'.$$$$ '$@'.$$$$.d '$@'.$$$$.code" EXIT;
BUILT = trap - EXIT

# What emulated hosts are made of.
HOST_PARTS := $(BUILD)/agent $(BUILD)/enter.bin

.PHONY: all
all: $(IMAGES) $(HOST_PARTS) ## build both images, and what runs in emulated hosts
	@$(if $(built),echo 'trapline: built $(words $(built)) files')

OBJECTS = $(OBJECTS32) $(OBJECTS64)
jobs = $(patsubst -j%,%,$(filter -j%,$(MAKEFLAGS)))
begin = trapline: building the guest: $(if $(wildcard $(OBJECTS)),what changed,$(words $(OBJECTS)) files)$(jobs:%=, % at a time)
announce = $(if $(built),,$(info $(begin)))$(eval built += $@)

# What outputs depend on beside their sources: changed commands, and which sources there are. Every
# output appears whole or not at all, so that several makes may run in one checkout.
$(BUILD)/commands: FORCE
	@mkdir -p $(sort $(@D) $(dir $(OBJECTS)))
	@printf '%s\n' '$(CC) $(CFLAGS) $(CFLAGS32) $(OPTED) -ffile-prefix-map $(LD) $(LDFLAGS) $(NASM) $(NASMFLAGS) $(OBJCOPY) $(OBJDUMP) $(NM) $(C_SOURCES) $(ASM_SOURCES)' \
		>$@.$$$$ && if cmp -s $@.$$$$ $@; then rm $@.$$$$; else mv $@.$$$$ $@; fi
.PHONY: FORCE
FORCE:

define image_rules
OBJECTS$1 := $$(C_SOURCES:%=$(BUILD)/$1/%.o) $$(ASM_SOURCES:%=$(BUILD)/$1/%.o)

$(BUILD)/$1/%.c.o: %.c $(BUILD)/commands
	$$(QUIET)$$(READ) $(CC) -m$1 $(CFLAGS) $(CFLAGS$1) $(OPTED) $$(MAP) -MMD -MP -MT $$@ -MF $$@.$$$$$$$$.d -c $$(SOURCE) -o $$@.$$$$$$$$ && \
		mv $$@.$$$$$$$$.d $$@.d && mv $$@.$$$$$$$$ $$@ && $(BUILT)

$$(filter $(BUILD)/$1/cases/%,$$(OBJECTS$1)): guest/body.inc guest/raw.sed

$(BUILD)/$1/%.asm.o: %.asm $(BUILD)/commands
	$$(QUIET)$(NASM) -f elf$1 -DWIDTH=$1 $(NASMFLAGS) -MD $$@.$$$$$$$$.d -MP -MT $$@ $$< -o $$@.$$$$$$$$ && \
		mv $$@.$$$$$$$$.d $$@.d && mv $$@.$$$$$$$$ $$@ && $(BUILT)

# All C as one object, where OPT=-flto asks for that: ld itself has no way to.
$(BUILD)/$1/lto.o: $$(filter %.c.o,$$(OBJECTS$1))
	$$(QUIET)$(CC) -m$1 $(CFLAGS) $(CFLAGS$1) $(OPTED) -nostdlib -r -flinker-output=nolto-rel -flto-partition=none $$^ -o $$@.$$$$$$$$ && \
		mv $$@.$$$$$$$$ $$@

LINKED$1 := $(if $(filter -flto%,$(OPTED)),$(BUILD)/$1/lto.o $$(filter %.asm.o,$$(OBJECTS$1)),$$(OBJECTS$1))

# The linked image with its debug information, for debuggers; a boot loader takes an ELF32 file for both
# widths.
$(BUILD)/guest$1.debug.elf: $$(LINKED$1) linker.ld
	$$(QUIET)$(LD) -m $(EMULATION$1) $(LDFLAGS) -T linker.ld $$(LINKED$1) -o $$@.$$$$$$$$ && mv $$@.$$$$$$$$ $$@

# With the bodies' instructions, by which the harness knows where a debugger that steps has to be.
$(BUILD)/guest$1.elf: $(BUILD)/guest$1.debug.elf guest/instructions.awk
	$$(QUIET){ $$(foreach width,$(BODIES$1),{ $(NM) $$<; $(OBJDUMP) -d --no-show-raw-insn $$(DISASSEMBLE$1_$$(width)) $$<; } | \
		awk -v width=$$(width) -f guest/instructions.awk &&) :; } >$$@.$$$$$$$$.code && test -s $$@.$$$$$$$$.code && \
		$(OBJCOPY) -O elf32-i386 --strip-debug --add-section trapline.instructions=$$@.$$$$$$$$.code $$< $$@.$$$$$$$$ && \
		mv $$@.$$$$$$$$ $$@

# nasm writes its working directory into debug information, and cannot be told not to: what is to be the same
# wherever it was built has that of C alone.
$(BUILD)/dist/$1/%.asm.o: $(BUILD)/$1/%.asm.o
	@mkdir -p $$(@D)
	$$(QUIET)$(OBJCOPY) --strip-debug $$< $$@.$$$$$$$$ && mv $$@.$$$$$$$$ $$@

DIST_OBJECTS$1 := $$(C_SOURCES:%=$(BUILD)/$1/%.o) $$(ASM_SOURCES:%=$(BUILD)/dist/$1/%.o)

$(BUILD)/dist/guest$1.debug.elf: $$(DIST_OBJECTS$1) linker.ld
	$$(QUIET)$(LD) -m $(EMULATION$1) $(LDFLAGS) -T linker.ld $$(DIST_OBJECTS$1) -o $$@.$$$$$$$$ && mv $$@.$$$$$$$$ $$@

-include $$(OBJECTS$1:=.d)
endef
$(foreach width,$(WIDTHS),$(eval $(call image_rules,$(width))))

# The agent of emulated hosts: a program for Linux, with no library.
AGENT_SOURCES := $(sort $(wildcard agent/*.c)) agent/start.S
$(BUILD)/agent: $(AGENT_SOURCES) $(wildcard agent/*.h) $(BUILD)/commands
	$(QUIET)$(CC) -m64 $(CFLAGS) $(MAP) -nostdlib -static -Wl,--build-id=none,-s $(AGENT_SOURCES) -o $@.$$$$ && mv $@.$$$$ $@

$(BUILD)/enter.bin: agent/enter.asm $(BUILD)/commands
	$(QUIET)$(NASM) -f bin $(NASM_WARNINGS) $< -o $@.$$$$ && mv $@.$$$$ $@

# For clangd and other tools that read C as it is compiled; of the 64-bit image.
compile_commands.json: FORCE
	@{ echo '['; comma=; for file in $(C_SOURCES) $(filter %.c,$(AGENT_SOURCES)); do \
		printf '%s{"directory": "%s", "file": "%s", "command": "%s"}\n' "$$comma" $(call quoted,$(CURDIR)) "$$file" \
			"$(CC) -m64 $(CFLAGS) -c $$file"; comma=,; done; echo ']'; } >$@.$$$$ && mv $@.$$$$ $@

# The verbs

.PHONY: deps deps-bochs deps-v86 deps-xen deps-lint list show new-case run test check fuzz matrix soak repro upstream site bugs bench witness iso dist gdb lab lint help clean
deps: ## install what building, running and testing need
	@$(DEPS) install

deps-bochs: ## install what running in Bochs, and make iso, need
	@$(DEPS) install-bochs

deps-v86: ## install what running in v86 needs, and fetch it
	@$(DEPS) install-v86

deps-xen: deps ## fetch Xens and a QEMU for them, where that is Debian's way, while the guest is built
	@$(MAKE) --no-print-directory fetch-xens-and-build
# A make of its own, for this one has looked for the compiler before there was one.
.PHONY: fetch-xens-and-build fetch-xens
fetch-xens-and-build: fetch-xens all
fetch-xens:
	@$(python) -m harness lab ensure qemu-newest xen-4.14 xen-4.17 xen-4.20

deps-lint: ## install what linting needs
	@$(DEPS) install-lint

list: all ## list cases, platforms and known bugs
	@$(python) -m harness list $(options)

show: all ## explain a case or a known bug: CASE=name, BUG=name
	@$(python) -m harness show $(foreach knob,CASE BUG,$(if $(call given,$(knob)),$(call quoted,$($(knob)))))

new-case: ## lay out a file for a new case, NAME=family/name
	@$(python) -m harness new-case $(call quoted,$(NAME))

run: all ## boot, compare, print the table (default: on every accelerator usable here)
	@$(python) -m harness run $(options) $(foreach knob,$(RUN_KNOBS),$(if $(call given,$(knob)),--$(call lower,$(knob))=$(call quoted,$($(knob)))))

pytest = $(python) -m pytest -q -n $(if $(call given,JOBS),$(if $(filter 1,$(JOBS)),0,$(call quoted,$(JOBS))),auto) harness/tests $(options) \
	$(if $(JUNIT),--junit-xml=$(call quoted,$(JUNIT))) $(if $(K),-k $(call quoted,$(K)))

test: all ## all that must pass: the cases on TCG or ACCEL=, and the harness's own tests, on all processors or JOBS=
	@$(pytest)

check: all ## of the harness's own tests, those that take seconds
	@$(pytest) --quick

fuzz: all ## random input for whatever reads what others wrote, for MINUTES= (5), by K=reader, again by SEED=
	@$(python) -m harness.tests.fuzz $(foreach knob,MINUTES K SEED,$(if $(call given,$(knob)),--$(call lower,$(knob))=$(call quoted,$($(knob)))))

matrix: all ## the guest by gcc and clang, however they optimise, and with UBSan, by K=build: the same logs
	@$(python) -m harness.tests.matrix $(foreach knob,K,$(if $(call given,$(knob)),--$(call lower,$(knob))=$(call quoted,$($(knob)))))

soak: all ## cases and debugger modes by chance, while QEMUs are killed, stopped and held up, for MINUTES= (30), again by SEED=
	@$(python) -m harness.tests.soak $(foreach knob,MINUTES SEED,$(if $(call given,$(knob)),--$(call lower,$(knob))=$(call quoted,$($(knob)))))

repro: all ## look for one known bug, BUG=name, and pack what a report of it needs
	@$(python) -m harness repro $(call quoted,$(BUG)) $(options)

upstream: all ## write up a known bug, BUG=name, for the tracker of whoever has it; without BUG, list which are still there
	@$(python) -m harness upstream $(call quoted,$(BUG)) $(options)

site: all ## make a site in build/site, of kept runs, known bugs and cases, for any static host
	@$(python) -m harness site

bugs: all ## look for every known bug on every QEMU and kernel at hand, and check the versions recorded
	@$(python) -m harness bugs $(options)

kut = $(if $(call given,KUT),--kut=$(call quoted,$(KUT)))

bench: all ## time what is to be quick, each beside what it is compared with
	@$(python) -m harness bench $(options) $(kut)

witness: all ## hold kvm-unit-tests' debug.flat, as installed or KUT=, and the cases that ask the same against each other
	@$(python) -m harness witness $(options) $(kut)

gdb: all ## write the images' addresses into build/, to run a case's gdb commands by hand
	@$(python) -m harness gdb

iso: all ## make build/trapline.iso, with both images, to boot anywhere
	@$(python) -m harness iso $(options)

C_FILES := $(wildcard guest/*.[ch] guest/*/*.[ch] cases/*/*.[ch] agent/*.[ch])
SHELL_FILES := harness/deps.sh .ci/run .ci/commits .ci/distros dist/run.sh
lint: ## check the sources' form, and look for mistakes
	@clang-format --dry-run --Werror $(C_FILES)
	@$(MAKE) --no-print-directory compile_commands.json
	@printf '%s\0' $(filter guest/%.c agent/%.c,$(C_FILES)) | xargs -0 -P $(or $(jobs),1) -n 8 clang-tidy -p . --quiet 2>/dev/null
	cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,portability \
		$(addprefix --suppress=,comparePointers subtractPointers normalCheckLevelMaxBranches) -Iguest guest cases agent
	@$(if $(findstring clang,$(notdir $(CC))),,printf '%s\0' $(C_SOURCES) $(filter %.c,$(AGENT_SOURCES)) | \
		xargs -0 -P $(or $(jobs),1) -I FILE $(CC) -m64 $(CFLAGS) -fanalyzer -S FILE -o /dev/null)
	shellcheck $(SHELL_FILES)
	shellcheck --shell=bash share/trapline.bash
	black --quiet --check --diff harness agent/qemu dist
	flake8 harness agent/qemu dist
	mypy
	@$(python) -m pytest -q --noconftest -p no:cacheprovider harness/tests/checkout/test_rooms.py harness/tests/checkout/test_guest.py
	yamllint --strict .github .gitlab-ci.yml .yamllint action.yml templates

dist: all $(WIDTHS:%=$(BUILD)/dist/guest%.debug.elf) ## make build/trapline-VERSION.zip, to run where there is no compiler
	@$(python) -m harness dist $(options)

lab: $(HOST_PARTS) ## fetch kernels and QEMUs for emulated hosts, and Xens, where that is Debian's way
	@$(python) -m harness lab fetch

help: ## this
	@echo 'Targets:'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 22
	@echo 'Knobs, as NAME=value (and as long options of python3 -m harness, in lower case):'
	@$(or $(PYTHON),python3) harness/knobs.py
	@echo 'Of make alone:'
	@printf '  %-20s%s\n' BASELINE 'run: an earlier run, a file of JSON= or a folder: red is only what got worse' \
		SUMMARY 'run: a file for one line of JSON: how many results of each verdict and known bug, by platform' \
		TAP 'run: a file for the results in the Test Anything Protocol, with both logs of what is not green' \
		PUBLIC 'run: a new folder, or NAME.tar.gz, for a copy of this run without your paths and names, to send' \
		BUG 'repro, show, upstream: the name of a file in bugs/, without .toml' JUNIT 'test: a file for the results, in JUnit form' \
		NAME 'new-case: FAMILY/NAME, where the file is to lie below cases/' \
		K 'test: only what matches this expression (pytest -k); fuzz, matrix: only readers, builds of this pattern' \
		MINUTES 'fuzz, soak: for how long' SEED 'fuzz, soak: the seed to begin with, as a find names it' \
		KUT 'bench, witness: a checkout of kvm-unit-tests in which x86/debug.flat is built, or that file' \
		CC 'the compiler: gcc or clang' OPT 'more flags for it, of the guest alone, as in OPT=-O3' CROSS_COMPILE 'the prefix of the compiler and the binutils, as in x86_64-linux-gnu-' \
		V 'V=1 shows the commands of the build' PYTHON 'the Python to use' GDB 'the gdb to use'

clean: ## remove build/, with the runs kept there
	rm -rf $(BUILD)

endif # of one goal
