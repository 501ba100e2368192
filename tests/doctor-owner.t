#!/bin/sh
# doctor where the program runs as another user than the owner of the files, and
# Apache follows symbolic links between files of one owner only.
. "${0%/*}/lib.sh"
test_all_only 'needs suexec'
. "$top/tests/doctor.sh"
need apache2 curl setpriv

shop_cheap
# the owner is in the group of the program, and has set the shop up for it
who=label
groups=label,www-data
amend='/[sS]uexec/d'
chgrp www-data "$shop/home"
chmod 751 "$shop/home"
for folder in home/codes public_html/secure; do
	chgrp www-data "$shop/$folder"
done
chmod 2770 "$shop/home/codes"
chmod 2771 "$shop/public_html/secure"
: >"$shop/home/log"
chown label:www-data "$shop/home/log"
chmod 660 "$shop/home/log"
host apache_cheap
faulty 'SymLinksIfOwnerMatch' '^ok     code' '^ok     rules' \
	"^WRONG  link .*refused \(403\) The program runs as www-data, the files are label's" \
	'^ +links: hard$' '^WRONG  link'

settings "home: $shop/home" "secure: $shop/public_html/secure" 'links: hard'
chown label: "$cgi/.htredeem"
if [ "$(cat /proc/sys/fs/protected_hardlinks)" = 1 ]; then
	like 'SymLinksIfOwnerMatch: files must be writable' "$(cat "$tmp/said")" \
		'^ +chmod -R g\+w ~/home/files$'
	faulty 'hard links, but files that may not be written' \
		'^WRONG  files .*no hard link can be made to first-light.zip' \
		'^ +chgrp -R www-data ~/home/files$' '^ +chmod -R g\+w ~/home/files$'
	chgrp -R www-data "$shop/home/files"
	chmod -R g+w "$shop/home/files"
fi
healthy 'hard links, as advised'

# where links may lead anywhere, nothing is wrong with two owners
settings "home: $shop/home" "secure: $shop/public_html/secure"
chown label: "$cgi/.htredeem"
amend='/[sS]uexec/d; s/SymLinksIfOwnerMatch/FollowSymLinks/'
host apache_cheap
healthy 'FollowSymLinks'

# a folder in which each may remove only what is his
chmod +t "$shop/public_html/secure"
faulty 'a sticky secure' '^ok     link' '^WRONG  sweep .*is not removed'
finish
