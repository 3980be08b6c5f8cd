// What is special to the cloud, end to end: edge, API, stream, schedule, SES's events, starting, logs, rights.
// The journeys that are the same on one machine are in the Rust tests.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { awsClient } from './aws.mjs';
import { ask, check, compact, get, hiddenFields, libraryPhone, post, receipt, send } from './patron.mjs';
import { itemOf, linesOf, metric, startWhole } from './whole.mjs';

let system;
let where;
let client;

before(async () => {
  system = await startWhole();
  where = await system.get('/where');
  client = awsClient({ endpoint: where.emulator, region: 'us-west-2' });
});

after(() => system?.stop());

const mailsOf = async (reference) =>
  (await system.get('/mails')).filter(({ notice }) => notice.startsWith(compact(reference)));
const asked = { topic: 'genealogy', email: 'lan@example.com', library: 'langley' };

test('pages come from the bucket; a missing slash is added; what is not there has its page', async () => {
  const page = await get(where.base, '/vi/topics/genealogy/');
  assert.equal(page.status, 200);
  assert.match(page.body, /<html lang="vi"/);
  const moved = await get(where.base, '/topics?a=1');
  assert.deepEqual([moved.status, moved.location], [301, '/topics/?a=1']);
  const missing = await get(where.base, '/nowhere/');
  assert.equal(missing.status, 404);
  assert.ok(missing.body.includes(libraryPhone), 'the page for it, not the bucket\'s own answer');
});

test('what the desk says passes untouched: mistakes, gone, wrong method, too long, unreadable', async () => {
  const cases = [
    [422, await post(where.base, '/desk/en/check', { topic: 'genealogy', details: 'the ferry museum' })],
    [410, await get(where.base, '/desk/en/request/123456782.nothing')],
    [410, await get(where.base, '/desk/xx/check')],
    [405, await get(where.base, '/desk/en/send')],
    [413, await post(where.base, '/desk/en/check', { details: 'x'.repeat(100 * 1024) })],
    [400, await post(where.base, '/desk/en/check', 'details=%FF%FE')],
  ];
  for (const [status, answer] of cases) {
    assert.equal(answer.status, status);
    assert.ok(answer.body.includes(libraryPhone), `${status} has the number to call`);
    assert.match(answer.headers.get('content-security-policy'), /default-src 'none'/);
    assert.match(answer.headers.get('cache-control'), /no-cache|no-store/);
  }
  assert.ok(cases[0][1].body.includes('the ferry museum'), '422 keeps the answers');
});

test('addresses of the desk that nobody has, in letters of any script, end on a page', async () => {
  assert.equal((await get(where.base, '/desk/vi/request/%E1%BB%87%20x')).status, 410);
  // The API's route begins behind the slash: this one is its own 404, and the edge has a page for it.
  const bare = await get(where.base, '/desk/');
  assert.equal(bare.status, 404);
  assert.ok(bare.body.includes(libraryPhone));
});

test('a desk that cannot start leaves the page that says sorry', async () => {
  await system.post('/kill?function=desk');
  await system.post('/faults', [{ kind: 'kill', function: 'desk', action: 'ssm:*' }]);
  const answer = await post(where.base, '/desk/en/check', asked);
  await system.post('/faults', []);
  assert.ok([500, 502].includes(answer.status), String(answer.status));
  assert.ok(answer.body.includes('your answers are still there') && answer.body.includes(libraryPhone));
  assert.match(answer.headers.get('content-security-policy'), /default-src 'none'/);
  assert.equal((await post(where.base, '/desk/en/check', asked)).status, 200);
});

test('the API answers CloudFront alone', async () => {
  const { originSecret } = await system.get('/secrets');
  for (const headers of [{}, { 'x-origin-secret': '' }, { 'x-origin-secret': 'guessed' }, { 'x-origin-secret': ',' }]) {
    const answer = await get(where.api, '/desk/healthz', headers);
    assert.equal(answer.status, 403, JSON.stringify(headers));
    assert.equal((await post(where.api, '/desk/en/check', asked, headers)).status, 403);
  }
  assert.equal((await get(where.api, '/desk/healthz', { 'x-origin-secret': originSecret })).status, 200);
});

test('what a visitor forges is overwritten at the edge', async () => {
  const forged = { 'x-origin-secret': 'forged', 'x-viewer-ip': '10.0.0.1', 'x-forwarded-for': '10.0.0.1', forwarded: 'for=10.0.0.1;host=evil.example' };
  assert.equal((await get(where.base, '/desk/healthz', forged)).status, 200);
  const page = await post(where.base, '/desk/en/check', asked, { ...forged, 'x-forwarded-host': 'evil.example' });
  assert.equal(page.status, 200);
  assert.ok(!page.body.includes('evil.example'));
});

