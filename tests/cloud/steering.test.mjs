// How tests steer the system: rules for one invocation each, warm processes, time-outs, the trace, a broken stream.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { placesOf, readCall } from './calls.mjs';
import { Faults } from './faults.mjs';
import { LambdaFunction } from './runtime-api.mjs';
import { StreamMapping } from './streams.mjs';

const call = (invocation, action = 'dynamodb:GetItem') => ({ function: 'desk', action, body: {}, invocation });

test('rules of their own strike an invocation each, at their call of it', () => {
  const faults = new Faults();
  faults.set([{ kind: 'fail', own: true, at: 2 }, { kind: 'drop', own: true, at: 1 }]);
  const struck = ['a', 'b', 'a', 'b', 'c', 'a'].map((invocation) => faults.strike(call(invocation)).map(({ kind }) => kind).join());
  assert.deepEqual(struck, ['', 'drop', 'fail', '', '', '']);
  assert.deepEqual(faults.strike(call(undefined)), [], 'what is called while it starts is of no invocation');
});

test('what a call touches is named: one item, a batch, a transaction', () => {
  const places = (operation, body) => placesOf(readCall({
    method: 'POST', url: '/', body: JSON.stringify(body),
    headers: { 'x-amz-target': `DynamoDB_20120810.${operation}`, authorization: 'Credential=desk-1/x/us-west-2' },
  }));
  assert.deepEqual(places('PutItem', { TableName: 'keys', Item: { id: { S: 'case 1' }, key: { B: 'AA==' } } }), { tables: ['keys'], index: undefined, keys: ['case 1'] });
  assert.deepEqual(places('BatchGetItem', { RequestItems: { small: { Keys: [{ key: { S: 'a' } }, { key: { S: 'b' } }] } } }).keys, ['a', 'b']);
  assert.deepEqual(places('BatchWriteItem', { RequestItems: { small: [{ PutRequest: { Item: { key: { S: 'a' } } } }] } }).keys, ['a']);
  assert.deepEqual(places('TransactWriteItems', { TransactItems: [{ Update: { TableName: 'cases', Key: { id: { S: '1' } } } }] }).keys, ['1']);
  assert.equal(places('Query', { TableName: 'cases', IndexName: 'wake' }).index, 'wake');
});

test('processes can be warmed, and given another time-out', async (context) => {
  const echo = new LambdaFunction({ name: 'echo', binary: path.join(import.meta.dirname, 'fixtures/bootstrap.mjs'), timeoutMs: 60_000 });
  context.after(() => echo.close());
  await echo.warm(2);
  assert.deepEqual([...echo.instances].map(({ state }) => state), ['idle', 'idle']);
  echo.setTimeout(50);
  assert.equal((await echo.invoke({ hang: true })).error.kind, 'timeout');
  assert.equal(echo.counters.coldStarts, 2);
});

test('a stream that is broken gives nothing, and all of it when it is mended', async () => {
  const records = [{ dynamodb: { SequenceNumber: '1' } }];
  const got = [];
  const made = new StreamMapping({
    streamArn: 'stream', mapping: { batchSize: 10, filters: [] }, invoke: async (event) => got.push(event) && { payload: {} },
    client: { streams: async () => ({ Records: records.splice(0), NextShardIterator: 'next' }) },
  });
  made.iterators.set('shard', 'first');
  made.paused = true;
  assert.equal(await made.drain(), 0);
  made.paused = false;
  assert.equal(await made.drain(), 1);
  assert.equal(got.length, 1);
});
