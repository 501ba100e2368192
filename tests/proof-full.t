#!/bin/sh
# A full disk, real and small: an honest 503 and nothing counted, or a link and
# one use, and all is well again once there is room. A log for which there is no
# room stops nobody, and never gets half a line. [S3] [S4]
. "${0%/*}/lib.sh"
test_all_only 'takes minutes'
need mount umount mountpoint truncate

[ "$(id -u)" = 0 ] || skip_all 'only root may mount a small disk'
mkdir "$tmp/disk"
mount -t tmpfs -o size=64k redeem-test "$tmp/disk" 2>/dev/null ||
	skip_all 'a small disk cannot be mounted here'
umount "$tmp/disk"

# The path decides how often there is no room: on ext2 a symbolic link of 60 bytes
# takes a block. So it is of one length, whatever TMPDIR is.
fixed=$(mktemp -d "/tmp/redeem-${0##*/}.XXXXXX")
at_end "rm -rf -- '$fixed'"
chmod 711 "$tmp" "$fixed"
image=$tmp/image
shop=$fixed/shop
site=$shop/public_html
secure=$site/secure
lists=$shop/home/lists
disk=
tried=0
honest=0

# Nothing of the test may stay mounted, and nothing may be removed below.
unmounted()
{
	for place in "$lists" "$shop/home" "$site" "$shop"; do
		! mountpoint -q "$place" || umount "$place" || umount -l "$place"
	done
}
at_end unmounted

# set_out_disk KIND PLACE: a shop anew, whose directory PLACE is a small disk. A
# tmpfs has no more than 32 inodes; on an ext2 with blocks of 1024 bytes even a
# record needs a second block.
set_out_disk()
{
	unmounted
	rm -rf "$shop"
	mkdir -p "$2"
	case $1 in
	tmpfs) mount -t tmpfs -o size=2m,nr_inodes=32,mode=711 redeem-test "$2" ;;
	ext2)
		rm -f "$image"
		truncate -s 2m "$image"
		mkfs.ext2 -q -b 1024 -m 0 -N 32 -E root_owner=0:0 "$image" 2>/dev/null
		mount -o loop "$image" "$2" || return
		rmdir "$2/lost+found"
		;;
	esac
	disk=$2
	shop_make "$shop" cgi-bin root
	mkdir "$shop/home/files/flac"
	for file in first-light.zip flac/1.flac flac/2.flac; do
		printf '%s\n' "$file" >"$shop/home/files/$file"
	done
}

# The ways in which a code is sold; the last two are by the program itself. A grown
# record is 30 bytes short of a block, which the lines that the program adds do not
# fit into.
sell()
{
	delivery=apache
	note="note: $(printf '%0950d' 0)"
	case $1 in
	signed | listed)
		delivery=cgi
		settings_cgi
		;;
	esac
	case $1 in
	one) set -- 'file: first-light.zip' ;;
	grown) set -- 'file: first-light.zip' "$note" ;;
	several) set -- 'file: first-light.zip' 'file: flac/' ;;
	hard)
		printf 'links: hard\n' >>"$cgi/.htredeem"
		set -- 'file: first-light.zip'
		;;
	signed) set -- 'file: first-light.zip' "$note" ;;
	listed) set -- 'file: first-light.zip' 'file: flac/' ;;
	esac
	code AAAA1111 'uses: 0' 'limit: 3' "$@"
	before=$(cat "$code_file")
}

# fill bytes|inodes ROOM: takes all of the disk but ROOM blocks, or inodes.
fill()
{
	if [ "$1" = bytes ]; then
		# in small pieces, or some room is left
		dd if=/dev/zero bs=1k "of=$disk/fill" 2>/dev/null || :
		size=$(($(wc -c <"$disk/fill") - $2 * $(stat -f -c %S "$disk")))
		[ "$size" -ge 0 ] && truncate -s "$size" "$disk/fill"
	else
		mkdir "$disk/fill"
		n=0
		while true 2>/dev/null >"$disk/fill/$n"; do
			n=$((n + 1))
		done
		[ "$n" -ge "$2" ] || return 1
		while [ "$2" -gt 0 ]; do
			n=$((n - 1))
			rm "$disk/fill/$n"
			set -- "$1" "$(($2 - 1))"
		done
	fi
}

