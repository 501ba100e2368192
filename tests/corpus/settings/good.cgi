home: /srv/redeem
delivery: cgi
key: 0123456789abcdef0123456789abcdef
