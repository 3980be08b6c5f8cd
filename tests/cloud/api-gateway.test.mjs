import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { fromPayload, matchRoute, startApiGateway } from './api-gateway.mjs';
import { readBody } from './child.mjs';

/** A gateway whose function is `invoke`; `send` makes a request exactly as given. */
async function gateway(context, invoke, options = {}) {
  const api = await startApiGateway({ invoke, ...options });
  context.after(() => api.close());
  const send = (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(api.url);
      const call = request({ hostname, port, path, method, headers, agent: false }, async (answer) => {
        resolve({ status: answer.statusCode, headers: answer.headers, body: String(await readBody(answer)) });
      });
      call.once('error', reject);
      call.end(body);
    });
  return { send };
}

/** The event that a request becomes. */
async function eventOf(context, path, options) {
  let seen;
  const { send } = await gateway(context, async (event) => {
    seen = event;
    return { payload: { statusCode: 204 } };
  });
  await send(path, options);
  return seen;
}

test('a page becomes an event of format 2.0', async (context) => {
  const event = await eventOf(context, '/desk/en/form?topic=genealogy&topic=email&x=%20', {
    headers: { 'X-Viewer-Ip': '203.0.113.9', Accept: ['text/html', '*/*'], Cookie: 'a=1; b=2' },
  });
  assert.equal(event.version, '2.0');
  assert.equal(event.routeKey, 'ANY /desk/{proxy+}');
  assert.equal(event.rawPath, '/desk/en/form');
  assert.equal(event.rawQueryString, 'topic=genealogy&topic=email&x=%20');
  assert.deepEqual(event.queryStringParameters, { topic: 'genealogy,email', x: ' ' });
  assert.deepEqual(event.pathParameters, { proxy: 'en/form' });
  assert.deepEqual(event.cookies, ['a=1', 'b=2']);
  assert.equal(event.headers.cookie, undefined);
  assert.equal(event.headers['x-viewer-ip'], '203.0.113.9');
  assert.equal(event.headers.accept, 'text/html,*/*');
  assert.equal(event.requestContext.stage, '$default');
  assert.equal(event.requestContext.http.method, 'GET');
  assert.match(event.requestContext.time, /^\d{2}\/\w{3}\/\d{4}:\d{2}:\d{2}:\d{2} \+0000$/);
  assert.equal(event.body, undefined);
  assert.equal(event.isBase64Encoded, false);
});

test('a form comes in base64, as API Gateway sends it', async (context) => {
  const event = await eventOf(context, '/desk/en/check', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'help=caf%C3%A9',
  });
  assert.equal(event.isBase64Encoded, true);
  assert.equal(Buffer.from(event.body, 'base64').toString(), 'help=caf%C3%A9');
});

test('text comes as text', async (context) => {
  const event = await eventOf(context, '/desk/x', {
    method: 'POST',
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: 'café',
  });
  assert.equal(event.isBase64Encoded, false);
  assert.equal(event.body, 'café');
});

test('the path comes decoded, and ends at an encoded question mark', async (context) => {
  assert.equal((await eventOf(context, '/desk/en/a%20b')).rawPath, '/desk/en/a b');
  assert.equal((await eventOf(context, '/desk/en/a%3Fb')).rawPath, '/desk/en/a');
});

test('what no route takes is not found, and reaches no function', async (context) => {
  const { send } = await gateway(context, () => assert.fail('was invoked'));
  const answer = await send('/other');
  assert.equal(answer.status, 404);
  assert.equal(answer.body, '{"message":"Not Found"}');
});

test('the most exact route wins', () => {
  const routes = ['$default', 'ANY /desk/{proxy+}', 'POST /desk/{language}/send', 'ANY /desk/{language}/send'];
  assert.equal(matchRoute(routes, 'POST', '/desk/en/send').routeKey, 'POST /desk/{language}/send');
  assert.equal(matchRoute(routes, 'GET', '/desk/en/send').routeKey, 'ANY /desk/{language}/send');
  assert.equal(matchRoute(routes, 'GET', '/desk/en/other').routeKey, 'ANY /desk/{proxy+}');
  assert.equal(matchRoute(routes, 'GET', '/desk/').routeKey, '$default');
});

test('an answer keeps its status, headers, cookies and bytes', async (context) => {
  const { send } = await gateway(context, async () => ({
    payload: {
      statusCode: 303,
      headers: { Location: '/desk/en/request/1.2', 'Content-Type': 'text/html' },
      cookies: ['a=1; Secure', 'b=2'],
      body: Buffer.from('später').toString('base64'),
      isBase64Encoded: true,
    },
  }));
  const answer = await send('/desk/en/send', { method: 'POST' });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, '/desk/en/request/1.2');
  assert.deepEqual(answer.headers['set-cookie'], ['a=1; Secure', 'b=2']);
  assert.equal(answer.body, 'später');
  assert.equal((await send('/desk/en/send', { method: 'HEAD' })).body, '');
});

test('headers that only multiValueHeaders has are lost, as in the real one', () => {
  const { headers } = fromPayload({ statusCode: 200, multiValueHeaders: { 'x-lost': ['1'] }, headers: { 'x-kept': '2' } });
  assert.equal(headers['x-lost'], undefined);
  assert.equal(headers['x-kept'], '2');
});

test('a function that crashes or answers nonsense gives a bad gateway', async (context) => {
  const results = [{ error: { kind: 'crash' } }, { payload: { statusCode: 'no' } }];
  const { send } = await gateway(context, async () => results.shift());
  for (let count = 0; count < 2; count += 1) {
    const answer = await send('/desk/x');
    assert.equal(answer.status, 502);
    assert.equal(answer.body, '{"message":"Internal Server Error"}');
  }
});

test('a function that never answers gives a time-out', async (context) => {
  const { send } = await gateway(context, () => new Promise(() => {}), { timeoutMs: 1 });
  const answer = await send('/desk/x');
  assert.equal(answer.status, 504);
  assert.equal(answer.body, '{"message":"Service Unavailable"}');
});

test('a body that makes the event too large is refused', async (context) => {
  const { send } = await gateway(context, async () => ({ payload: 'fits' }));
  const form = (bytes) => ({
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'x'.repeat(bytes),
  });
  assert.equal((await send('/desk/x', form(4_000_000))).body, 'fits');
  assert.equal((await send('/desk/x', form(5_000_000))).status, 413);
});
