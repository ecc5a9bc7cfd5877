# SPDX-License-Identifier: BSD-2-Clause
# Written by python3 -m harness.manual. Completes `trapline` in bash: `. share/trapline.bash`.

# What `trapline list` says of cases, or of known bugs; asked once.
_trapline_names() {
    [ -n "$_trapline_list" ] || _trapline_list=$(trapline list --accel tcg 2>/dev/null)
    sed -n "/^$1\$/,/^[a-z]/s/^  \([A-Za-z0-9_-]*\):.*/\1/p" <<<"$_trapline_list"
}

_trapline() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words
    if [ "$word" = = ]; then
        word=
    elif [ "$before" = = ]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        words="list run iso gdb dist bench witness bless repro bugs show upstream new-case judge report site diff symbolize lab --version --help"
    elif [[ $word = -* ]]; then
        case ${COMP_WORDS[1]} in
            list) words="--accel --engine --platform --host --kernel --modules --qemu --bochs --v86 --xen --xen-args --case --mode --cpus --machine --firmware --cpu --timeout-multiplier --help" ;;
            run) words="--baseline --summary --tap --public --accel --engine --platform --host --kernel --modules --qemu --bochs --v86 --xen --xen-args --case --mode --debugger --cpus --machine --firmware --cpu --table --json --jobs --keep --timeout-multiplier --help" ;;
            iso) words="--case --mode --timeout-multiplier --help" ;;
            gdb) words="--help" ;;
            dist) words="--timeout-multiplier --help" ;;
            bench) words="--kut --accel --engine --platform --host --kernel --modules --qemu --bochs --v86 --xen --xen-args --case --mode --debugger --cpus --machine --firmware --cpu --jobs --keep --timeout-multiplier --help" ;;
            witness) words="--kut --accel --engine --platform --host --kernel --modules --qemu --bochs --v86 --xen --xen-args --cpus --machine --firmware --cpu --jobs --keep --timeout-multiplier --help" ;;
            bless) words="--witness --choose --replace --accel --engine --platform --host --kernel --modules --qemu --bochs --v86 --xen --xen-args --mode --cpus --machine --firmware --cpu --jobs --keep --timeout-multiplier --help" ;;
            repro) words="--accel --engine --platform --host --kernel --modules --qemu --bochs --v86 --xen --xen-args --case --mode --debugger --cpus --machine --firmware --cpu --json --jobs --keep --timeout-multiplier --help" ;;
            bugs) words="--accel --engine --platform --host --kernel --modules --qemu --bochs --v86 --xen --xen-args --case --mode --debugger --cpus --machine --firmware --cpu --json --jobs --keep --timeout-multiplier --help" ;;
            show) words="--help" ;;
            upstream) words="--timeout-multiplier --help" ;;
            new-case) words="--help" ;;
            judge) words="--help" ;;
            report) words="--expect --html --markdown --summary --tap --baseline --github --public --help" ;;
            site) words="--help" ;;
            diff) words="--json --help" ;;
            symbolize) words="--elf --offset --help" ;;
            lab) words="--help" ;;
        esac
    elif [[ $before = --* ]]; then
        case $before in
            --accel) words="tcg kvm whpx hvf mshv nvmm bochs v86 xen all references" ;;
            --engine) words="default icount single one-insn replay" ;;
            --mode) words="kernel32 user32 vm86 real16 kernel64 user64 compat32" ;;
            --debugger) words="detached attached hbreak break watch step left cut script all" ;;
            --firmware) words="qboot seabios" ;;
            --machine) words="microvm pc q35" ;;
            --table) words="short full none" ;;
            --case) words="$(_trapline_names cases)" ;;
        esac
    else
        case ${COMP_WORDS[1]} in
            bless) words="$(_trapline_names cases)" ;;
            repro) words="$(_trapline_names 'known bugs')" ;;
            bugs) words="$(_trapline_names 'known bugs')" ;;
            show) words="$(_trapline_names cases) $(_trapline_names 'known bugs') pass known differs fixed? crash backend reset hang cut unusable" ;;
            upstream) words="$(_trapline_names 'known bugs')" ;;
            lab) words="fetch list remove" ;;
        esac
    fi
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -o default -F _trapline trapline
