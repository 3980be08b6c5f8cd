// The function that CloudFront runs on each request, taken from the template.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stack } from '../cloud/template.mjs';
import { parameters, ssm, templatePath } from './support.mjs';
import { compile, viewerEvent } from './viewer-request.mjs';

const [viewerRequest] = Stack.read(templatePath, { parameters, ssm }).byType('AWS::CloudFront::Function');
const code = viewerRequest.properties.FunctionCode;
const handler = compile(code);

const run = (url, more = {}) => handler(viewerEvent({ url, ...more }));

function leads(url, expected) {
  const result = run(url);
  assert.equal(result.statusCode, undefined, `${url} is answered ${result.statusCode}`);
  assert.equal(result.uri, expected);
}

function redirects(url, expected) {
  const result = run(url);
  assert.equal(result.statusCode, 301, `${url} is not redirected`);
  assert.equal(result.headers.location.value, expected);
}

/** Where a browser on our site would land. */
const landing = (location) => new URL(location, 'https://help.library.example/page/');

test('a_page_is_its_index', () => {
  leads('/', '/index.html');
  leads('/topics/genealogy/', '/topics/genealogy/index.html');
  leads('/vi/topics/genealogy/?utm=poster', '/vi/topics/genealogy/index.html');
});

test('a_missing_slash_is_added', () => {
  redirects('/topics/genealogy', '/topics/genealogy/');
  redirects('/vi', '/vi/');
  redirects('/desk', '/desk/');
});

test('a_query_string_survives_the_redirect_as_it_was', () => {
  redirects('/request?topic=genealogy', '/request/?topic=genealogy');
  redirects('/request?b=2&a=1&b=%26%20&flag', '/request/?b=2&a=1&b=%26%20&flag');
  redirects('/request?', '/request/');
});

test('a_redirect_may_be_kept_for_an_hour_only', () => {
  assert.match(run('/request').headers['cache-control'].value, /max-age=3600\b/);
});

test('a_file_is_itself', () => {
  leads('/assets/site.5f3a.css', '/assets/site.5f3a.css');
  leads('/robots.txt', '/robots.txt');
  leads('/.well-known/security.txt', '/.well-known/security.txt');
});

test('a_dot_in_a_folder_is_not_a_file', () => {
  redirects('/v1.2/topics', '/v1.2/topics/');
  leads('/v1.2/', '/v1.2/index.html');
});

test('the_desk_gets_its_paths_as_they_are', () => {
  for (const path of ['/desk/en/check', '/desk/en/request/123456782.abc', '/desk/staff/', '/desk/', '/desk/a%2Fb', '/desk//x']) leads(path, path);
});

test('what_only_begins_like_the_desk_is_a_page', () => {
  redirects('/desktop', '/desktop/');
  leads('/desktop/', '/desktop/index.html');
});

test('a_forged_address_is_overwritten', () => {
  for (const url of ['/desk/en/check', '/', '/robots.txt']) {
    const headers = [['X-Viewer-IP', '203.0.113.9'], ['x-viewer-ip', '203.0.113.10'], ['Accept', '*/*']];
    const result = run(url, { headers, ip: '2001:db8::7' });
    assert.equal(JSON.stringify(result.headers['x-viewer-ip']), '{"value":"2001:db8::7"}');
    assert.equal(result.headers.accept.value, '*/*');
  }
});

test('no_path_redirects_to_another_site', () => {
  const attempts = [
    '//evil.example/x', '///evil.example/x', '/\\evil.example/x', '\\\\evil.example\\x', '/\\/evil', '//evil', '/\\evil', '\\evil',
    '/%2fevil.example/x', '/%5cevil/x', '//evil.example/x?y=//evil.example', '//user@evil', '/evil:80', '//evil%00', '/..//evil.example/x', '/.//evil',
  ];
  for (const url of attempts) {
    const result = run(url);
    if (result.statusCode === undefined) continue;
    assert.equal(landing(result.headers.location.value).origin, 'https://help.library.example', url);
  }
  redirects('//evil.example/x', '/evil.example/x/');
  redirects('/\\evil', '/evil/');
  redirects('/%2fevil', '/%2fevil/');
});

test('encoded_paths_stay_encoded', () => {
  redirects('/topics/%e1%ba%a3', '/topics/%e1%ba%a3/');
  redirects('/a%3Fb%23c', '/a%3Fb%23c/');
  leads('/a%2F/', '/a%2F/index.html');
  redirects('/a%0d%0aSet-Cookie:x', '/a%0d%0aSet-Cookie:x/');
});

test('a_long_path_is_taken', () => {
  const long = `/${'a/'.repeat(3_000)}`;
  leads(long, `${long}index.html`);
  redirects(`${long}b`, `${long}b/`);
  const slashes = '/'.repeat(8_000);
  redirects(`${slashes}b`, '/b/');
});

test('the_code_is_within_what_cloudfront_takes', () => {
  assert.equal(viewerRequest.properties.FunctionConfig.Runtime, 'cloudfront-js-2.0');
  assert.ok(Buffer.byteLength(code) <= 10_240);
});
