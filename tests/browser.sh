# Runs a test in a browser; sourced by the tests that do, after lib.sh, once the
# shop is there. Each has a script for node beside it, which prints TAP.
#
#   $engine     chromium, firefox or webkit, whose browser every iPhone has
#   $delivery   the lines of settings that say how files get to their buyers; with
#               an empty line between them, those of several deliveries

engine=chromium
delivery="secure: $tmp/shop/public_html/secure"

# Browsers leave things in home and temporary directories: give them ours, and no
# services of a desktop, which they would start.
browser_room()
{
	mkdir -p "$tmp/browser/run" "$tmp/browser/.config"
	chmod 700 "$tmp/browser/run"
	printf 'XDG_DOWNLOAD_DIR="%s/Downloads"\n' "$tmp/browser" \
		>"$tmp/browser/.config/user-dirs.dirs"
	HOME=$tmp/browser TMPDIR=$tmp/browser XDG_RUNTIME_DIR=$tmp/browser/run NO_AT_BRIDGE=1
	LIBGL_ALWAYS_SOFTWARE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1 GSETTINGS_BACKEND=memory
	export HOME TMPDIR XDG_RUNTIME_DIR NO_AT_BRIDGE LIBGL_ALWAYS_SOFTWARE \
		WEBKIT_DISABLE_DMABUF_RENDERER GSETTINGS_BACKEND
	unset DBUS_SESSION_BUS_ADDRESS XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME LC_ALL
	LANG=C.UTF-8
	export LANG
}

chromedriver_run()
{
	browser_room
	exec chromedriver --port="$port"
}

# WebKit has no browser without a screen: it gets one that nobody sees.
webkitdriver_run()
{
	browser_room
	DISPLAY=:$(cat "$tmp/browser.display")
	export DISPLAY
	exec WebKitWebDriver --port="$port"
}

screen_start()
{
	Xvfb -displayfd 3 -screen 0 1280x1024x24 -nolisten tcp \
		3>"$tmp/browser.display" >>"$tmp/server.out" 2>&1 &
	screen=$!
	at_end "stop $screen"
	await 20 test -s "$tmp/browser.display" || bail_out 'no screen'
}

# A browser goes when its driver has gone, but it takes its time, and writes until
# then. What it was given to write in comes from a file, or grep would find itself.
browser_gone()
{
	! grep -lsF -f "$tmp/browser.name" /proc/[0-9]*/cmdline /proc/[0-9]*/environ
}

# Something longer than a name without blanks, for a list of files.
second_file()
{
	head -c 200000 /dev/urandom >"$shop/home/files/Second Light.flac"
	chmod 644 "$shop/home/files/Second Light.flac"
	shop_own
}

# Three deliveries: Apache's, the program's, and an object store with the same files.
all_deliveries()
{
	. "$top/tests/servers.sh"
	serve s3rver_run
	for name in first-light.zip 'Second Light.flac'; do
		curl -s -f --max-time 30 -T "$shop/home/files/$name" -o "$tmp/body" \
			"http://127.0.0.1:$port/label/$(printf '%s' "$name" | sed 's/ /%20/g')"
	done
	delivery="$delivery

delivery: cgi
key: $(random_hex 32)

delivery: s3
s3-endpoint: http://127.0.0.1:$port
s3-region: us-east-1
s3-bucket: label
s3-key: S3RVER
s3-secret: S3RVER"
	# settings with secrets are for the program alone
	chmod 600 "$cgi/.htredeem"
}

# Where the browser of $engine is, and its driver on $port if it has one.
browser_start()
{
	mkdir "$tmp/browser"
	printf '%s\n' "$tmp/browser/" >"$tmp/browser.name"
	at_end 'await 20 browser_gone'
	case $engine in
	chromium)
		need chromium chromedriver
		serve chromedriver_run
		;;
	firefox) need firefox-esr ;;
	webkit)
		need WebKitWebDriver Xvfb
		screen_start
		serve webkitdriver_run
		;;
	esac
	minibrowser=$(find /usr/lib /usr/libexec -name MiniBrowser -type f 2>/dev/null | tail -n 1)
}

# browse SCRIPT ARGUMENT...: runs node's SCRIPT on the shop that the last server
# serves; its status is that of the test.
browse()
{
	need node
	axe=$top/build/npm/node_modules/axe-core/axe.min.js
	[ -r "$axe" ] || skip_all 'axe-core is not there; see tests/install'
	base=http://127.0.0.1:$port
	browser_start
	(
		BASE=$base DRIVER=http://127.0.0.1:$port SHOP=$shop CGI=$cgi SCRATCH=$tmp AXE=$axe
		ENGINE=$engine DELIVERY=$delivery CHROMIUM=$(command -v chromium || :)
		FIREFOX=$(command -v firefox-esr || :) MINIBROWSER=$minibrowser
		export BASE DRIVER SHOP CGI SCRATCH AXE ENGINE DELIVERY CHROMIUM FIREFOX MINIBROWSER
		browser_room
		exec timeout 600 node "$@"
	) &
	walker=$!
	at_end "stop $walker"
	wait "$walker"
}