test('while the secret is changed, both are good; before and after, one', async () => {
  const { originSecret } = await system.get('/secrets');
  const status = async (secret) => (await get(where.api, '/desk/healthz', { 'x-origin-secret': secret })).status;
  const put = async (Value) => {
    await client.ssm('PutParameter', { Name: where.parameters.origin, Type: 'String', Value, Overwrite: true });
    await system.post('/kill?function=desk');
  };
  await put(`the-new-one, ${originSecret}`);
  assert.deepEqual([await status('the-new-one'), await status(originSecret), await status('other')], [200, 200, 403]);
  // The edge still sends the old one: patrons notice nothing.
  assert.equal((await post(where.base, '/desk/en/check', asked)).status, 200);
  await put('the-new-one');
  assert.deepEqual([await status('the-new-one'), await status(originSecret)], [200, 403]);
  await put(originSecret);
  assert.equal(await status(originSecret), 200);
});

test('the stream rings deliver: the mail is there without a sweep', async () => {
  const { reference } = await ask(where.base, { ...asked, email: 'rings@example.com' });
  await system.post('/drain');
  const mails = await mailsOf(reference);
  assert.deepEqual(mails.map(({ by }) => by), ['deliver', 'deliver']);
  assert.ok(mails.some(({ to }) => to === 'rings@example.com'));
  const [mail] = mails;
  assert.ok(mail.configurationSet && mail.tags.thread.startsWith(compact(reference)), 'SES can tell of it');
  const item = await itemOf(system, compact(reference));
  assert.deepEqual([item.outbox.M, item.mail], [{}, undefined]);
});

test('with the stream broken the sweep delivers, and the stream adds none when it is back', async () => {
  await system.post('/stream', { paused: true });
  const { reference } = await ask(where.base, { ...asked, email: 'sweep@example.com' });
  assert.equal((await mailsOf(reference)).length, 0);
  const { error } = await system.post('/sweep');
  assert.equal(error, undefined);
  assert.deepEqual((await mailsOf(reference)).map(({ by }) => by), ['sweep', 'sweep']);
  await system.post('/stream', { paused: false });
  await system.post('/drain');
  assert.equal((await mailsOf(reference)).length, 2);
});

test('a patron\'s mail that comes back is told to the library, and on the patron\'s page', async () => {
  const { reference, location, body } = await ask(where.base, { ...asked, email: 'gone@example.com', phone: '360-555-0142' });
  await system.post('/drain');
  const mails = await mailsOf(reference);
  const toPatron = mails.find(({ to }) => to === 'gone@example.com');
  const toLibrary = mails.find(({ to }) => to !== 'gone@example.com');
  assert.ok(!body.includes('came back'));
  // SES may tell twice.
  for (let time = 0; time < 2; time += 1) {
    const [{ result }] = await system.post(`/ses-event?type=Bounce&mail=${toPatron.notice}`);
    assert.equal(result.error, undefined);
  }
  await system.post('/drain');
  const told = (await mailsOf(reference)).filter(({ raw }) => raw.includes('to this patron came back'));
  assert.deepEqual(told.map(({ to }) => to), [toLibrary.to]);
  assert.ok(!told[0].raw.includes('gone@example.com'));
  assert.match((await receipt(where.base, location)).body, /Our e-mail to you came back/);
});

test('a library\'s mail that comes back for a reason that may pass waits again, until mail arrives', async () => {
  const { reference } = await ask(where.base, { ...asked, email: 'again@example.com' });
  await system.post('/drain');
  const mails = await mailsOf(reference);
  const toPatron = mails.find(({ to }) => to === 'again@example.com');
  const toLibrary = mails.find(({ to }) => to !== 'again@example.com');
  const bouncedRecipients = [{ emailAddress: toLibrary.to, action: 'failed', status: '5.7.1' }];
  // SES may tell twice.
  for (let time = 0; time < 2; time += 1) {
    const [{ result }] = await system.post(`/ses-event?type=Bounce&mail=${toLibrary.notice}`, { bouncedRecipients });
    assert.equal(result.error, undefined);
  }
  const item = (await system.get('/scan?table=cases')).find(({ id }) => id.S === compact(reference));
  assert.deepEqual(Object.entries(item.outbox.M).map(([id, { M }]) => [id, M.tries.N]), [[toLibrary.notice, '1']]);
  assert.equal((await mailsOf(reference)).some(({ to }) => to === 'coordinator@library.example'), false);
  const refusing = async () => (await system.get('/scan?table=records'))
    .filter(({ key, expires }) => key.S.startsWith('refusing ') && Number(expires.N) * 1000 > Date.now());
  assert.equal((await refusing()).length, 1);
  const soon = { timestamp: new Date(Date.now() + 60_000).toISOString() };
  const [{ result }] = await system.post(`/ses-event?type=Delivery&mail=${toLibrary.notice}`, soon);
  assert.equal(result.error, undefined);
  assert.equal((await refusing()).length, 0);
  assert.deepEqual(await system.post(`/ses-event?type=Delivery&mail=${toPatron.notice}`, soon), []);
});

