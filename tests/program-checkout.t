#!/bin/sh
# A checkout has the same bytes on every system, also where git turns line ends
# into those of Windows; and git is not told of what owners make in it.
. "${0%/*}/lib.sh"
test_all_only 'needs git'
need git

# files: what git has of the checkout, or would have after `git add -A`.
files()
{
	(cd "$top" && git ls-files -co --exclude-standard | while IFS= read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done)
}
git -C "$top" rev-parse --git-dir >/dev/null 2>&1 || skip_all 'this is no clone'
HOME=$tmp
export HOME
mkdir "$tmp/clone" "$tmp/windows"
files >"$tmp/files"
(cd "$top" && tar cf - -T "$tmp/files") | tar xf - -C "$tmp/clone"
cd "$tmp/clone"
git init -q .
git add -A
is 'git takes all of it' "$(git ls-files | sort)" "$(sort "$tmp/files")"
git -c core.autocrlf=true -c core.eol=crlf checkout-index -a --prefix="$tmp/windows/"
ok 'on Windows: the same bytes' diff -r --exclude=.git . "$tmp/windows"
ok 'the seeds have line ends of both kinds' grep -rqlI "$(printf '\r')" tests/corpus

# what README's commands and the program leave in a checkout that is a home
mkdir -p files lists log.d
touch codes.txt cards.html cards.csv report.html report.csv report.txt backup.tar \
	redeem log attempts settings codes/7K3M9QXA2FTF files/first-light.zip
rmdir log.d
is 'what is made here is not for git' "$(git status --porcelain | grep '^??')" ''
finish
