# A document root like that of a WordPress site: all that is not a file goes to
# index.php; sourced by tests.
cat >"$shop/public_html/.htaccess" <<'END'
# BEGIN WordPress
<IfModule mod_rewrite.c>
RewriteEngine On
RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]
RewriteBase /
RewriteRule ^index\.php$ - [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteCond %{REQUEST_FILENAME} !-d
RewriteRule . /index.php [L]
</IfModule>
# END WordPress
END
printf 'the blog\n' >"$shop/public_html/index.php"
