# What doctor makes in the shop to try it out, and removes again; sourced by it.
#
# What it planted it removes by the names that it chose itself. The links that the
# program made for its code are known by the code's record, here on the disk. No
# answer from the network has a part in any path.

hex()
{
	for byte in $(od -An -N16 -tx1 /dev/urandom); do
		printf '%s' "$byte"
	done
}

# Chooses all names.
choose_names()
{
	started=$(date +%s)
	# the one minute that no link of the program's is in, and one that is long over
	bucket=$(((started + window) / 60 + 10))
	past=$((started / 60 - 10))
	mark=$(hex)
	suffix=$(hex)
	code=DOCTOR$(hex | tr '[:lower:]' '[:upper:]')
	# a blank and an umlaut, as in what is sold
	probe=$(printf 'doctor-%.8s \303\274ber.zip' "$suffix")
	probe_url=$(percent "$probe")
	plain=doctor-${suffix%????????????????????????}.zip
	planted_links=
	given_tokens=
	beside=
	swept_page=
	made_lists=
}

# Gives what was made to the shop: modes as setup and the program have them, and,
# where root runs this, the owner.
hand_over()
{
	[ -z "$shared" ] || [ -L "$1" ] || {
		chgrp -- "$group" "$1"
		chmod -- g+rw "$1"
	}
	[ "$user_id" != 0 ] || chown -h -- "$owner" "$1"
}

# Notes the token of the link that the program last made for the code of ours: it
# stands in the code's own record.
note_token()
{
	token=$(sed -n 's/^link: *[^ ]* \([0-9a-f]*\) .*/\1/p' "$home/codes/$code" 2>/dev/null) || :
	if is_hex 32 "$token"; then
		case "$given_tokens " in
		*" $token "*) ;;
		*) given_tokens="$given_tokens $token" ;;
		esac
	fi
}

# The folders and pages of these links, a path each line. They are in the buckets of
# the minutes that have passed since we began.
links_of_program()
{
	last=$((($(date +%s) + window) / 60 + 2))
	for token in $given_tokens; do
		minute=$((started / 60))
		while [ "$minute" -le "$last" ]; do
			for found in "${secure:-/nowhere}/$minute/$token" "$home/lists/$minute/$token"; do
				[ ! -e "$found" ] || printf '%s\n' "$found"
			done
			minute=$((minute + 1))
		done
	done
}

remove_planted()
{
	for one in $planted_links; do
		for place in "$secure/$one" "$secure/${one%/*}/.${one#*/}"; do
			# rules last: what they guard must not be without them
			if [ ! -d "$place" ] || [ -L "$place" ] ||
				{ rm -f -- "$place/copy.zip" "$place/link.zip" "$place/closed" &&
					rm -f -- "$place/.htaccess" && rmdir -- "$place"; }; then
				continue
			fi
			say "note: $one in $(short "$secure") could not be removed"
		done
	done 2>/dev/null
	[ -z "$planted_links" ] ||
		rmdir -- "$secure/$bucket" "$secure/$((bucket + 1))" "$secure/$past" 2>/dev/null || :
}

