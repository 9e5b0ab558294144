#!/bin/sh
# validate.sh KIND FILE: what software centres, desktops and man check of our files.  77 (skipped) when the validator is not here.
set -eu
kind=$1 file=$2

with () {
  command -v "$1" >/dev/null 2>&1 && return
  echo "skipped: $1 is not installed"
  exit 77
}

case $kind in
  desktop)
    with desktop-file-validate
    complaints=$(desktop-file-validate "$file" 2>&1)
    echo "$complaints"
    [ -z "$complaints" ]
    ;;
  metainfo)
    with appstreamcli
    appstreamcli validate --no-net "$file"
    ;;
  mime)
    with xmllint
    xmllint --noout "$file"
    with update-mime-database
    home=$(mktemp -d)
    trap 'rm -rf "$home"' EXIT
    mkdir "$home/packages"
    cp "$file" "$home/packages"
    update-mime-database "$home"
    grep -q '^50:application/x-pagetide:\*\.pagetide$' "$home/globs2"
    grep -q PAGETIDE "$home/magic"
    ;;
  schema)
    with glib-compile-schemas
    glib-compile-schemas --strict --dry-run "$file"
    ;;
  man)
    with groff
    complaints=$(groff -man -ww -Tutf8 -z "$file" 2>&1)
    echo "$complaints"
    [ -z "$complaints" ]
    ;;
  icons)
    with xmllint
    find "$file" -name '*.svg' | sort | {
      count=0
      while read -r icon; do
        xmllint --noout "$icon"
        count=$((count + 1))
      done
      echo "$count icons"
      [ "$count" -ge 2 ]
    }
    ;;
  translations)
    with msgfmt
    while read -r language; do
      msgfmt --check --statistics -o /dev/null "$file/$language.po"
    done <"$file/LINGUAS"
    grep -v '^#' "$file/POTFILES.in" | while read -r source; do
      [ -z "$source" ] || [ -f "$file/../$source" ] || { echo "POTFILES.in names $source, which is not there"; exit 1; }
    done
    # A file that is not listed would silently stay in English.
    (cd "$file/.." && grep -rlE '(^|[^A-Za-z_])(_|N_|C_|NC_|n?gettext) \(' src --include='*.c' && grep -rl 'translatable=' ui) | while read -r source; do
      grep -qx "$source" "$file/POTFILES.in" || { echo "POTFILES.in lacks $source"; exit 1; }
    done
    ;;
  *) echo "unknown kind $kind" >&2; exit 2 ;;
esac
