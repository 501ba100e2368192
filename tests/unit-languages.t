#!/bin/sh
# A language with a phrase missing or twice does not compile, with no warning
# flags at all: whoever adds Italian hears of what is forgotten.

# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

# Compiles redeem.c after sed has done $1 to the block of a language.
compiles()
{
	sed "$1" redeem.c >"$tmp/changed.c"
	if cmp -s redeem.c "$tmp/changed.c"; then
		printf 'sed changed nothing\n' >&2
		return 2
	fi
	"$compiler" -std=c99 -c -o "$tmp/changed.o" "$tmp/changed.c" 2>"$tmp/errors"
}

for compiler in gcc clang tcc; do
	command -v "$compiler" >/dev/null 2>&1 || continue
	ok "$compiler: another word for a phrase compiles" \
		compiles '/SAY(FORM_BUTTON, "Herunterladen")/s/Herunterladen/Laden/'
	for button in Download 'Télécharger' Herunterladen Downloaden Descargar; do
		got=0
		compiles "/SAY(FORM_BUTTON, \"$button\")/d" || got=$?
		is "$compiler: the row \"$button\" missing does not compile" "$got" 1
		got=0
		compiles "s/SAY(FORM_BUTTON, \"$button\")/& &/" || got=$?
		is "$compiler: the row \"$button\" twice does not compile" "$got" 1
	done
done

finish
