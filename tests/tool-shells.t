#!/bin/sh
# The tools do the same under every shell and with every awk that people have: dash,
# busybox, bash, mksh, yash, ksh93, posh, zsh as sh; mawk, gawk, busybox's, the one true awk.

. "${0%/*}/lib.sh"
test_all_only 'some twenty shops are set up'
need dash busybox bash mksh yash ksh93 posh zsh mawk gawk original-awk perl flock

now=$(date -u +%Y-%m-%d)

# What an owner does, with the shell $1; all that comes of it is in $tmp/did.
owner()
{
	home=$tmp/home
	rm -rf "$home"
	mkdir -p "$home/codes" "$home/files/flac"
	printf 'music\n' | tee "$home/files/a.zip" "$home/files/b.zip" "$home/files/flac/1.flac" >"$tmp/x"
	link=$home/secure/27000000/0123456789abcdef0123456789abcdef
	mkdir -p "$link"
	touch "$link/.htaccess" "$link/a.zip"
	printf '# redeem 1.0\n' >"$home/secure/.htaccess"
	printf 'home: %s\nsecure: %s\n' "$home" "$home/secure" >"$home/settings"
	printf '%s redeemed 7K3M9QXA2FTF 1/3 a.zip\n' "${now}T00:00:01Z" >"$home/log"
	{
		printf '7k3m-9qxa-2ftf\r\nHELLO-1,x\nWORLD2\n' |
			$1 "$top/tools/mint" a.zip -H "$home" -c - flac -t 'batch 1' -x 2099-12-31
		$1 "$top/tools/mint" -H "$home" -n 3 -o "$tmp/list.$$" a.zip
		wc -l <"$tmp/list.$$"
		tr -d - <"$tmp/list.$$" | while read -r drawn; do rm "$home/codes/$drawn"; done
		rm "$tmp/list.$$"
		$1 "$top/tools/code" -H "$home" --note 'batch 1' --file a.zip b.zip --limit 7
		$1 "$top/tools/code" -H "$home" 7k3m 9qxa 2ftf --revoke
		$1 "$top/tools/code" -H "$home" --undo
		$1 "$top/tools/code" -H "$home" --from-log
		$1 "$top/tools/code" -H "$home" HELLO1 --expires never
		$1 "$top/tools/code" -H "$home" --list
		$1 "$top/tools/code" -H "$home" 7K3M9QXA2FTF --history | grep redeemed
		$1 "$top/tools/code" -H "$home" NONE1 || echo "status $?"
		$1 "$top/tools/report" -H "$home"
		$1 "$top/tools/report" -H "$home" --csv
		$1 "$top/tools/report" -H "$home" --html
		$1 "$top/tools/code" -H "$home" --list |
			$1 "$top/tools/cards" -H "$home" -u https://label.example/form -t T -l de
		$1 "$top/tools/sweep" -H "$home"
		find "$home/secure"
		cat "$home"/codes/*
		sed 's/^[^ ]*//' "$home/log"
	} >"$tmp/did" 2>&1
}

# The same with perl out of the way, so that flock and ln do the work.
mkdir "$tmp/bin" "$tmp/no-perl"
for program in awk base64 cat chmod chgrp chown cut date dd dirname find flock grep head id ls \
	ln mkdir mktemp od printf qrencode readlink rm rmdir sed sh sleep sort tail tr wc paste uniq \
	xargs; do
	# mksh has no printf of its own
	found=$(env which "$program") && ln -s "$found" "$tmp/no-perl/$program"
done

# Tools of which $1 makes other help of --help than of -h.
helpless()
{
	for tool in cards code doctor mint report setup sweep; do
		help=$($1 "$top/tools/$tool" --help 2>&1) || :
		[ "${help%%[ -]*}" = "$tool" ] && [ "$help" = "$($1 "$top/tools/$tool" -h)" ] ||
			printf '%s ' "$tool"
	done
}

owner dash
cp "$tmp/did" "$tmp/wanted"
is 'dash: --help is -h' "$(helpless dash)" ''
for tool in cards code doctor mint report setup sweep; do
	"$top/tools/$tool" -h >"$tmp/help"
	is "$tool -h fits into 80 columns" "$(awk 'length > 80' "$tmp/help")" ''
	# shellcheck disable=SC2016 # it is the text
	[ "$tool" = setup ] || like "$tool -h says where the settings are" \
		"$(cat "$tmp/help")" 'Settings are \$REDEEM_CONF, else the file HOME/settings'
done
like 'dash: the codes are made' "$(cat "$tmp/wanted")" '^code: HELLO1$'
like 'dash: and changed' "$(cat "$tmp/wanted")" '^file: b.zip$'
unlike 'dash: what has expired is removed' "$(cat "$tmp/wanted")" '/secure/2'
for shell in 'busybox sh' bash mksh yash ksh93 posh 'zsh --emulate sh'; do
	owner "$shell"
	ok "$shell does what dash does" diff "$tmp/wanted" "$tmp/did"
	is "$shell: --help is -h" "$(helpless "$shell")" ''
done
for awk in mawk gawk original-awk busybox; do
	ln -sfn "$(command -v "$awk")" "$tmp/bin/awk"
	owner "env PATH=$tmp/bin:$PATH dash"
	ok "$awk: the same" diff "$tmp/wanted" "$tmp/did"
done
for shell in dash busybox mksh; do
	ln -sfn "$(command -v "$shell")" "$tmp/no-perl/"
	[ "$shell" != busybox ] || shell='busybox sh'
	owner "env PATH=$tmp/no-perl $shell"
	ok "$shell without perl: the same" diff "$tmp/wanted" "$tmp/did"
done
finish
