#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Checks for, finds and installs what building, running, testing and linting Trapline take, Bochs and v86.

set -eu

: "${CC:=}" "${CROSS_COMPILE:=}" "${GDB:=}" "${PYTHON:=}" "${QEMU:=}" "${BOCHS:=}"

# Clang compiles for any machine, with GNU's assembler; see the Makefile.
compiler=gcc
elf=
case $CC in *clang*)
    compiler=clang
    elf='--target=x86_64-linux-gnu -fno-integrated-as'
    ;;
esac

build="$compiler ld objcopy objdump nm nasm"
ready='qemu gdb python' # where the images are there ready-made
run="$build addr2line readelf $ready"
tests=hypothesis # what some tests take, which are left out without it
bochs='bochs iso'
v86='node npm'
lint='clang-format clang-tidy cppcheck shellcheck black flake8 mypy yamllint'

# Read by Python's import statement as well as by people.
modules=
case $0 in
*/*) requirements=${0%/*}/../requirements.txt ;;
*) requirements=../requirements.txt ;;
esac
while read -r package _ _ module; do
    case $package in
    '' | '#'*) ;;
    *) modules="${modules:+$modules, }$module" ;;
    esac
done <"$requirements"

say() {
    printf 'trapline: %s\n' "$*"
}

fail() {
    say "$*" >&2
    exit 2
}

has() {
    command -v "$1" >/dev/null
}

# What was found by trying, with what that hung on, so that it is never taken for more. Without build/, nothing is.
memory=${0%/*}/../build

# Writes memory/NAME, a line for each further word.
remember() {
    file=$memory/$1
    shift
    [ ! -d "$memory" ] ||
        { printf '%s\n' "$@" >"$file.$$" && mv -f "$file.$$" "$file"; } 2>/dev/null || rm -f "$file.$$"
}

# Looks at what comes out, for gcc may be Clang, which takes -m32 on ARM and makes Mach-O on macOS.
# shellcheck disable=SC2086 # CC and its flags are words
compiles() {
    ${CC:-${CROSS_COMPILE}gcc} "$1" $elf -ffreestanding -x c -c -o /dev/null - 2>/dev/null <<END
#if !defined __ELF__ || !defined $2 || defined __clang__ != (${#elf} > 0)
#error
#endif
END
}

# Each compiler is tried once, as trying takes as long as a case does.
# shellcheck disable=SC2086 # CC is words
compiles_both() {
    set -- ${CC:-${CROSS_COMPILE}gcc}
    program=$(command -v "$1") && identity="$* $(ls -Lil "$program")" || return 1
    if { IFS= read -r tried <"$memory/found-compiler"; } 2>/dev/null && [ "$tried" = "$identity" ] &&
        [ -z "$(find -L "$program" -newer "$memory/found-compiler")" ]; then
        return
    fi
    compiles -m32 __i386__ && compiles -m64 __x86_64__ && remember found-compiler "$identity"
}

# A Bochs of the user's own is taken to be whole; a packaged one lies in several packages.
has_bochs() {
    [ -z "$BOCHS" ] || return 0
    path=$(command -v bochs) && prefix=${path%/bin/*} &&
        ls "$prefix"/share/bochs/BIOS-bochs-latest "$prefix"/share/bochs/VGABIOS-lgpl-latest* \
            "$prefix"/lib*/*/bochs/plugins/libbx_term_gui.so >/dev/null 2>&1
}

has_iso() {
    { has grub-mkrescue || has grub2-mkrescue; } && has xorriso && [ -d /usr/lib/grub/i386-pc ]
}

# Everything that the choice of a Python hangs on. What is remembered are the Python and the files of its modules.
key="$modules for ${PYTHON:-any} in $PATH, ${HOME:-no home}, ${PYTHONPATH:-no other place}"

remembered_python() {
    [ -r "$memory/found-python" ] || return 1
    {
        IFS= read -r its && [ "$its" = "$key" ] && IFS= read -r path && [ -x "$path" ] || return 1
        while IFS= read -r file; do
            [ -e "$file" ] || return 1
        done
    } <"$memory/found-python"
    printf '%s\n' "$path"
}

find_python() {
    set -- python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11 \
        /opt/homebrew/bin/python3 /usr/local/bin/python3
    [ -z "$PYTHON" ] || set -- "$PYTHON"
    for candidate; do
        if path=$(command -v "$candidate") &&
            files=$("$path" -c "import sys, $modules
print(*(module.__file__ for module in ($modules)), sep='\n')
sys.exit(sys.version_info < (3, 11))" </dev/null 2>/dev/null); then
            remember found-python "$key" "$path" "$files"
            printf '%s\n' "$path"
            return
        fi
    done
    return 1
}

# Prints those of the needs that are missing, each with a space after it.
missing() {
    for need in $1; do
        case $need in
        gcc | clang) compiles_both ;;
        ld | objcopy | objdump | nm | addr2line | readelf) has "$CROSS_COMPILE$need" ;;
        qemu) [ -n "$QEMU" ] || has qemu-system-x86_64 ;;
        gdb) has "${GDB:-gdb}" ;;
        python) { remembered_python || find_python; } >/dev/null ;;
        hypothesis) python=$(remembered_python || find_python) && "$python" -c 'import hypothesis' 2>/dev/null ;;
        bochs) has_bochs ;;
        iso) has_iso ;;
        *) has "$need" ;;
        esac || printf '%s ' "$need"
    done
}

