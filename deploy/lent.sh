# shellcheck shell=bash
# What debian-root and verify-image borrow from the machine they run on: a bare Debian 12, and the settings that its pip goes
# by. Sourced by both; `fail MESSAGE` is theirs.

bare_debian() { # TARBALL: a minimal Debian 12 with python3 and python3-pip; made once with debootstrap, then kept
    local tarball=$1 root
    [ ! -f "$tarball" ] || return 0
    command -v debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
    echo "making a minimal Debian 12 with python3 and python3-pip (once)"
    root=$(mktemp -d "${TMPDIR:-/tmp}/bayan-bare.XXXXXX")
    debootstrap --variant=minbase --include=python3,python3-pip,ca-certificates bookworm "$root" >"$root.log" 2>&1 ||
        { tail -n 15 "$root.log" >&2; fail "debootstrap failed, see $root.log and $root"; }
    mkdir -p "$(dirname "$tarball")"
    tar -C "$root" --one-file-system -cf "$tarball.new" . && mv "$tarball.new" "$tarball"
    rm -rf --one-file-system "$root" "$root.log"
}

pip_settings() { # every setting that pip goes by here, one NAME=VALUE a line; the environment, listed first, goes before files
    python3 -m pip config list | python3 -c '
import ast, sys
said = {"python"}  # which interpreter pip runs is ours to say
for line in sys.stdin:
    key, _, value = line.strip().partition("=")
    name = key.rpartition(".")[2]
    if name not in said:
        said.add(name)
        print(name + "=" + " ".join(ast.literal_eval(value).split()))
'
}

paths_named() { # VALUE: the files and folders that a setting of pip points to
    local word
    for word in $1; do
        case $word in # an index in a folder points to files beside itself
            file:///*/simple) dirname "${word#file://}" ;;
            file:///* | /*) printf '%s\n' "${word#file://}" ;;
        esac
    done
}
