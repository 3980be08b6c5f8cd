import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { awsClient } from './aws.mjs';
import { closeServer, listen, readBody } from './child.mjs';
import { decodeWords } from './mails.mjs';
import { startProxy } from './proxy.mjs';

const region = 'us-west-2';

/** A proxy before a service that notes what reaches it; `desk` calls as an instance of desk. */
async function proxied(context, options = {}) {
  const arrived = [];
  const upstream = createServer(async (request, response) => {
    const body = JSON.parse((await readBody(request)) || '{}');
    const action = request.headers['x-amz-target'] ?? request.url;
    arrived.push({ action, body });
    const answer = { ok: true, ...(body.ReturnConsumedCapacity && { ConsumedCapacity: { TableName: body.TableName, CapacityUnits: 3 } }) };
    response.end(JSON.stringify(request.url.startsWith('/v2/email') ? { MessageId: `mail ${arrived.length}` } : answer));
  });
  const port = await listen(upstream);
  const proxy = await startProxy({ upstream: `http://127.0.0.1:${port}`, roles: { cases: 'books-1-Cases' }, ...options });
  context.after(async () => {
    await proxy.close();
    await closeServer(upstream);
  });
  const as = (accessKeyId) => awsClient({ endpoint: proxy.url, region, accessKeyId });
  return { proxy, arrived, desk: as('desk-1'), deliver: as('deliver-7') };
}
const put = (client, table = 'books-1-Cases') => client.dynamodb('PutItem', { TableName: table, Item: { id: { S: '1' } } });

test('each call is counted for its function, with the rights that it needs', async (context) => {
  const { proxy, desk, deliver } = await proxied(context);
  await put(desk);
  await put(desk);
  await deliver.dynamodb('Query', { TableName: 'books-1-Cases', IndexName: 'wake' });
  await deliver.dynamodb('TransactWriteItems', {
    TransactItems: [{ ConditionCheck: { TableName: 'keys' } }, { Put: { TableName: 'cases' } }],
  });
  await desk.ssm('GetParameters', { Names: ['/books/secrets', '/books/origin'] });
  const { functions } = proxy.ledger;
  assert.deepEqual(functions.desk.actions, { 'dynamodb:PutItem': 2, 'ssm:GetParameters': 1 });
  assert.deepEqual(functions.desk.rights['ssm:GetParameters'], { 'parameter/books/secrets': 1, 'parameter/books/origin': 1 });
  assert.deepEqual(functions.deliver.rights, {
    'dynamodb:Query': { 'table/books-1-Cases/index/wake': 1 },
    'dynamodb:ConditionCheckItem': { 'table/keys': 1 },
    'dynamodb:PutItem': { 'table/cases': 1 },
  });
  assert.ok(functions.desk.requestBytes > 0 && functions.desk.responseBytes > 0);
});

test('a call without a right is denied and never arrives', async (context) => {
  const { proxy, arrived, desk } = await proxied(context, {
    permits: (name, action) => action !== 'dynamodb:DeleteItem',
  });
  await put(desk);
  await assert.rejects(desk.dynamodb('DeleteItem', { TableName: 'keys', Key: {} }), { name: 'AccessDeniedException' });
  assert.equal(arrived.length, 1);
  assert.match([...proxy.denied][0], /desk is not authorized to perform: dynamodb:DeleteItem on resource: table\/keys/);
});

test('capacity is measured when asked for, and by table', async (context) => {
  const { proxy, desk } = await proxied(context, { measure: true });
  await put(desk);
  await desk.dynamodb('GetItem', { TableName: 'keys', Key: {} });
  assert.deepEqual(proxy.ledger.functions.desk.capacity, {
    read: 3, write: 3, tables: { 'books-1-Cases': { read: 0, write: 3 }, keys: { read: 3, write: 0 } },
  });
});

test('a call is throttled at its number, on its table, for its function', async (context) => {
  const { proxy, arrived, desk, deliver } = await proxied(context);
  proxy.faults.set([{ kind: 'throttle', function: 'desk', action: 'dynamodb:PutItem', table: 'cases', at: 2 }]);
  await put(desk, 'other');
  await put(desk);
  await put(deliver);
  await assert.rejects(put(desk), { name: 'ProvisionedThroughputExceededException', status: 400 });
  await put(desk);
  assert.equal(arrived.length, 4);
  assert.deepEqual(proxy.ledger.functions.desk.injected, { throttle: 1 });
});

test('other services throttle and fail in their own words', async (context) => {
  const { proxy, desk } = await proxied(context);
  const mail = () => desk.ses('POST', '/outbound-emails', {});
  proxy.faults.set([{ kind: 'throttle' }]);
  await assert.rejects(desk.ssm('GetParameters', { Names: [] }), { name: 'ThrottlingException', status: 400 });
  await assert.rejects(mail(), { name: 'TooManyRequestsException', status: 429 });
  proxy.faults.set([{ kind: 'unavailable', action: 'ses:*' }]);
  await assert.rejects(mail(), { status: 503 });
  await put(desk);
  proxy.faults.set([{ kind: 'fail' }]);
  await assert.rejects(put(desk), { name: 'InternalServerError', status: 500 });
});

test('a dropped answer has been written, a refused call has not', async (context) => {
  const { proxy, arrived, desk } = await proxied(context);
  proxy.faults.set([{ kind: 'drop', at: 1 }, { kind: 'refuse', at: 2 }]);
  await assert.rejects(put(desk));
  assert.equal(arrived.length, 1);
  await assert.rejects(put(desk));
  assert.equal(arrived.length, 1);
  await put(desk);
  assert.equal(arrived.length, 2);
});

