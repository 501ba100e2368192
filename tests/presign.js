// presign.js LINK OBJECT REGION KEY SECRET [TOKEN]: what aws4, another program that
// signs for S3, makes of the same: the link to OBJECT, a path that is not encoded, at
// the same host and time. Parameters stand in the order of their names, in both.
'use strict';

const path = require('path');
const aws4 = require(path.join(__dirname, '../build/npm/node_modules/aws4'));

const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g,
	(c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());
const sorted = (query) => query.split('&').sort().join('&');

const [link, object, region, accessKeyId, secretAccessKey, sessionToken] =
	process.argv.slice(2);
const url = new URL(link);
const made = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-SignedHeaders',
	'X-Amz-Signature', 'X-Amz-Security-Token'];
const asked = [...url.searchParams].filter(([name]) => !made.includes(name))
	.map(([name, value]) => `${name}=${encode(value)}`).join('&');
const signed = aws4.sign({
	service: 's3', region, method: 'GET', host: url.host, signQuery: true,
	path: object.split('/').map(encode).join('/') + '?' + asked,
}, { accessKeyId, secretAccessKey, sessionToken });
const [at, query] = signed.path.split('?');

console.log(`${url.protocol}//${url.host}${at}?${sorted(query)}`);
console.log(link.replace(/\?.*/, '?' + sorted(link.replace(/.*\?/, ''))));
