// The site and the desk behind what the template says of CloudFront.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Stack, parseTemplate } from '../cloud/template.mjs';
import { readDistribution } from './distribution.mjs';
import { startEdge } from './edge.mjs';
import { parameters, send, ssm, templatePath } from './support.mjs';

const long = '<p>A page that is worth compressing.</p>'.repeat(100);
const site = {
  'index.html': long,
  'topics/index.html': '<p>Topics</p>',
  'assets/site.5f3a.css': 'p { margin: 0 }\n'.repeat(100),
  'assets/picture.png': 'x'.repeat(5_000),
  'atom.atom': 'x'.repeat(5_000),
  'index.html.br': 'for Caddy',
  '404.html': `<p>Not here</p>${long}`,
  'sorry.html': '<p>Sorry, call us</p>',
};

let siteFolder;
let api;
let edge;
/** The last request that reached the API, and what it answers. */
let seen;
let answer;

const apiUrl = () => `http://127.0.0.1:${api.address().port}`;
const ask = (url, options) => send(edge.url, url, options);

async function listening(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

before(async () => {
  siteFolder = await mkdtemp(path.join(tmpdir(), 'edge-site-'));
  for (const [name, text] of Object.entries(site)) {
    await mkdir(path.dirname(path.join(siteFolder, name)), { recursive: true });
    await writeFile(path.join(siteFolder, name), text);
  }
  api = await listening(createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    seen = { method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() };
    response.writeHead(answer.status, answer.headers);
    response.end(answer.body);
  }));
  edge = await startEdge({ template: templatePath, parameters, ssm, siteFolder, apiOrigin: apiUrl() });
});

beforeEach(() => {
  seen = undefined;
  answer = { status: 200, headers: { 'content-type': 'text/html' }, body: 'from the desk' };
});

after(async () => {
  await edge?.close();
  api?.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
  await rm(siteFolder, { recursive: true, force: true });
});

test('a_page_comes_from_the_bucket', async () => {
  const page = await ask('/topics/');
  assert.equal(page.status, 200);
  assert.equal(page.body.toString(), site['topics/index.html']);
  assert.match(page.headers['content-type'], /^text\/html/);
  assert.equal(seen, undefined);
  assert.equal((await ask('/')).body.toString(), site['index.html']);
});

test('a_missing_slash_is_redirected', async () => {
  const page = await ask('/topics?a=b%20c');
  assert.equal(page.status, 301);
  assert.equal(page.headers.location, '/topics/?a=b%20c');
});

test('a_missing_page_is_404_with_our_page', async () => {
  for (const url of ['/nowhere/', '/nowhere.css', '/..%2f..%2fetc/passwd.txt', '/index.html.br']) {
    const page = await ask(url);
    assert.equal(page.status, 404, url);
    assert.equal(page.body.toString(), site['404.html']);
  }
});

test('without_the_right_to_list_a_missing_page_would_be_403', async (t) => {
  const text = (await readFile(templatePath, 'utf8')).replace('[s3:GetObject, s3:ListBucket]', '[s3:GetObject]');
  const other = await startEdge({ template: new Stack(parseTemplate(text), { parameters, ssm }), siteFolder, apiOrigin: apiUrl() });
  t.after(() => other.close());
  assert.equal((await send(other.url, '/nowhere/')).status, 403);
});

test('the_desk_gets_the_request_as_it_was_sent', async () => {
  answer.headers['set-cookie'] = ['a=1', 'b=2'];
  const headers = {
    'content-type': 'application/x-www-form-urlencoded', cookie: '__Host-d=1', origin: 'https://help.library.example',
    'user-agent': 'old phone', 'sec-fetch-site': 'same-origin', 'accept-encoding': 'br', host: 'help.library.example',
  };
  const page = await ask('/desk/en/check?x=%20&y', { method: 'POST', headers, body: 'topic=genealogy' });
  assert.equal(page.status, 200);
  assert.deepEqual(page.headers['set-cookie'], ['a=1', 'b=2']);
  assert.equal(seen.method, 'POST');
  assert.equal(seen.url, '/desk/en/check?x=%20&y');
  assert.equal(seen.body, 'topic=genealogy');
  for (const [name, value] of Object.entries(headers)) if (name !== 'host') assert.equal(seen.headers[name], value);
  assert.match(seen.headers.host, /^Api\.execute-api\./);
});

