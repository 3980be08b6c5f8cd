// A small CloudFront for tests: applies what the template says, in front of a folder (the site's bucket)
// and the API. It keeps no copies, and speaks HTTP: `redirect-to-https` is read, not applied.
import { randomUUID } from 'node:crypto';
import { createServer, request as httpRequest } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { readBucket } from './bucket.mjs';
import { compressible } from './compressible.mjs';
import { readDistribution } from './distribution.mjs';
import { compile, viewerEvent } from './viewer-request.mjs';

/** CloudFront takes no longer address. */
const URL_BYTES_MAX = 8192;
/** How long it waits for an origin, where the template says nothing. */
const ORIGIN_MS = 30_000;

/** Never passed on: they belong to one connection, or CloudFront keeps them from custom origins. */
const dropped = new RegExp('^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|host|content-length|' +
  'x-real-ip|x-http-method|x-http-method-override|x-method-override|x-forwarded-proto|x-amz-cf-.*|x-edge-.*)$');

/** The path that a behavior is chosen by: dots resolved, what needn't be encoded decoded. The origin gets the raw one. */
function normalized(path) {
  const decoded = path.replace(/%[0-9a-f]{2}/gi, (code) => {
    const letter = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[A-Za-z0-9._~-]/.test(letter) ? letter : code;
  });
  const parts = [];
  for (const part of decoded.split('/').slice(1)) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}${/\/\.{1,2}$/.test(decoded) && parts.length > 0 ? '/' : ''}`;
}

/** `/desk/*` as CloudFront reads it: `*` any characters, `?` one, the first slash may be missing. */
function matches(pattern, path) {
  const body = pattern.replace(/^\/?/, '/').replace(/[.+^$(){}|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${body}$`, 's').test(path);
}

const behaviorFor = (behaviors, path) =>
  behaviors.find(({ pattern }) => pattern === undefined || matches(pattern, normalized(path)));

/** What CloudFront itself answers. Its headers policies don't reach that. */
const own = (status, text) => ({
  status,
  headers: { 'content-type': 'text/html', server: 'CloudFront', 'x-cache': 'Error from cloudfront' },
  body: Buffer.from(`<h1>${status} ERROR</h1><p>${text}</p>`),
});

/** Asks the API, with the viewer's headers if the behavior forwards them, and ours over theirs. */
function ask(apiOrigin, origin, { method, uri, query, headers, body, ip }, originMs) {
  const sent = {};
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (!dropped.test(key)) sent[key] = key in sent ? `${sent[key]}${key === 'cookie' ? '; ' : ', '}${value}` : value;
  }
  sent['x-forwarded-for'] = sent['x-forwarded-for'] ? `${sent['x-forwarded-for']}, ${ip}` : ip;
  Object.assign(sent, { via: '1.1 edge (CloudFront)', 'x-amz-cf-id': randomUUID() }, origin.headers, { host: origin.host });
  sent['user-agent'] ??= 'Amazon CloudFront';
  if (body.length > 0 || !['GET', 'HEAD'].includes(method)) sent['content-length'] = String(body.length);
  return new Promise((resolve) => {
    const failed = (status) => resolve({ status, headers: {}, body: Buffer.alloc(0) });
    const { hostname, port } = new URL(apiOrigin);
    const asked = httpRequest({ hostname, port, method, path: query === undefined ? uri : `${uri}?${query}`, headers: sent, agent: false }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('error', () => failed(502));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }));
    });
    asked.setTimeout(originMs, () => {
      failed(504);
      asked.destroy();
    });
    asked.on('error', () => failed(502));
    asked.end(body);
  });
}

/** Whether the viewer takes an encoding: `gzip;q=0` doesn't. */
const takes = (accepted, encoding) =>
  accepted.split(',').some((part) => {
    const [name, quality] = part.trim().split(/\s*;\s*q=/i);
    return name.toLowerCase() === encoding && Number(quality ?? 1) > 0;
  });

function compressed(answer, behavior, accepted) {
  const encoding = behavior.encodings.find((name) => takes(accepted, name));
  if (!encoding || !compressible(answer)) return answer;
  const body = encoding === 'br' ? brotliCompressSync(answer.body) : gzipSync(answer.body);
  const headers = { ...answer.headers, 'content-encoding': encoding, vary: 'Accept-Encoding', 'content-length': String(body.length) };
  if (headers.etag && !headers.etag.startsWith('W/')) headers.etag = `W/${headers.etag}`;
  return { ...answer, headers, body };
}

function withPolicy(answer, behavior) {
  const headers = { ...answer.headers };
  for (const { name, value, override } of behavior.headers) if (override || !(name in headers)) headers[name] = value;
  return { ...answer, headers };
}

/**
 * Starts it: `{ url, close }`. `template` is a path or a `Stack` (then `parameters` and `ssm` are its own),
 * `siteFolder` what `build` wrote to `dist/site`, `apiOrigin` the API's address without a path.
 */
export async function startEdge({ template, parameters, ssm, siteFolder, apiOrigin, port = 0, originMs = ORIGIN_MS }) {
  const { rootObject, origins, behaviors, errors } = readDistribution(template, { parameters, ssm });
  const handlers = new Map(behaviors.flatMap(({ functions }) => functions).map((code) => [code, compile(code)]));

  const fetchFrom = (behavior, request) => {
    const origin = origins.get(behavior.origin);
    if (origin.rights) return readBucket(siteFolder, origin.rights, request);
    const forwarded = behavior.forwardsViewer ? request : { ...request, headers: [], query: undefined };
    return ask(apiOrigin, origin, forwarded, originMs);
  };

  /** The page for a status, if the template has one. Another error on the way to it is the answer. */
  const errorPage = async (answer, accepted) => {
    const rule = errors.get(answer.status);
    if (!rule?.page) return answer;
    const behavior = behaviorFor(behaviors, rule.page);
    const page = await fetchFrom(behavior, { method: 'GET', uri: rule.page, headers: [], body: Buffer.alloc(0) });
    return page.status === 200 ? { ...compressed(page, behavior, accepted), status: rule.status } : page;
  };

  const answerTo = async (request) => {
    if (request.url.length > URL_BYTES_MAX) return own(414, 'The address is too long.');
    const event = viewerEvent(request);
    const behavior = behaviorFor(behaviors, event.request.uri);
    if (!behavior.methods.includes(request.method)) return own(403, 'This distribution does not allow the method.');
    if (request.method === 'GET' && request.body.length > 0) return own(403, 'A GET has no body.');
    let { uri } = event.request;
    let { headers } = request;
    for (const code of behavior.functions) {
      const before = { ...event.request.headers };
      const result = handlers.get(code)(event);
      if (result.statusCode) {
        const given = Object.entries(result.headers ?? {}).map(([name, { value }]) => [name, value]);
        return { status: result.statusCode, headers: Object.fromEntries(given), body: Buffer.from(result.body ?? '') };
      }
      ({ uri } = result);
      // What the function left alone stays as the visitor sent it.
      const changed = Object.entries(result.headers).filter(([name, header]) => header !== before[name]);
      headers = headers.filter(([name]) => result.headers[name.toLowerCase()] === before[name.toLowerCase()]);
      headers = [...headers, ...changed.map(([name, { value }]) => [name, value])];
    }
    if (uri === '/' && rootObject) uri = `/${rootObject}`;
    const accepted = headers.filter(([name]) => name.toLowerCase() === 'accept-encoding').map(([, value]) => value).join(',');
    const answer = await fetchFrom(behavior, { ...request, uri, query: event.request.rawQueryString(), headers });
    // Whether an error page gets the policy of its own behavior or of the visitor's, both are the same in the template.
    return withPolicy(errors.has(answer.status) ? await errorPage(answer, accepted) : compressed(answer, behavior, accepted), behavior);
  };

  const server = createServer(async (incoming, outgoing) => {
    try {
      const chunks = [];
      for await (const chunk of incoming) chunks.push(chunk);
      const pairs = [];
      for (let at = 0; at < incoming.rawHeaders.length; at += 2) pairs.push([incoming.rawHeaders[at], incoming.rawHeaders[at + 1]]);
      const ip = incoming.socket.remoteAddress.replace(/^::ffff:/, '');
      const answer = await answerTo({ method: incoming.method, url: incoming.url, headers: pairs, body: Buffer.concat(chunks), ip });
      for (const [name, value] of Object.entries(answer.headers)) {
        if (!/^(connection|keep-alive|transfer-encoding)$/.test(name)) outgoing.setHeader(name, value);
      }
      if (![204, 304].includes(answer.status)) outgoing.setHeader('content-length', answer.headers['content-length'] ?? answer.body.length);
      outgoing.writeHead(answer.status);
      outgoing.end(incoming.method === 'HEAD' ? undefined : answer.body);
    } catch (error) {
      outgoing.destroy(error);
    }
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
