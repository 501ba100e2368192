// s3rver.js DIRECTORY PORT BUCKET [public]: an object store on 127.0.0.1 that checks
// the signatures of S3 (SigV4), for the keys S3RVER and S3RVER in path style. In virtual
// style it wants the bucket in what is signed, which S3 does not. Without `public`
// files are given to signed requests only, and may be put there by anybody.
'use strict';

const path = require('path');

// As S3 encodes what is signed: RFC 3986, where encodeURIComponent leaves five
// characters as they are. s3rver calls the global one.
const lenient = encodeURIComponent;
globalThis.encodeURIComponent = (text) => lenient(text).replace(/[!'()*]/g,
	(c) => '%' + c.charCodeAt(0).toString(16).toUpperCase());

const S3rver = require(path.join(__dirname,
	'../build/npm/node_modules/@20minutes/s3rver'));
const [directory, port, bucket, access] = process.argv.slice(2);

const store = new S3rver({ directory, address: '127.0.0.1', port: Number(port),
	silent: true, configureBuckets: [{ name: bucket }] });
// s3rver serves unsigned requests, too; a private bucket does not
store.middleware.unshift(async (context, next) => {
	if (context.method === 'GET' && access !== 'public'
		&& !('X-Amz-Signature' in context.query)) {
		context.throw(403);
	}
	await next();
});
store.run().catch((error) => { console.error(error); process.exit(1); });
