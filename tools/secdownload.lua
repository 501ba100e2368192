-- Opens redeem's links on lighttpd (1.4.60 or later), for `delivery: secdownload`:
--
--     PREFIX/MAC/TIME/FILE    TIME: when the link was given, in hexadecimal
--
-- the links of lighttpd's own mod_secdownload, which lighttpd 1.4.68 took out.
-- A right link opens FILE below the document root for `window` seconds; a wrong
-- one is refused (403), a late one is gone (410). lighttpd itself sends the file,
-- parts of it and all.
--
-- Needs mod_magnet, and the document root of the links' address to be the folder
-- home/files; README has the lines. Beside that folder lies the file `settings`, as
-- the program has them: prefix, secret, algorithm and window are read from there.
--
-- This file is in the public domain.

local request = lighty.r.req_attr

-- The page of whoever comes too late, or with half a link.
local function refuse(status)
	local headers = lighty.r.resp_header
	headers["Content-Type"] = "text/html; charset=utf-8"
	headers["Cache-Control"] = "no-store"
	headers["X-Content-Type-Options"] = "nosniff"
	headers["X-Robots-Tag"] = "noindex"
	lighty.r.resp_body.set(
		'<!DOCTYPE html><html lang="en"><meta name="viewport" '
		.. 'content="width=device-width, initial-scale=1">'
		.. "<title>This link is closed</title><h1>This link is closed</h1>"
		.. '<p data-outcome="link-closed">A link opens for a short while only. '
		.. "Go back to the page where you typed your code, and send it again.</p>")
	return status
end

-- All "key: value" lines of the file NAME; later ones win, as in the program.
local function settings_of(name)
	local file = assert(io.open(name, "r"))
	local found = { algorithm = "hmac-sha256", window = "120" }
	for line in file:lines() do
		local key, value = line:match("^%s*([%w-]+)%s*:%s*(.-)%s*$")
		if key then
			found[key] = value
		end
	end
	file:close()
	assert(found.secret and found.secret ~= "", name .. ": no secret")
	assert(found.prefix and found.prefix ~= "", name .. ": no prefix")
	return found
end

-- What stands in a right link before TIME.
local function mac(settings, time, path)
	if settings.algorithm == "md5" then
		return lighty.c.md("md5", settings.secret .. path .. time):lower()
	end
	assert(settings.algorithm == "hmac-sha256", "unknown algorithm")
	local bytes = lighty.c.hexdec(
		lighty.c.hmac("sha256", settings.secret, "/" .. time .. path))
	return lighty.c.b64urlenc(bytes)
end

local files = request["physical.doc-root"]:gsub("/+$", "")
local settings = settings_of(files:gsub("[^/]+$", "") .. "settings")
local address = request["uri.path"]
local prefix = settings.prefix:gsub("/+$", "") .. "/"

-- no part of a path that begins with a dot: neither a way up nor a hidden file
if address:sub(1, #prefix) ~= prefix or address:find("/.", 1, true)
	or address:find("%c") then
	return refuse(403)
end
-- The time has eight digits, for md5 does not tell where the path ends and the time
-- begins: a link to /mix1 would open /mix, at a time that never comes.
local given, time, path = address:sub(#prefix + 1):match("^([%w_-]+)/(%x+)(/.+)$")
if not given or #time ~= 8
	or not lighty.c.secret_eq(given, mac(settings, time, path)) then
	return refuse(403)
end
if os.time() - tonumber(time, 16) > tonumber(settings.window) then
	return refuse(410)
end

request["physical.path"] = files .. path
request["physical.rel-path"] = path
local headers = lighty.r.resp_header
headers["Content-Disposition"] = "attachment"
headers["Cache-Control"] = "private, no-store"
headers["Referrer-Policy"] = "no-referrer"
headers["X-Content-Type-Options"] = "nosniff"
headers["X-Robots-Tag"] = "noindex, nofollow"
