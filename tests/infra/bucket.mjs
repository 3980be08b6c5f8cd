// A folder as CloudFront sees the site's bucket: private, by what the bucket's policy grants.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon', '.xml': 'application/xml', '.txt': 'text/plain; charset=utf-8', '.json': 'application/json', '.woff2': 'font/woff2',
};

function refused(status, code) {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code></Error>`);
  return { status, headers: { server: 'AmazonS3', 'content-type': 'application/xml', 'content-length': String(body.length) }, body };
}

/** The bytes under a key, or nothing. Keys are flat, so `..` leads nowhere; `.br` and `.gz` are not uploaded. */
async function object(folder, key) {
  if (key === '' || key.split('/').some((part) => part === '' || part === '.' || part === '..') || key.includes('\0')) return undefined;
  if (['.br', '.gz'].includes(path.extname(key))) return undefined;
  const file = path.join(folder, key);
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? readFile(file) : undefined;
}

/** The bucket's answer to CloudFront. `rights`: what its policy lets CloudFront do. */
export async function readBucket(folder, rights, { uri }) {
  if (!rights.has('s3:GetObject')) return refused(403, 'AccessDenied');
  let key;
  try {
    key = decodeURIComponent(uri).replace(/^\//, '');
  } catch {
    return refused(400, 'InvalidURI');
  }
  const body = await object(folder, key);
  // Who may not list the bucket isn't told that a key is missing.
  if (!body) return rights.has('s3:ListBucket') ? refused(404, 'NoSuchKey') : refused(403, 'AccessDenied');
  return {
    status: 200,
    headers: {
      server: 'AmazonS3',
      'content-type': types[path.extname(key)] ?? 'binary/octet-stream',
      'content-length': String(body.length),
      etag: `"${createHash('md5').update(body).digest('hex')}"`,
      'accept-ranges': 'bytes',
      'x-amz-server-side-encryption': 'AES256',
    },
    body,
  };
}