describe() {
    list=
    for need in $1; do
        case $need in
        gcc | clang) need="${CC:-${CROSS_COMPILE}gcc} with -m32 and -m64 for x86 ELF" ;;
        ld | objcopy | objdump | nm | addr2line | readelf) need=$CROSS_COMPILE$need ;;
        qemu) need=qemu-system-x86_64 ;;
        gdb) need=${GDB:-gdb} ;;
        python) need="a Python >= 3.11 with $modules${PYTHON:+ (PYTHON=$PYTHON)}" ;;
        hypothesis) need="that Python's module hypothesis" ;;
        bochs) need='Bochs with its BIOS, VGA BIOS and terminal display' ;;
        iso) need="grub-mkrescue with GRUB's i386-pc modules, and xorriso" ;;
        esac
        list="$list${list:+, }$need"
    done
    printf '%s\n' "$list"
}

report() {
    knobs="${CC:+ CC}${CROSS_COMPILE:+ CROSS_COMPILE}${GDB:+ GDB}${PYTHON:+ PYTHON}"
    [ -z "$1" ] || fail "missing $(describe "$1"): run 'make $2' to install them${knobs:+, or correct$knobs}"
}

# Where the host's own tools are not for x86 ELF, the ones to install go by other names.
choose_manager() {
    set -- apt-get dnf pacman brew none
    [ "$(uname)" != Darwin ] || set -- brew "$@"
    for manager; do
        ! has "$manager" || break
    done

    cross=
    multiarch=
    case "$manager $(uname -m)" in
    'apt-get x86_64' | 'apt-get i'?86) return ;;
    'apt-get '*)
        cross=-x86-64-linux-gnu
        multiarch=-multiarch
        : "${CROSS_COMPILE:=x86_64-linux-gnu-}" "${GDB:=gdb-multiarch}"
        ;;
    'brew '*) : "${CROSS_COMPILE:=x86_64-elf-}" "${GDB:=x86_64-elf-gdb}" ;;
    *) return ;;
    esac
    say "on this host, run make with CROSS_COMPILE=$CROSS_COMPILE GDB=$GDB"
}

# Prints the packages for the needs, each with a space before it.
packages() {
    awk -v manager="$manager" -v needs=" $1" '
        NR == 1 { for (column = 2; column <= NF && $column != manager; column++); }
        column <= NF && index(needs, " " $1 " ") && $column != "-" && !seen[$column]++ { printf " %s", $column }
    ' <<END
need          apt-get              dnf                   pacman               brew
gcc           gcc$cross            gcc                   gcc                  x86_64-elf-gcc
clang         clang                clang                 clang                 llvm
ld            binutils$cross       binutils              binutils             x86_64-elf-binutils
objcopy       binutils$cross       binutils              binutils             x86_64-elf-binutils
objdump       binutils$cross       binutils              binutils             x86_64-elf-binutils
nm            binutils$cross       binutils              binutils             x86_64-elf-binutils
addr2line     binutils$cross       binutils              binutils             x86_64-elf-binutils
readelf       binutils$cross       binutils              binutils             x86_64-elf-binutils
nasm          nasm                 nasm                  nasm                 nasm
qemu          qemu-system-x86      qemu-system-x86-core  qemu-system-x86      qemu
gdb           gdb$multiarch        gdb                   gdb                  x86_64-elf-gdb
python        python3              python3               python               python
python        python3-rich         python3-rich          python-rich          -
python        python3-pyelftools   python3-pyelftools    python-pyelftools    -
python        python3-packaging    python3-packaging     python-packaging     -
python        python3-jinja2       python3-jinja2        python-jinja         -
python        python3-pexpect      python3-pexpect       python-pexpect       -
python        python3-pytest       python3-pytest        python-pytest        -
python        python3-pytest-xdist python3-pytest-xdist  python-pytest-xdist  -
hypothesis    python3-hypothesis   python3-hypothesis    python-hypothesis    python
node          nodejs               nodejs                nodejs               node
npm           npm                  nodejs-npm            npm                  -
bochs         bochs                bochs                 bochs                bochs
bochs         bochsbios            bochs-bios            -                    -
bochs         vgabios              -                     -                    -
bochs         bochs-term           -                     -                    -
iso           grub-common          grub2-tools-extra     grub                 -
iso           grub-pc-bin          grub2-pc-modules      -                    -
iso           xorriso              xorriso               libisoburn           xorriso
clang-format  clang-format         clang-tools-extra     clang                clang-format
clang-tidy    clang-tidy           clang-tools-extra     clang                llvm
cppcheck      cppcheck             cppcheck              cppcheck             cppcheck
shellcheck    shellcheck           ShellCheck            shellcheck           shellcheck
black         black                black                 python-black         black
flake8        flake8               python3-flake8        flake8               flake8
mypy          mypy                 python3-mypy          mypy                 mypy
yamllint      yamllint             yamllint              yamllint             yamllint
END
}

