#!/bin/sh
# Links below a document root whose own rules would undo theirs: rewriting that is
# handed down, headers, types and handlers by file name, compression, encodings. Each
# is tried alone, by the same requests. [S7]
. "${0%/*}/lib.sh"
test_all_only 'takes half a minute'
need apache2 curl

shop_stock
# what labels sell besides, and its type, by which phones save it under its name
cat >"$tmp/types" <<'END'
first-light.flac audio/flac
first-light.wav audio/wav
first-light.aiff audio/x-aiff
first-light.m4a audio/mp4
first-light.ogg audio/ogg
first-light.opus audio/ogg
first-light.jpg image/jpeg
first-light.png image/png
first-light.txt text/plain
first-light.mp4 video/mp4
FIRST-LIGHT.MP3 audio/mpeg
END
packed='tar.gz tgz tar.Z tar.bz2 tar.xz tar.br tar.zst'
for name in mp3 pdf xyz $packed; do
	cp -p "$shop/home/files/first-light.zip" "$shop/home/files/first-light.$name"
done
while read -r name _; do
	cp -p "$shop/home/files/first-light.zip" "$shop/home/files/$name"
done <"$tmp/types"
shop_own
# what such rules need besides; the last line of each is the server's own
cat >"$tmp/more.conf" <<END
LoadModule expires_module $modules/mod_expires.so
LoadModule brotli_module $modules/mod_brotli.so
END
serve apache_stock
base=http://127.0.0.1:$port
form=$base/cgi-bin/redeem.cgi
file=$shop/home/files/first-light.zip

# opens_file NAME FILE TYPE: a link to FILE opens as if there were no rules but ours
opens_file()
{
	code OPEN1 'uses: 0' 'limit: 9' "file: $2"
	fetch -d code=OPEN1 "$form" >"$tmp/status"
	link=$base$(led_to)
	is "$1: $2" "$(fetch -H 'Accept-Encoding: gzip, br' "$link")" 200
	ok "$1: $2: the exact bytes" cmp "$tmp/body" "$file"
	is "$1: $2: its headers" "$(for name in Content-Type Content-Disposition Cache-Control \
		Expires Referrer-Policy Content-Encoding Content-Length; do
		printf '%s: %s\n' "$name" "$(header "$name")"
	done)" "Content-Type: $3
Content-Disposition: attachment; filename=\"$2\"; filename*=UTF-8''$2
Cache-Control: private, no-store
Expires: 
Referrer-Policy: no-referrer
Content-Encoding: 
Content-Length: 300000"
	is "$1: $2: a part" "$(fetch -H 'Accept-Encoding: gzip, br' -r 0-99 "$link")" 206
	not_served "$1: $2: a wrong secret" 403 "${link%?????}00000"
	is_page "$1: $2: headers of the refusal"
}

# The page of several files is a page, whatever the site does with pages.
listed()
{
	code LIST1 'uses: 0' 'limit: 9' 'file: first-light.zip' 'file: first-light.mp3'
	fetch -d code=LIST1 "$form" >"$tmp/status"
	is "$1: a page" "$(fetch "$base$(led_to)")" 200
	is "$1: its type" "$(header Content-Type)" 'text/html; charset=utf-8'
	is "$1: not to be kept" "$(header Cache-Control)" 'private, no-store'
	is "$1: not to be saved" "$(header Content-Disposition)" ''
}

# below NAME: what is on stdin becomes the .htaccess of the document root
below()
{
	cat >"$shop/public_html/.htaccess"
	chmod 644 "$shop/public_html/.htaccess"
	opens_file "$1" first-light.zip application/zip
	opens_file "$1" first-light.mp3 audio/mpeg
	listed "$1"
}

rm -f "$shop/public_html/.htaccess"
below 'no rules' </dev/null
opens_file 'no rules' first-light.pdf application/pdf
opens_file 'no rules' first-light.xyz application/octet-stream
while read -r name type <&3; do
	opens_file 'no rules' "$name" "$type"
done 3<"$tmp/types"
for handed in InheritDown InheritDownBefore; do
	below "$handed, a blog" <<-END
	RewriteEngine On
	RewriteOptions $handed
	RewriteRule ^secure/ - [L]
	RewriteRule . /index.php [L]
	END
	below "$handed, nothing for strangers" <<-END
	RewriteEngine On
	RewriteOptions $handed
	RewriteRule \.(zip|mp3|html)\$ - [F]
	END
done
below 'Cache-Control by file name' <<'END'
<FilesMatch "\.(zip|mp3|flac|html)$">
Header set Cache-Control "public, max-age=31536000"
Header set Content-Disposition inline
</FilesMatch>
END
below 'Header always' <<'END'
Header always set Cache-Control "public, max-age=31536000"
Header always set Referrer-Policy unsafe-url
END
below 'Header always, by file name' <<'END'
<FilesMatch "\.(zip|mp3|html)$">
Header always set Cache-Control "public, max-age=31536000"
Header always set Referrer-Policy unsafe-url
</FilesMatch>
END
below 'ExpiresDefault' <<'END'
ExpiresActive On
ExpiresDefault "access plus 1 year"
ExpiresByType application/zip "access plus 1 year"
END
below 'a handler by file name' <<'END'
<FilesMatch "\.(zip|mp3|html)$">
SetHandler cgi-script
</FilesMatch>
END
below 'a type by file name' <<'END'
<FilesMatch "\.(zip|mp3|html)$">
ForceType text/plain
</FilesMatch>
END
below 'compression of everything' <<'END'
SetOutputFilter BROTLI_COMPRESS;DEFLATE
END
below 'encodings by file name' <<'END'
AddEncoding x-gzip .gz .tgz
AddEncoding x-compress .Z
AddEncoding x-bzip2 .bz2
AddEncoding x-xz .xz
AddEncoding br .br
AddEncoding zstd .zst
END
for name in $packed; do
	opens_file 'encodings by file name' "first-light.$name" application/octet-stream
done
finish
