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
  policy)
    with xmllint
    xmllint --noout --nonet "$file"
    grep -q '"org.freedesktop.policykit.exec.path">/.*/pagetide-helper<' "$file"
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
    # FILE is po/.  That the list of sources with strings is whole; that what is translated is in order and whole.
    with msgfmt
    top=$file/..
    listed=$(grep -v -e '^#' -e '^$' "$file/POTFILES.in" | sort)
    there=$(cd "$top" && {
      # The helper is plain C and speaks English.
      grep -rlE --include='*.c' '\<(_|N_|C_|NC_|ngettext|g_dn?gettext|g_dpgettext2?) \(' src | grep -v '^src/helper/'
      grep -rl --include='*.ui' 'translatable="yes"' ui
      ls data/*.desktop.in data/*.xml.in data/*.gschema.xml
    } | sort)
    if [ "$listed" != "$there" ]; then
      printf 'POTFILES.in names:\n%s\n\nof these have strings, or are there:\n%s\n' "$listed" "$there"
      exit 1
    fi
    while read -r language; do
      statistics=$(LC_ALL=C msgfmt --check --statistics -o /dev/null "$file/$language.po" 2>&1)
      echo "$language: $statistics"
      case $statistics in *warning*|*untranslated*|*fuzzy*) exit 1 ;; esac
    done <"$file/LINGUAS"
    ;;
  *) echo "unknown kind $kind" >&2; exit 2 ;;
esac
