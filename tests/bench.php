#!/usr/bin/php-cgi
<?php
/*
 * The work of one redemption as a short PHP script, for `make bench` only: no
 * mistyped codes, no second click, no sweep, one file. In the public domain.
 */
function stop(string $status): never
{
    header("Status: $status");
    header('Content-Type: text/plain');
    exit;
}

function keys(string $text): array
{
    preg_match_all('/^(\w+):[ ]*(.*?)\s*$/m', $text, $found);
    return array_combine($found[1], $found[2]);
}

$settings = keys(file_get_contents('.htredeem'));
$code = preg_replace('/[^0-9A-Z]/', '', strtoupper($_POST['code'] ?? ''));
$path = "{$settings['home']}/codes/$code";
if (strlen($code) < 4 || strlen($code) > 64 || !is_file($path)) {
    stop('404 Not Found');
}
$record = fopen($path, 'r+');
if (!$record || !flock($record, LOCK_EX)) {
    stop('503 Service Unavailable');
}
$text = stream_get_contents($record);
$have = keys($text);
if ($have['uses'] >= $have['limit']) {
    stop('410 Gone');
}
$now = time();
$end = $now + 120;
$token = bin2hex(random_bytes(16));
$secret = bin2hex(random_bytes(16));
$bucket = intdiv($end, 60);
$hidden = "{$settings['secure']}/$bucket/.$token";
$name = basename($have['file']);
$least = date('YmdHis', $now);
$greatest = date('YmdHis', $end);
$rules = <<<END
RewriteEngine On
RewriteCond %{TIME} <$least [OR]
RewriteCond %{TIME} >$greatest [OR]
RewriteCond %{QUERY_STRING} !^$secret$
RewriteRule ^ - [F]
SetHandler default-handler
ForceType application/octet-stream

END;
@mkdir(dirname($hidden), 0711);
$text = preg_replace('/^uses:.*/m', 'uses: ' . ($have['uses'] + 1), $text, 1);
if (
    !mkdir($hidden, 0711)
    || file_put_contents("$hidden/.htaccess", $rules) === false
    || !symlink("{$settings['home']}/files/{$have['file']}", "$hidden/$name")
    || !rename($hidden, "{$settings['secure']}/$bucket/$token")
    || !rewind($record)
    || fwrite($record, $text) !== strlen($text)
    || !fdatasync($record)
) {
    stop('503 Service Unavailable');
}
$line = gmdate('Y-m-d\TH:i:s\Z') . " redeemed $code {$have['file']}\n";
file_put_contents("{$settings['home']}/log", $line, FILE_APPEND);
header('Status: 303 See Other');
header("Location: /secure/$bucket/$token/$name?$secret");