test('a library\'s mail that comes back is told to the coordinator, and requests go elsewhere', async () => {
  const first = await ask(where.base, { ...asked, email: 'before@example.com' });
  await system.post('/drain');
  const mail = (await mailsOf(first.reference)).find(({ to }) => to !== 'before@example.com');
  assert.match(mail.to, /@library\.example$/);
  await system.post(`/ses-event?type=Bounce&mail=${mail.notice}`);
  await system.post('/drain');
  const told = (await mailsOf(first.reference)).filter(({ to }) => to === 'coordinator@library.example');
  assert.equal(told.length, 1);
  await system.post('/sweep');
  const second = await ask(where.base, { ...asked, email: 'after@example.com' });
  await system.post('/drain');
  const [next] = (await mailsOf(second.reference)).filter(({ to }) => to !== 'after@example.com');
  assert.notEqual(next.to, mail.to);
});

test('the canary comes through in a few sweeps, and is counted nowhere', async () => {
  for (let sweeps = 0; sweeps < 4; sweeps += 1) {
    assert.equal((await system.post('/sweep', { kind: 'canary' })).error, undefined);
    await system.post('/drain');
  }
  // What its library and its patron would get, each once, to the sink.
  const notices = (await system.get('/mails')).filter(({ to }) => to === 'canary@library.example').map(({ notice }) => notice.slice(-2));
  assert.deepEqual(notices.sort(), ['-0', '-1']);
  assert.equal(await metric(system, 'sweep', 'CanaryDelivered'), 1);
  const items = await system.get('/scan?table=cases');
  assert.equal(items.filter(({ id }) => id.S.startsWith('count ')).length, 0);
  const [tombstone] = items.filter((item) => item.tombstone);
  assert.match(tombstone.tombstone.S, /canary/);
  assert.equal((await system.get('/scan?table=keys')).some(({ id }) => id.S === `case ${tombstone.id.S}`), false);
});

test('logs and metrics hold nothing personal, whatever goes wrong', async () => {
  const answers = {
    topic: 'genealogy', name: 'Wilhelmina Planted', email: 'planted.person@example.com', phone: '(425) 555-0187',
    details: 'My grandmother Euphemia came from Skagit.', language: 'vi', library: 'langley',
  };
  const form = await check(where.base, answers);
  await system.post('/faults', [{ kind: 'fail', function: 'desk', action: 'dynamodb:PutItem' }]);
  assert.equal((await send(where.base, form)).status, 507);
  await system.post('/faults', []);
  const sent = await send(where.base, form);
  assert.equal(sent.status, 303);
  const { reference } = await receipt(where.base, sent.location);
  await system.post('/faults', [{ kind: 'fail', action: 'ses:*' }]);
  await system.post('/drain');
  await system.post('/faults', []);
  await post(where.base, '/desk/en/check', { ...answers, email: 'planted.person@' });
  await system.post('/sweep');
  assert.equal(await metric(system, 'desk', 'Requests') >= 1, true);
  const secrets = await system.get('/secrets');
  const link = sent.location.split('.').at(-1);
  const kept = ['Wilhelmina', 'Planted', 'planted.person', '555-0187', '5550187', 'Euphemia', 'Skagit', link,
    secrets.originSecret, secrets.secrets.id_key, 'rings@', 'gone@', 'Huế'];
  for (const name of ['desk', 'deliver', 'sweep']) {
    const lines = await linesOf(system, name);
    assert.ok(lines.length > 0, name);
    for (const line of lines) {
      for (const part of kept) assert.ok(!line.includes(part), `${name} wrote ${part}: ${line}`);
      assert.ok(JSON.parse(line), 'each line is JSON');
    }
  }
  assert.ok((await linesOf(system, 'deliver')).some((line) => line.includes(compact(reference))), 'a number is no name');
});

test('answers that are changed are the same request, and its library is told', async () => {
  const { form, location, reference } = await ask(where.base, { ...asked, email: 'changes@example.com' });
  await system.post('/drain');
  const page = await post(where.base, '/desk/en/form', form);
  const fields = [...form.filter(([name]) => name !== 'token'), ...hiddenFields(page.body), ['details', 'From Skagit County.']];
  const checked = await post(where.base, '/desk/en/check', fields);
  const sent = await send(where.base, hiddenFields(checked.body));
  assert.deepEqual([sent.status, sent.location], [303, location]);
  await system.post('/drain');
  assert.ok((await receipt(where.base, location)).body.includes('From Skagit County.'));
  assert.equal((await mailsOf(reference)).length, 3);
});

test('each function has the rights that it needs', async (context) => {
  const { functions, denied } = await system.get('/iam');
  assert.deepEqual(denied, []);
  for (const [name, { missing, unused }] of Object.entries(functions)) {
    assert.deepEqual(missing, [], name);
    context.diagnostic(`${name} never used here: ${unused.join(', ') || 'nothing'}`);
  }
});