test('a call can kill its own instance, before or after the write', async (context) => {
  const killed = [];
  const { proxy, arrived, desk, deliver } = await proxied(context, { kill: (...who) => killed.push(who) });
  proxy.faults.set([
    { kind: 'kill', function: 'desk', when: 'before' },
    { kind: 'kill', function: 'deliver', when: 'after' },
  ]);
  await assert.rejects(put(desk));
  assert.equal(arrived.length, 0);
  await assert.rejects(put(deliver));
  assert.equal(arrived.length, 1);
  assert.deepEqual(killed, [['desk', 1], ['deliver', 7]]);
});

test('a slow call arrives all the same, and can be slow after it arrived', async (context) => {
  const { proxy, arrived, desk } = await proxied(context);
  proxy.faults.set([{ kind: 'slow', delayMs: 1 }]);
  await put(desk);
  proxy.faults.set([{ kind: 'slow', delayMs: 1, when: 'after' }]);
  await put(desk);
  assert.equal(arrived.length, 2);
});

test('a batch can be done by half: the rest comes back', async (context) => {
  const { proxy, arrived, desk } = await proxied(context);
  const items = [1, 2, 3].map((number) => ({ PutRequest: { Item: { id: { S: String(number) } } } }));
  proxy.faults.set([{ kind: 'partial', times: 2 }]);
  const written = await desk.dynamodb('BatchWriteItem', { RequestItems: { records: items } });
  assert.deepEqual(written.UnprocessedItems, { records: items.slice(1) });
  assert.deepEqual(arrived[0].body.RequestItems, { records: items.slice(0, 1) });
  const keys = [{ id: { S: '1' } }, { id: { S: '2' } }];
  const read = await desk.dynamodb('BatchGetItem', { RequestItems: { cases: { Keys: keys, ConsistentRead: true } } });
  assert.deepEqual(read.UnprocessedKeys, { cases: { ConsistentRead: true, Keys: keys.slice(1) } });
});

test('chance is the same for the same seed', async (context) => {
  const { proxy, desk } = await proxied(context);
  const run = async (seed) => {
    proxy.faults.set([{ kind: 'fail', probability: 0.5 }], seed);
    const outcomes = [];
    for (let count = 0; count < 20; count += 1) outcomes.push(await put(desk).then(() => 1, () => 0));
    return outcomes.join('');
  };
  const first = await run(5);
  assert.equal(await run(5), first);
  assert.notEqual(await run(6), first);
  assert.match(first, /01|10/);
});

test('a misspelt rule is refused', async (context) => {
  const { proxy } = await proxied(context);
  assert.throws(() => proxy.faults.set([{ kind: 'throtle' }]), /can't throtle/);
  assert.throws(() => proxy.faults.set([{ kind: 'fail', probabilty: 1 }]), /has no probabilty/);
  assert.throws(() => proxy.faults.set([{ kind: 'kill', when: 'later' }]), /before or after, not later/);
});

const raw = (subject) => ({
  Raw: {
    Data: Buffer.from(`Subject: ${subject}\r\nTo: A\r\n <a@b.example>\r\nNotice-Id: n 1\r\n\r\nSubject: not this`).toString('base64'),
  },
});

test('mails are kept with their headers and tags, dropped answers too', async (context) => {
  const { proxy, deliver } = await proxied(context, { configurationSets: ['set'] });
  proxy.faults.set([{ kind: 'drop', action: 'ses:SendEmail', at: 1 }]);
  const send = () => deliver.ses('POST', '/outbound-emails', {
    FromEmailAddress: 'desk@library.example',
    ConfigurationSetName: 'set',
    EmailTags: [{ Name: 'audience', Value: 'branch' }],
    Content: raw('=?utf-8?B?w6Q=?= =?utf-8?Q?=C3=B6_x?='),
  });
  await assert.rejects(send());
  await send();
  assert.equal(proxy.mails.length, 2);
  const [mail] = proxy.mails;
  assert.equal(mail.notice, 'n 1');
  assert.equal(mail.subject, 'äö x');
  assert.equal(mail.to, 'A <a@b.example>');
  assert.deepEqual(mail.tags, { audience: 'branch' });
  assert.deepEqual(proxy.ledger.functions.deliver.rights, {
    'ses:SendRawEmail': { 'identity/library.example': 2, 'configuration-set/set': 2 },
  });
});

test('what SES refuses is refused, though the emulator takes it', async (context) => {
  const { proxy, arrived, deliver } = await proxied(context, { configurationSets: ['set'] });
  const send = (more) => deliver.ses('POST', '/outbound-emails', { Content: raw('x'), ...more });
  await assert.rejects(send({ ConfigurationSetName: 'other' }), { status: 404, name: 'NotFoundException' });
  await assert.rejects(send({ EmailTags: [{ Name: 'a b', Value: 'c' }] }), { status: 400, name: 'BadRequestException' });
  assert.equal(arrived.length, 0);
  assert.equal(proxy.mails.length, 0);
});

test('a letter cut in two by encoded words is whole again', () => {
  assert.equal(decodeWords('=?UTF-8?Q?=C3?= =?UTF-8?Q?=A4?= b'), 'ä b');
  assert.equal(decodeWords('plain (1=2)'), 'plain (1=2)');
});
