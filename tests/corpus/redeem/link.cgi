REQUEST_METHOD=POST
CONTENT_TYPE=application/x-www-form-urlencoded
CONTENT_LENGTH=@
SCRIPT_NAME=/cgi-bin/redeem.cgi

code=7K3M9QXA2FTF
%%
uses: 0
limit: 3
file: a.zip
%%
delivery: cgi
key: 0123456789abcdef0123456789abcdef
