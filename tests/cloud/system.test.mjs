// The system around a desk of one page, on the emulator. The real binaries have tests of their own.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { awsClient } from './aws.mjs';
import { startSystem } from './support.mjs';

const desk = path.join(import.meta.dirname, 'fixtures/small-desk.mjs');
let dist;
let system;

before(async () => {
  dist = await mkdtemp(path.join(tmpdir(), 'book-a-librarian-dist-'));
  await mkdir(path.join(dist, 'site'));
  await writeFile(path.join(dist, 'site/index.html'), 'Welcome');
  await writeFile(path.join(dist, 'site/404.html'), 'Not here');
  await writeFile(path.join(dist, 'site/sorry.html'), 'Sorry');
  system = await startSystem(['--desk', desk, '--deliver', desk, '--sweep', desk, '--site', dist]);
});

after(async () => {
  await system?.stop();
  await rm(dist, { recursive: true, force: true });
});

const send = (id) => fetch(`${system.base}/desk/send/${id}`, { method: 'POST', redirect: 'manual' });
const noticesOf = async (id) => (await system.get('/mails')).filter(({ notice }) => notice === id).length;

test('pages come from the folder, the desk from its function', async () => {
  assert.equal(await (await fetch(`${system.base}/`)).text(), 'Welcome');
  assert.equal((await fetch(`${system.base}/nowhere.html`)).status, 404);
  const answer = await send('first');
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), `${system.base}/desk/receipt`);
});

test('what is stored rings deliver, which mails it', async () => {
  await send('rings');
  await system.post('/drain');
  assert.equal(await noticesOf('rings'), 1);
  const stored = (await system.get('/scan?table=cases')).find(({ id }) => id.S === 'rings');
  assert.equal(stored.mail, undefined);
});

test('the sweep mails what deliver gave up, and the queue names the batch', async () => {
  await system.post('/faults', [{ kind: 'unavailable', action: 'ses:*' }]);
  await send('later');
  await system.post('/drain');
  await system.post('/faults', []);
  assert.equal(await noticesOf('later'), 0);
  assert.equal((await system.get('/failures')).batches.length, 1);
  assert.deepEqual(await system.post('/sweep', { kind: 'minute' }), { payload: { mailed: 1 } });
  assert.equal(await noticesOf('later'), 1);
});

test('a function killed after its write leaves the page that says sorry, and the request', async () => {
  await system.post('/faults', [{ kind: 'kill', function: 'desk', action: 'dynamodb:PutItem', when: 'after', at: 1 }]);
  const answer = await send('killed');
  assert.equal(answer.status, 502);
  assert.equal(await answer.text(), 'Sorry');
  await system.post('/faults', []);
  await system.post('/drain');
  assert.equal(await noticesOf('killed'), 1);
  assert.equal((await send('again')).status, 303);
});

test('a time-out after the write leaves the page that says sorry, and the request', async (context) => {
  const quick = ['--desk', desk, '--deliver', desk, '--sweep', desk, '--site', dist, '--timeout', 'desk=100'];
  const other = await startSystem(quick);
  context.after(() => other.stop());
  await other.post('/faults', [{ kind: 'slow', function: 'desk', action: 'dynamodb:PutItem', when: 'after', delayMs: 60_000 }]);
  const answer = await fetch(`${other.base}/desk/send/late`, { method: 'POST' });
  assert.equal(await answer.text(), 'Sorry');
  await other.post('/drain');
  assert.deepEqual((await other.get('/mails')).map(({ notice }) => notice), ['late']);
  assert.equal((await other.get('/counts')).desk.timeouts, 1);
});

test('all instances can be killed; the next request starts one', async () => {
  await send('before');
  assert.ok((await system.post('/kill?function=desk')).killed >= 1);
  assert.equal((await send('after')).status, 303);
});

test('the counts say who called what, and IAM agrees', async () => {
  await send('counted');
  await system.post('/drain');
  const counts = await system.get('/counts');
  assert.ok(counts.desk.actions['dynamodb:PutItem'] >= 1);
  assert.ok(counts.deliver.rights['ses:SendRawEmail']['identity/library.example'] >= 1);
  assert.ok(counts.desk.coldStarts >= 1);
  const { functions, denied } = await system.get('/iam');
  assert.deepEqual(denied, []);
  for (const { missing } of Object.values(functions)) assert.deepEqual(missing, []);
});

test('a mail that came back reaches deliver', async () => {
  await send('bounces');
  await system.post('/drain');
  const [{ result }] = await system.post('/ses-event?type=Bounce&mail=bounces');
  assert.deepEqual(result, { payload: { batchItemFailures: [] } });
});

test('mistakes at the control address are told', async () => {
  await assert.rejects(system.post('/kill?function=dsek'), /no function dsek; there are desk/);
  await assert.rejects(system.get('/scan?table=case'), /no table case/);
  await assert.rejects(system.post('/faults', [{ kind: 'x' }]), /can't x/);
});

test('it ends with its input, and its children with it', async () => {
  const other = await startSystem(['--desk', desk, '--deliver', desk, '--sweep', desk, '--site', dist]);
  const { emulator } = await other.get('/where');
  assert.equal(await other.stop(), 0);
  await assert.rejects(fetch(emulator));
  await assert.rejects(fetch(other.base));
});

test('two systems share one emulator, and the second leaves no table in it', async () => {
  const { emulator } = await system.get('/where');
  const client = awsClient({ endpoint: emulator, region: 'us-west-2' });
  const tables = () => client.dynamodb('ListTables').then(({ TableNames }) => TableNames);
  const ours = await tables();
  const other = await startSystem(['--desk', desk, '--deliver', desk, '--sweep', desk, '--site', dist, '--emulator', emulator]);
  await fetch(`${other.base}/desk/send/theirs`, { method: 'POST', redirect: 'manual' });
  await other.post('/drain');
  assert.equal((await other.get('/mails')).length, 1);
  assert.equal(await noticesOf('theirs'), 0);
  assert.equal((await tables()).length, 2 * ours.length);
  assert.equal(await other.stop(), 0);
  assert.deepEqual(await tables(), ours);
});