# blame CASE WHY: CASE has failed.
blame()
{
	wrongs="$wrongs$1: $2
"
}

# Are the rules of secure whole, or not there at all?
forbidden()
{
	[ ! -e "$secure/.htaccess" ] ||
		[ "$(sed -n 's/^ErrorDocument 403 ".*"$/page/p; $p' "$secure/.htaccess" | tr '\n' ' ')" = \
			'page </FilesMatch> ' ]
}

# What links have on the disk.
kept()
{
	for place in "$secure" "$lists"; do
		[ ! -d "$place" ] || find "$place" -mindepth 2 ! -path '*/fill/*'
	done
}

# refused CASE: the last answer says so, and nothing was done.
refused()
{
	[ "$(status) $(outcome)" = '503 try-again' ] || blame "$1" "$(status) $(outcome)"
	grep -q '^Retry-After: ' "$tmp/answer" || blame "$1" 'no Retry-After'
	grep -q 'No space left' "$tmp/complaint" || blame "$1" "said: $(cat "$tmp/complaint")"
	[ "$(cat "$code_file")" = "$before" ] || blame "$1" 'the record has changed'
	left=$(kept)
	[ -z "$left" ] || blame "$1" "left: $left"
	forbidden || blame "$1" 'half the rules of secure'
}

# given CASE WHEN: the last answer gave a link that opens what was sold, and one use.
given()
{
	if [ "$(status)" != 303 ]; then
		blame "$1" "$2: $(status) $(outcome) $(cat "$tmp/complaint")"
		return
	fi
	[ "$(value uses "$code_file")" = 1 ] || blame "$1" "$2: uses: $(value uses "$code_file")"
	told=$(location)
	"${delivery}_given" "$1" "$2"
}

apache_given()
{
	link=$secure/${told#/secure/}
	link=${link%/*}
	for file in "$shop/home/files/first-light.zip" "$link"/*; do
		case ${file##*/} in
		downloads.html) grep -qx '</html>' "$file" || blame "$1" "$2: half a page" ;;
		*) grep -q "${file##*/}" "$link/${file##*/}" || blame "$1" "$2: no ${file##*/}" ;;
		esac
	done
	# the rules end with a page's line, or with those of the last file
	case $(tail -n 2 "$link/.htaccess" | tr '\n' ' ') in
	*'ErrorDocument 403 "<!DOCTYPE html>'*'</html> " ') ;;
	'</IfModule> </Files> ') ;;
	'</Files> </IfModule> ')
		[ ! -e "$link/downloads.html" ] || blame "$1" "$2: no rules of the page"
		;;
	*) blame "$1" "$2: half the rules" ;;
	esac
	[ -e "$secure/.htaccess" ] || blame "$1" "$2: no rules of secure"
	forbidden || blame "$1" "$2: half the rules of secure"
}

cgi_given()
{
	opened=$(sent "$told")
	if [ -z "$(kept)" ]; then
		[ "$opened" = first-light.zip ] || blame "$1" "$2: no first-light.zip"
		return
	fi
	printf '%s\n' "$opened" | grep -qx '</html>' || blame "$1" "$2: half a page"
	for file in first-light.zip flac/1.flac flac/2.flac; do
		[ "$(sent "$(address "$file" "$opened")")" = "$file" ] || blame "$1" "$2: no $file"
	done
}

# What a disk gives that gets fuller: with no room at first, then with one block
# or inode more each time, until a link is given.
fuller()
{
	wrongs=
	refusals=0
	room=0
	while [ "$room" -lt 24 ]; do
		set_out_disk "$2" "$3"
		sell "$4"
		fill "$1" "$room" || blame "$room $1" 'the disk is too small for this test'
		post AAAA1111
		tried=$((tried + 1))
		if [ "$(status)" = 303 ]; then
			given "$room $1" 'the answer'
			break
		fi
		refused "$room $1"
		refusals=$((refusals + 1))
		rm -r "$disk/fill"
		post AAAA1111
		given "$room $1" 'with room again'
		room=$((room + 1))
	done
	honest=$((honest + refusals))
	[ "$room" -lt 24 ] || blame "$1" 'there is never room'
	is "$4, $2 at ${3#"$shop"/}, no $1: refused $refusals times" "$wrongs" ''
}