test('the_secret_is_added_and_cannot_be_forged', async () => {
  await ask('/desk/healthz');
  assert.equal(seen.headers['x-origin-secret'], 'new-secret');
  await ask('/desk/healthz', { headers: { 'X-Origin-Secret': 'guess' } });
  assert.equal(seen.headers['x-origin-secret'], 'new-secret');
  const page = await ask('/topics/');
  assert.ok(!JSON.stringify(page.headers).includes('new-secret'));
});

test('the_address_of_the_visitor_is_added_and_cannot_be_forged', async () => {
  await ask('/desk/healthz', { headers: { 'X-Viewer-Ip': '203.0.113.9', 'x-forwarded-for': '203.0.113.9' } });
  assert.equal(seen.headers['x-viewer-ip'], '127.0.0.1');
  assert.equal(seen.headers['x-forwarded-for'], '203.0.113.9, 127.0.0.1');
});

test('a_post_is_allowed_to_the_desk_alone', async () => {
  for (const url of ['/', '/request/', '/desktop/', '/Desk/en/check', '//desk/en/check']) {
    const page = await ask(url, { method: 'POST', body: 'x' });
    assert.equal(page.status, 403, url);
    assert.equal(seen, undefined, url);
  }
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    assert.equal((await ask('/desk/en/check', { method })).status, 200);
    assert.equal(seen.method, method);
  }
});

test('statuses_that_the_desk_uses_pass_untouched', async () => {
  for (const status of [303, 400, 403, 405, 409, 410, 413, 422, 429, 507]) {
    answer = { status, headers: { 'content-type': 'text/html', 'cache-control': 'private, no-cache' }, body: `desk ${status}` };
    const page = await ask('/desk/en/send', { method: 'POST', body: 'x' });
    assert.equal(page.status, status);
    assert.equal(page.body.toString(), `desk ${status}`);
    assert.equal(page.headers['cache-control'], 'private, no-cache');
  }
});

test('a_fault_shows_the_phone_number', async () => {
  for (const status of [500, 502, 503, 504]) {
    answer = { status, headers: { 'content-type': 'application/json' }, body: '{"message":"Internal Server Error"}' };
    for (const method of ['GET', 'POST']) {
      const page = await ask('/desk/en/send', { method });
      assert.equal(page.status, status);
      assert.equal(page.body.toString(), site['sorry.html']);
      assert.match(page.headers['content-type'], /^text\/html/);
    }
  }
});

test('an_api_that_is_down_shows_the_phone_number', async (t) => {
  const gone = await listening(createServer());
  const { port } = gone.address();
  await new Promise((resolve) => gone.close(resolve));
  const other = await startEdge({ template: templatePath, parameters, ssm, siteFolder, apiOrigin: `http://127.0.0.1:${port}` });
  t.after(() => other.close());
  const page = await send(other.url, '/desk/en/send', { method: 'POST', body: 'x' });
  assert.equal(page.status, 502);
  assert.equal(page.body.toString(), site['sorry.html']);
});

