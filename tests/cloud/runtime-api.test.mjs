import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { closeServer, listen } from './child.mjs';
import { LambdaFunction } from './runtime-api.mjs';

const binary = path.join(import.meta.dirname, 'fixtures/bootstrap.mjs');

function lambda(context, options = {}) {
  const made = new LambdaFunction({ name: 'echo', binary, timeoutMs: 60_000, ...options });
  context.after(() => made.close());
  return made;
}

/** A server at which a function arrives and is held until the test lets it go. */
async function gate(context) {
  const held = [];
  let arrived;
  const server = createServer((request, response) => {
    held.push(response);
    arrived?.();
  });
  const port = await listen(server);
  context.after(() => closeServer(server));
  return {
    url: `http://127.0.0.1:${port}/`,
    arrivals: async (count) => {
      while (held.length < count) {
        await new Promise((resolve) => {
          arrived = resolve;
        });
      }
    },
    open: () => held.splice(0).forEach((response) => response.end()),
  };
}

test('an answer comes back, and the warm instance is used again', async (context) => {
  const echo = lambda(context, { environment: (number) => ({ ANSWER: `instance ${number}` }) });
  const first = await echo.invoke({ text: 'hello' });
  const second = await echo.invoke({ text: 'again' });
  assert.deepEqual(first.payload.event, { text: 'hello' });
  assert.equal(first.payload.answer, 'instance 1');
  assert.equal(second.payload.count, 2);
  assert.equal(second.payload.pid, first.payload.pid);
  assert.equal(echo.counters.coldStarts, 1);
  assert.equal(echo.counters.successes, 2);
  assert.equal(echo.lines[0].text, '{"message":"started"}');
});

test('events at once run on instances of their own, up to the limit', async (context) => {
  const door = await gate(context);
  const echo = lambda(context, { maxInstances: 2 });
  const runs = [1, 2, 3].map((number) => echo.invoke({ number, call: door.url }));
  await door.arrivals(2);
  assert.equal(echo.busy, 3);
  door.open();
  await door.arrivals(1);
  door.open();
  const results = await Promise.all(runs);
  assert.deepEqual(results.map((result) => result.payload.event.number), [1, 2, 3]);
  assert.equal(echo.counters.coldStarts, 2);
});

test('an error that the function reports is told to the caller, who may go on', async (context) => {
  const echo = lambda(context);
  const { error } = await echo.invoke({ error: 'no such case' });
  assert.deepEqual(error, { kind: 'function', errorType: 'Wrong', errorMessage: 'no such case' });
  assert.equal((await echo.invoke({})).payload.count, 2);
});

test('a crash fails its event alone; the next one starts anew', async (context) => {
  const echo = lambda(context);
  const { error } = await echo.invoke({ exit: 3 });
  assert.equal(error.kind, 'crash');
  assert.match(error.errorMessage, /exit status 3/);
  assert.equal((await echo.invoke({})).payload.count, 1);
  assert.equal(echo.counters.crashes, 1);
  assert.equal(echo.counters.coldStarts, 2);
});

test('a killed instance fails its event and eats no other', async (context) => {
  const door = await gate(context);
  const echo = lambda(context, { maxInstances: 1 });
  const victim = echo.invoke({ call: door.url });
  const survivor = echo.invoke({ text: 'after' });
  await door.arrivals(1);
  assert.equal(echo.killRandom(), 1);
  assert.equal(echo.killRandom(), undefined);
  assert.match((await victim).error.errorMessage, /SIGKILL/);
  assert.deepEqual((await survivor).payload.event, { text: 'after' });
  assert.equal(echo.counters.kills, 1);
});

test('an idle instance that is killed takes no event along', async (context) => {
  const echo = lambda(context);
  await echo.invoke({});
  assert.equal(await echo.killAll(), 1);
  assert.equal((await echo.invoke({})).payload.count, 1);
});

test('an event that takes too long ends with its instance', async (context) => {
  const echo = lambda(context, { timeoutMs: 50 });
  const { error } = await echo.invoke({ hang: true });
  assert.equal(error.kind, 'timeout');
  assert.equal(error.errorMessage, 'Task timed out after 0.05 seconds');
  assert.equal(echo.counters.timeouts, 1);
});

test('a function that fails at its start says why, once for each event', async (context) => {
  const echo = lambda(context, { environment: { FAIL_AT_START: 'no bundle' }, maxInstances: 1 });
  const results = await Promise.all([echo.invoke({}), echo.invoke({})]);
  for (const { error } of results) {
    assert.deepEqual(error, { kind: 'init', errorType: 'Setting.Missing', errorMessage: 'no bundle' });
  }
  assert.equal(echo.counters.initErrors, 2);
});

test('a binary that is not there is an error, not a wait', async (context) => {
  const echo = lambda(context, { binary: '/nowhere/bootstrap' });
  assert.equal((await echo.invoke({})).error.kind, 'init');
});

test('closing ends what runs and what waits', async (context) => {
  const door = await gate(context);
  const echo = lambda(context, { maxInstances: 1 });
  const runs = [echo.invoke({ call: door.url }), echo.invoke({})];
  await door.arrivals(1);
  await echo.close();
  const kinds = (await Promise.all(runs)).map((result) => result.error.kind);
  assert.deepEqual(kinds, ['crash', 'closed']);
  assert.equal((await echo.invoke({})).error.kind, 'closed');
});
