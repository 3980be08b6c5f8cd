// Each fault alone: what the patron sees, and that nothing is lost or doubled by it. A fault is tried at each
// call that the desk makes for a request, all at once: each call has an invocation, and a patron, of its own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { awsClient } from './aws.mjs';
import { ask, check, compact, hiddenFields, receipt, seen, send } from './patron.mjs';
import { itemOf, letTimePass, requestsIn, startWhole } from './whole.mjs';

let system;
let base;
let client;
/** What the desk calls for one request, in order, in a process that has just started. */
let calls;
/** References of all requests that were sent, to count at the end. */
const references = new Set();
let people = 0;

/** Somebody who has sent nothing yet. The library's own day counts by contact and topic. */
const person = () => {
  people += 1;
  return { topic: 'genealogy', library: 'langley', email: `patron${people}@example.com`, phone: `(425) 555-${String(people).padStart(4, '0')}` };
};

const mailsOf = async (reference) => (await system.get('/mails')).filter(({ notice }) => notice.startsWith(compact(reference)));

/** Asks as somebody new; the receipt is kept for the count at the end. */
async function asked() {
  const who = person();
  const { reference } = await ask(base, who);
  references.add(reference);
  return { reference, who };
}

before(async () => {
  system = await startWhole(['--instances', '16']);
  ({ base } = system);
  const where = await system.get('/where');
  client = awsClient({ endpoint: where.emulator, region: 'us-west-2' });
  await system.post('/stream', { paused: true });
  // The first request of a day makes the day's keys; what counts is what all others call.
  await asked();
  await system.post('/kill?function=desk');
  const who = person();
  const form = await check(base, who);
  const from = (await system.get('/trace')).length;
  const sent = await send(base, form);
  calls = (await system.get(`/trace?from=${from}`)).filter((call) => call.function === 'desk').map(({ action, keys }) => ({ action, keys }));
  references.add((await receipt(base, sent.location)).reference);
});

after(() => system?.stop());

/**
 * As many patrons as there are calls press *Send*; each meets the fault at another call. Then the fault is
 * over, and each sends the same form again. Answers how often each page was seen.
 */
async function atEachCall(rule, { timeouts } = {}) {
  const pages = {};
  // What a process keeps (the keys of days) would spare it calls, so all are new.
  await system.post('/kill?function=desk');
  await system.post(`/warm?function=desk&count=${calls.length}`);
  const patrons = await Promise.all(calls.map(async () => {
    const who = person();
    return { who, form: await check(base, who) };
  }));
  if (timeouts) await system.post('/timeouts', timeouts);
  // Backwards: should a process be quick enough to serve two, the second makes fewer calls.
  const places = calls.map((_, at) => at + 1).reverse();
  await system.post('/faults', places.map((at) => ({ function: 'desk', action: 'dynamodb:*', own: true, ...rule(at) })));
  await Promise.all(patrons.map(async (patron) => {
    patron.first = await send(base, patron.form);
  }));
  const rules = await system.get('/faults');
  await system.post('/faults', []);
  await system.post('/timeouts', { desk: 10_000, api: 11_000 });
  for (const [n, { hits }] of rules.entries()) assert.ok(hits > 0, `the fault at call ${places[n]}, ${calls[places[n] - 1].action}, struck nobody`);
  await Promise.all(patrons.map(async ({ who, form, first }) => {
    const page = seen(first, who.email);
    pages[page] = (pages[page] ?? 0) + 1;
    assert.notEqual(page, 'unclear', `${first.status}: ${first.body.slice(0, 600)}`);
    // The form of the page that is there now, or by *Back* the one before.
    const again = await send(base, page === 'kept' ? hiddenFields(first.body) : form);
    assert.equal(again.status, 303, again.body.slice(0, 600));
    const back = await send(base, form);
    assert.deepEqual([back.status, back.location], [303, again.location], 'one form is one request');
    if (page === 'stored') assert.equal(first.location, again.location);
    const { status, reference, body } = await receipt(base, again.location);
    assert.equal(status, 200);
    assert.ok(body.includes(who.email));
    references.add(reference);
  }));
  return pages;
}

test('a request is several calls to the tables', (context) => {
  assert.ok(calls.length >= 5 && calls.length <= 16, JSON.stringify(calls));
  context.diagnostic(calls.map(({ action }) => action.replace('dynamodb:', '')).join(', '));
});

const faults = [
  ['throttled', (at) => ({ kind: 'throttle', from: at })],
  ['failing', (at) => ({ kind: 'fail', from: at })],
  ['not reached', (at) => ({ kind: 'refuse', from: at })],
  ['slower than the client waits', (at) => ({ kind: 'slow', from: at, delayMs: 3000 })],
  ['throttled once', (at) => ({ kind: 'throttle', at })],
  ['its answer lost once', (at) => ({ kind: 'drop', at })],
  ['its answer lost each time', (at) => ({ kind: 'drop', from: at })],
  ['the desk killed before it', (at) => ({ kind: 'kill', at })],
  ['the desk killed after it', (at) => ({ kind: 'kill', at, when: 'after' })],
  ['the API out of patience after it', (at) => ({ kind: 'slow', at, when: 'after', delayMs: 2200 }), { timeouts: { api: 1500 } }],
  ['the desk out of time after it', (at) => ({ kind: 'slow', from: at, when: 'after', delayMs: 60_000 }), { timeouts: { desk: 1500 } }],
];