remove_given()
{
	note_token
	links_of_program | while IFS= read -r place; do
		remove_link "$place" ||
			say "note: ${place##*/} in $(short "${place%/*/*}") is left for the program to sweep"
		rmdir -- "${place%/*}" 2>/dev/null || :
	done
}

clean_up()
{
	exit_status=$?
	trap '' HUP INT TERM
	trap - EXIT
	remove_planted
	remove_given
	rm -f -- "$home/codes/$code" "$home/files/$probe" "$home/files/$plain"
	if [ "$swept_page" ]; then
		rm -f -- "$swept_page"
		rmdir -- "${swept_page%/*}" 2>/dev/null || :
	fi
	[ -z "$made_lists" ] || rmdir -- "$made_lists" 2>/dev/null || :
	if [ "$beside" ]; then
		rm -f -- "$beside/copy.zip" "$beside/.htaccess"
		rmdir -- "$beside"
	fi
	remove_scratch
	exit "$exit_status"
}

# All of it doctor's own, in a folder that mktemp made.
remove_scratch()
{
	rm -rf -- "$scratch"
}

# plant BUCKET RULES: makes a link's directory with a file that is $scratch/probe,
# and sets $planted to its path and $planted_address to its address. Aside first,
# then renamed: some hosts remember that a directory had no .htaccess.
plant()
{
	planted_token=$(hex)
	planted_links="$planted_links $1/$planted_token"
	planted=$secure/$1/$planted_token
	draft=$secure/$1/.$planted_token
	if [ ! -d "$secure/$1" ]; then
		mkdir -- "$secure/$1"
		chmod 0711 "$secure/$1"
		hand_over "$secure/$1"
	fi
	mkdir -- "$draft"
	chmod 0711 "$draft"
	printf '%s\n' "$2" >"$draft/.htaccess"
	cp -- "$scratch/probe" "$draft/copy.zip"
	backdate "$draft/copy.zip"
	ln -s -- "$home/files/$probe" "$draft/link.zip"
	chmod 0644 "$draft/.htaccess" "$draft/copy.zip"
	for made in "$draft" "$draft/.htaccess" "$draft/copy.zip" "$draft/link.zip"; do
		hand_over "$made"
	done
	mv -- "$draft" "$planted"
	planted_address=$site$url/$1/$planted_token
}

# OpenLiteSpeed sends no part of a file of this very second.
backdate()
{
	touch -t 202601020304 -- "$1"
}

# What keeps rules of the folders above out of ours.
no_inheritance='<IfModule mod_version.c>
<IfVersion >= 2.4.8>
RewriteOptions IgnoreInherit
</IfVersion>
</IfModule>'

# rules START END SECRET: as in a link's .htaccess. Those of a link that the program
# gave are the best model; without one, the part that refuses.
rules()
{
	if [ -r "${given:-/nowhere}/.htaccess" ]; then
		sed "s/\(%{TIME} <\)[0-9]*/\1$1/; s/\(%{TIME} >\)[0-9]*/\1$2/
			s/\(%{QUERY_STRING} \).*/\1!^$3\$/" "$given/.htaccess"
	else
		cat <<-END
		$no_inheritance
		RewriteEngine On
		RewriteCond %{TIME} <$1 [OR]
		RewriteCond %{TIME} >$2 [OR]
		RewriteCond %{QUERY_STRING} !^$3$
		RewriteRule ^ - [F]
		RewriteRule ^\$|(^|/)\. - [F]
		END
	fi
}

# write_code FILE...: the code of ours, as new, for these files
write_code()
{
	{
		printf 'uses: 0\nlimit: 99\n'
		printf 'file: %s\n' "$@"
		printf 'note: %s\n%127s\n' "$mark" ''
	} 2>/dev/null >"$home/codes/$code" ||
		die "cannot make a file in $home/codes: run this as the owner of the shop"
	hand_over "$home/codes/$code"
}

# $scratch/probe: some 400 bytes that are nowhere else. In files/ as what is sold.
make_probe()
{
	{
		printf '%s\n' "$mark"
		for _ in 1 2 3 4 5 6 7 8; do
			hex
		done
	} >"$scratch/probe"
	cp -- "$scratch/probe" "$home/files/$probe" 2>/dev/null ||
		die "cannot make a file in $home/files: run this as the owner of the shop"
	chmod 0644 "$home/files/$probe"
	hand_over "$home/files/$probe"
	[ "$links" = hard ] || chmod g-w "$home/files/$probe"
	backdate "$home/files/$probe"
}

# put FROM SPARE TO: the file TO becomes as FROM, at once, by way of SPARE beside it.
put()
{
	cp -- "$1" "$2"
	chmod 0644 "$2"
	hand_over "$2"
	backdate "$2"
	mv -f -- "$2" "$3"
}

# A page of several files that is over, which the next redemption is to remove.
plant_page()
{
	for folder in "$home/lists" "$home/lists/$past"; do
		[ ! -d "$folder" ] || continue
		mkdir -- "$folder" || die "cannot make $folder: run this as the owner of the shop"
		chmod 0711 "$folder"
		hand_over "$folder"
		[ "${folder##*/}" != lists ] || made_lists=$folder
	done
	swept_page=$home/lists/$past/$(hex)
	printf 'over\n' >"$swept_page" ||
		die "cannot make a file in $home/lists: run this as the owner of the shop"
	hand_over "$swept_page"
}

# A folder beside secure shows what the server does where no rule of ours is.
make_beside()
{
	beside_name=$(hex)
	beside=$secure.$beside_name
	mkdir -- "$beside" 2>/dev/null || {
		beside=
		return 1
	}
	chmod 0711 "$beside"
	cp -- "$scratch/probe" "$beside/copy.zip"
	chmod 0644 "$beside/copy.zip"
	hand_over "$beside"
	hand_over "$beside/copy.zip"
}

size_of()
{
	read -r _ _ _ _ its_size _ <<-END
	$(ls -lnd -- "$1")
	END
	printf '%s' "$its_size"
}

owner_of()
{
	read -r _ _ its_owner _ <<-END
	$(ls -ld -- "$1")
	END
	printf '%s' "$its_owner"
}

# The whole probe is the body of the last answer.
is_probe()
{
	cmp -s "$scratch/body" "$scratch/probe"
}