test('an_api_that_never_answers_shows_the_phone_number', async (t) => {
  const silent = await listening(createServer(() => {}));
  const other = await startEdge({ template: templatePath, parameters, ssm, siteFolder, apiOrigin: `http://127.0.0.1:${silent.address().port}`, originMs: 50 });
  t.after(async () => {
    await other.close();
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
  const page = await send(other.url, '/desk/en/send', { method: 'POST', body: 'x' });
  assert.equal(page.status, 504);
  assert.equal(page.body.toString(), site['sorry.html']);
});

/** The headers that `handler/src/http/headers.rs` says, read from it. */
async function headersOfTheDesk() {
  const text = await readFile(new URL('../../handler/src/http/headers.rs', import.meta.url), 'utf8');
  const policy = /CONTENT_SECURITY_POLICY: &str = "([^"]+)"/.exec(text)[1].replace(/\\\s+/g, '');
  const pairs = [...text.matchAll(/\((?:header::(\w+)|HeaderName::from_static\("([\w-]+)"\)), "([^"]+)"\)/g)];
  return { 'content-security-policy': policy, ...Object.fromEntries(pairs.map(([, constant, name, value]) => [name ?? constant.toLowerCase().replaceAll('_', '-'), value])) };
}

test('every_answer_has_the_security_headers', async () => {
  const expected = await headersOfTheDesk();
  assert.equal(Object.keys(expected).length, 6);
  for (const url of ['/', '/assets/site.5f3a.css', '/nowhere/', '/desk/healthz']) {
    const page = await ask(url);
    for (const [name, value] of Object.entries(expected)) assert.equal(page.headers[name], value, `${name} of ${url}`);
  }
  answer.status = 503;
  const page = await ask('/desk/healthz');
  for (const [name, value] of Object.entries(expected)) assert.equal(page.headers[name], value, name);
});

test('what_the_desk_says_itself_stays', async () => {
  answer.headers['content-security-policy'] = "default-src 'none'";
  assert.equal((await ask('/desk/healthz')).headers['content-security-policy'], "default-src 'none'");
});

test('both_behaviors_have_the_same_headers_policy_and_want_https', () => {
  const { behaviors } = readDistribution(templatePath, { parameters, ssm });
  assert.deepEqual(behaviors.map(({ pattern }) => pattern), ['/desk/*', undefined]);
  for (const behavior of behaviors) {
    assert.deepEqual(behavior.headers, behaviors[0].headers);
    assert.deepEqual(behavior.functions, behaviors[0].functions);
    assert.equal(behavior.protocol, 'redirect-to-https');
  }
});

test('errors_are_remembered_for_seconds_at_most', () => {
  const { errors } = readDistribution(templatePath, { parameters, ssm });
  assert.deepEqual([...errors.keys()].sort(), [404, 500, 502, 503, 504]);
  for (const { ttl } of errors.values()) assert.ok(ttl <= 10);
});

test('pages_are_compressed_as_the_visitor_likes', async () => {
  const brotli = await ask('/', { headers: { 'accept-encoding': 'gzip, deflate, br' } });
  assert.equal(brotli.headers['content-encoding'], 'br');
  assert.equal(brotli.headers.vary, 'Accept-Encoding');
  assert.match(brotli.headers.etag, /^W\//);
  assert.equal(brotliDecompressSync(brotli.body).toString(), site['index.html']);
  const gzip = await ask('/', { headers: { 'accept-encoding': 'gzip, br;q=0' } });
  assert.equal(gzip.headers['content-encoding'], 'gzip');
  assert.equal(gunzipSync(gzip.body).toString(), site['index.html']);
  const missing = await ask('/nowhere/', { headers: { 'accept-encoding': 'br' } });
  assert.equal(missing.status, 404);
  assert.equal(brotliDecompressSync(missing.body).toString(), site['404.html']);
});

test('what_cloudfront_does_not_compress_stays', async () => {
  const headers = { 'accept-encoding': 'br, gzip' };
  for (const url of ['/topics/', '/assets/picture.png', '/atom.atom']) {
    assert.equal((await ask(url, { headers })).headers['content-encoding'], undefined, url);
  }
  assert.equal((await ask('/')).headers['content-encoding'], undefined);
  answer = { status: 200, headers: { 'content-type': 'text/html', 'content-length': long.length }, body: long };
  assert.equal((await ask('/desk/en/check', { headers })).headers['content-encoding'], undefined);
});

test('a_head_request_has_no_body', async () => {
  const page = await ask('/', { method: 'HEAD' });
  assert.equal(page.status, 200);
  assert.equal(page.body.length, 0);
  assert.equal(Number(page.headers['content-length']), long.length);
});

test('dots_do_not_lead_around_a_behavior', async () => {
  assert.equal((await ask('/desk/../index.html', { method: 'POST', body: 'x' })).status, 403);
  assert.equal((await ask('/desk/%2e%2e/index.html', { method: 'POST', body: 'x' })).status, 403);
  assert.equal(seen, undefined);
  // The behavior is chosen by the resolved path; the origin gets it as it was sent.
  assert.equal((await ask('/topics/../desk/card.ics')).status, 200);
  assert.equal(seen.url, '/topics/../desk/card.ics');
});

test('an_address_that_is_too_long_is_refused', async () => {
  assert.equal((await ask(`/${'a'.repeat(8_200)}`)).status, 414);
});