# needs LEAST: so often there must have been no room, or nothing was tested
needs()
{
	ok 'there was no room, really' test "$refusals" -ge "$1"
}

# a bucket, a directory, two files of rules and a link
fuller bytes tmpfs "$site" one
needs 2
fuller inodes tmpfs "$site" one
needs 4
fuller bytes tmpfs "$site" several
needs 3
fuller inodes tmpfs "$site" several
needs 6
fuller bytes tmpfs "$shop" hard
needs 2
fuller inodes tmpfs "$shop" hard
needs 3
# two blocks of a page; its bucket, and itself
fuller bytes tmpfs "$lists" listed
needs 2
fuller inodes tmpfs "$lists" listed
needs 2

# Full is only the home: on a tmpfs the record needs no more room, so a use can
# be counted; the log cannot be written, which the owner hears of.
for what in bytes inodes; do
	set_out_disk tmpfs "$shop/home"
	sell one
	wrongs=
	fill "$what" 0
	post AAAA1111
	given "home without $what" 'the answer'
	is "a log for which there are no $what left stops nobody" "$wrongs" ''
	like 'the owner hears of it' "$(cat "$tmp/complaint")" 'log: No space left'
	post NOSUCHCODE REMOTE_ADDR=192.0.2.1
	is 'an unknown code is still unknown' "$(status) $(outcome)" '404 unknown'
	post AAAA1111 REMOTE_ADDR=192.0.2.1
	is 'and the table that did not fit keeps nobody out' "$(status)" 303
	rm -r "$disk/fill"
	code BBBB2222
	post BBBB2222 REMOTE_ADDR=192.0.2.1
	is 'with room again' "$(status) $(value uses "$code_file")" '303 1'
	like 'there is a log again' "$(cat "$shop/home/log")" ' redeemed BBBB2222 1/3 first-light.zip$'
done

# half_line KIND: twenty bytes are left in the last block of the log.
half_line()
{
	set_out_disk "$1" "$shop/home"
	sell one
	block=$(stat -f -c %S "$disk")
	printf "%0$((block - 21))d\n" 0 >"$shop/home/log"
	log=$(cat "$shop/home/log")
	fill bytes 0
	post AAAA1111
	is "$1: room for half a line of the log: a link" "$(status) $(value uses "$code_file")" '303 1'
	is "$1: no half a line" "$(sed 1d "$shop/home/log")" ''
	is "$1: and nothing else lost" "$(sed 1q "$shop/home/log")" "$log"
	like "$1: the owner hears of it" "$(cat "$tmp/complaint")" 'log: No space left'
	rm "$disk/fill"
	post AAAA1111
	is "$1: the next line is whole" "$(sed '1d;s/^20[0-9T:-]*Z //' "$shop/home/log")" \
		'again AAAA1111 1/3 first-light.zip'
}
half_line tmpfs

# The same on a disk where a record can outgrow its block, and where links and
# directories take blocks, too.
if command -v mkfs.ext2 >/dev/null 2>&1 && set_out_disk ext2 "$shop/home" >"$tmp/mount" 2>&1; then
	fuller bytes ext2 "$shop/home" grown
	needs 1
	fuller bytes ext2 "$site" several
	needs 5
	fuller inodes ext2 "$site" several
	needs 6
	fuller bytes ext2 "$shop" grown
	needs 4
	# only the record; and a bucket and five blocks, or itself
	fuller bytes ext2 "$shop/home" signed
	needs 1
	fuller bytes ext2 "$lists" listed
	needs 6
	fuller inodes ext2 "$lists" listed
	needs 2
	half_line ext2
else
	printf 'ok %d - ext2 # SKIP no loop device to mount it from\n' "$((tests += 1))"
fi

unmounted
ok 'nothing is left mounted' sh -c "! grep -q '$fixed' /proc/mounts"
printf '# %d honest refusals\n' "$honest"
figure 'full disks, by bytes and by files' "$tried"
finish