# Prints what runs before a program that may wait for ever, for a mirror or for a lock, and ends it after that many
# minutes; nothing where timeout is not GNU's. In the foreground it is, so that Ctrl-C and sudo's question reach who they are for.
deadline=30
limited() {
    ! timeout --foreground -k 10 5 sh -c : 2>/dev/null || printf 'timeout --foreground -k 10 %sm ' "$deadline"
}

# Prints what $manager is called with, and $1 before that.
command_line() {
    case $manager in
    apt-get)
        install='apt-get install -q -y --no-install-recommends'
        printf '%s' "${1}apt-get update -q && DEBIAN_FRONTEND=noninteractive $1$install"
        ;;
    dnf) printf '%s' "${1}dnf install -y" ;;
    pacman) printf '%s' "${1}pacman -S --needed --noconfirm" ;;
    brew) printf '%s' "${1}brew install" ;;
    esac
}

# $1 has ended with status $2, and its log is there.
explain_failure() {
    tail -n 10 "$log" >&2
    case $2 in
    124 | 137) words="did not end within $deadline minutes" ;;
    *) words=failed ;;
    esac
    printf '%s' "$1 $words: the end of its log is above, all of it is in $log"
}

# Says why something cannot be installed, which is no failure where all that has to be there is.
refuse() {
    [ -z "$lacking" ] || fail "$*"
    say "$*: without it, the tests that take it are left out"
    exit
}

# $1 has to be there then, $2 need not.
install() {
    choose_manager
    lacking=$(missing "$1")
    wanted=$lacking$(missing "${2-}")
    if [ -z "$wanted" ]; then
        say 'nothing to install'
        return
    fi

    advice='check PATH, CC, CROSS_COMPILE, GDB and PYTHON'
    as_root=
    [ "$manager" = brew ] || [ "$(id -u)" -eq 0 ] || as_root=sudo
    list=$(packages "$wanted")
    case $manager in
    brew)
        advice="for Python's modules, run python3 -m pip install --user --break-system-packages"
        advice="$advice rich pyelftools packaging jinja2 pexpect pytest pytest-xdist hypothesis"
        ;;
    none) refuse "no known package manager to install $(describe "$wanted")" ;;
    esac

    [ -z "$as_root" ] || has sudo || refuse "root has to run $(command_line '')$list"
    log=$(mktemp "${TMPDIR:-/tmp}/trapline-deps.XXXXXX")
    say "installing with ${as_root:+$as_root }$manager, which may take some minutes:$list (log: $log)"
    $as_root sh -c "$(command_line "$(limited)")$list" >"$log" 2>&1 || refuse "$(explain_failure "$manager" $?)"

    lacking=$(missing "$1")
    [ -z "$lacking" ] || fail "still missing $(describe "$lacking"): $advice (log: $log)"
    say 'installed'
}

# Fetches the one that is pinned, checked by what package-lock.json says of it.
fetch_v86() {
    place=$memory/v86
    log=$(mktemp "${TMPDIR:-/tmp}/trapline-deps.XXXXXX")
    say "fetching v86 into build/v86 with npm (log: $log)"
    mkdir -p "$place"
    cp "${0%/*}"/vm/v86/package*.json "$place"
    # shellcheck disable=SC2046 # several words
    $(limited)npm ci --prefix "$place" >"$log" 2>&1 || fail "$(explain_failure npm $?)"
}

case $* in
'check build') report "$(missing "$build")" deps ;;
check | 'check run' | 'check test') report "$(missing "$run")" deps ;;
'check lint') report "$(missing "$lint")" deps-lint ;;
python) remembered_python || find_python || report python deps ;;
find-python) find_python || report python deps ;;
install) install "$run" "$tests" ;;
install-ready) install "$ready" ;;
install-bochs) install "$bochs" ;;
install-v86) install "$v86" && fetch_v86 ;;
install-lint) install "$lint" ;;
*) fail "usage: $0 check [build|run|test|lint] | install[-ready|-bochs|-v86|-lint] | [find-]python" ;;
esac