for (const [what, rule, options] of faults) {
  test(`at each call, ${what}: a clear page, and the form sent again is one request`, async (context) => {
    const pages = await atEachCall(rule, options);
    context.diagnostic(Object.entries(pages).map(([page, count]) => `${page} ${count}`).join(', '));
  });
}

test('batches done by half are finished', async () => {
  await system.post('/faults', [{ kind: 'partial', function: 'desk', at: [1, 3, 5] }]);
  const { reference } = await asked();
  const [{ hits }] = await system.get('/faults');
  await system.post('/faults', []);
  assert.equal(hits, 3);
  // The marks of both contacts were written: another form of the same person is noticed by each.
  const marks = (await system.get('/scan?table=records')).filter(({ value }) => value?.S === compact(reference));
  assert.equal(marks.length, 2);
});

test('all of them are in the table once, and each mail comes once', async () => {
  await system.post('/stream', { paused: false });
  await system.post('/drain');
  await system.post('/sweep');
  const stored = (await requestsIn(system)).map(({ id }) => id.S).sort();
  assert.deepEqual(stored, [...references].map(compact).sort());
  const counts = new Map();
  for (const { notice } of await system.get('/mails')) counts.set(notice, (counts.get(notice) ?? 0) + 1);
  for (const reference of references) {
    const notices = [...counts].filter(([notice]) => notice.startsWith(compact(reference)));
    assert.equal(notices.length, 2, `to the library and to the patron of ${reference}`);
    assert.deepEqual(notices.map(([, count]) => count), [1, 1]);
  }
});

test('with SES down mail waits, no try is held against it, and it comes when SES is back', async () => {
  await system.post('/faults', [{ kind: 'unavailable', action: 'ses:*' }]);
  const { reference } = await asked();
  await system.post('/drain');
  for (const round of [1, 2]) {
    const { outbox } = await itemOf(system, compact(reference));
    const notices = Object.values(outbox.M).map(({ M }) => M);
    assert.deepEqual(notices.map(({ tries }) => tries.N), ['0', '0']);
    assert.ok(notices.every(({ lease, ready }) => !lease && Number(ready.N) > Number(notices[0].since.N)));
    if (round === 2) await system.post('/faults', []);
    await letTimePass(system, client, [compact(reference)]);
    await system.post('/sweep');
  }
  assert.equal((await mailsOf(reference)).length, 2);
  assert.deepEqual((await itemOf(system, compact(reference))).outbox.M, {});
});

test('records of the stream that come again and out of order make no mail twice', async () => {
  await system.post('/stream', { paused: true, repeat: 1, disorder: 1 });
  const sent = await Promise.all([1, 2, 3, 4, 5, 6].map(asked));
  await system.post('/stream', { paused: false });
  await system.post('/drain');
  const { counters } = await system.get('/failures');
  await system.post('/stream', { repeat: 0, disorder: 0 });
  assert.ok(counters.repeated >= 6);
  for (const { reference } of sent) assert.equal((await mailsOf(reference)).length, 2);
});

test('a deliver that is killed between SES and marking sends again, under the same id', async () => {
  await system.post('/stream', { paused: true });
  const { reference } = await asked();
  await system.post('/faults', [{ kind: 'kill', function: 'deliver', action: 'ses:*', when: 'after', at: 1 }]);
  await system.post('/stream', { paused: false });
  await system.post('/drain');
  await system.post('/faults', []);
  const first = await mailsOf(reference);
  assert.equal(first.length, 1);
  await system.post('/sweep');
  assert.equal((await mailsOf(reference)).length, 1, 'whoever was killed still has it');
  await letTimePass(system, client, [compact(reference)]);
  await system.post('/sweep');
  const notices = (await mailsOf(reference)).map(({ notice }) => notice);
  assert.equal(notices.length, 3);
  assert.equal(new Set(notices).size, 2);
  assert.equal(notices.filter((notice) => notice === first[0].notice).length, 2);
});

test('a sweep that is killed anywhere leaves the rest to the next', async () => {
  for (const [action, when] of [['dynamodb:Query', 'before'], ['dynamodb:UpdateItem', 'after'], ['ses:*', 'after'], ['dynamodb:Scan', 'before']]) {
    await system.post('/stream', { paused: true });
    const { reference } = await asked();
    await system.post('/faults', [{ kind: 'kill', function: 'sweep', action, when, at: 1 }]);
    const { error } = await system.post('/sweep');
    assert.equal(error?.kind, 'crash', action);
    await system.post('/faults', []);
    await letTimePass(system, client, [compact(reference)]);
    assert.equal((await system.post('/sweep')).error, undefined);
    await system.post('/stream', { paused: false });
    await system.post('/drain');
    assert.equal(new Set((await mailsOf(reference)).map(({ notice }) => notice)).size, 2, action);
  }
});

test('what stops the sweep in one place is told, and does not keep mail from being sent', async () => {
  await system.post('/stream', { paused: true });
  const { reference } = await asked();
  await system.post('/faults', [{ kind: 'fail', function: 'sweep', action: 'dynamodb:Scan' }]);
  const { error } = await system.post('/sweep');
  await system.post('/faults', []);
  await system.post('/stream', { paused: false });
  assert.equal(error?.kind, 'function');
  assert.equal((await mailsOf(reference)).length, 2);
});
