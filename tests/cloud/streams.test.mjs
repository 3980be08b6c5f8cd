import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesPattern } from './pattern.mjs';
import { mappingOf, StreamMapping } from './streams.mjs';

const record = (number, mail) => ({
  eventName: 'INSERT',
  dynamodb: {
    SequenceNumber: String(number),
    Keys: { id: { S: `case ${number}` } },
    NewImage: { id: { S: `case ${number}` }, ...(mail && { mail: { S: mail } }) },
  },
});
const waiting = (...numbers) => numbers.map((number) => record(number, 'waits'));
const numbersIn = (event) => event.Records.map((each) => Number(each.dynamodb.SequenceNumber));

const properties = {
  BatchSize: 10,
  MaximumRetryAttempts: 2,
  BisectBatchOnFunctionError: true,
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"mail":{"S":["waits"]}}}}' }] },
  StartingPosition: 'LATEST',
};

/** A mapping to a function; `calls` are the batches that it got. */
function mapping(answer, options = {}) {
  const calls = [];
  const made = new StreamMapping({
    streamArn: 'arn:aws:dynamodb:us-west-2:000000000000:table/cases/stream/1',
    mapping: mappingOf({ ...properties, ...options.properties }),
    invoke: async (event) => {
      calls.push(numbersIn(event));
      return answer(numbersIn(event), event);
    },
    ...options,
  });
  return { made, calls };
}
const fine = () => ({ payload: { batchItemFailures: [] } });
const crash = { error: { kind: 'crash', errorType: 'Runtime.ExitError' } };
const failing = (...numbers) => ({ payload: { batchItemFailures: numbers.map((number) => ({ itemIdentifier: String(number) })) } });

test('only records that the filter takes reach the function', async () => {
  const { made, calls } = mapping(fine);
  await made.take([record(1), ...waiting(2), record(3, 'sent'), { ...record(4), dynamodb: { SequenceNumber: '4' } }]);
  assert.deepEqual(calls, [[2]]);
  assert.equal(made.counters.filtered, 3);
});

test('the event is what Lambda sends', async () => {
  let seen;
  const { made } = mapping((_, event) => {
    seen = event;
    return fine();
  });
  await made.take(waiting(1));
  assert.equal(seen.Records[0].eventSourceARN, made.streamArn);
  assert.deepEqual(seen.Records[0].dynamodb.Keys, { id: { S: 'case 1' } });
});

test('many records come in batches, in order', async () => {
  const { made, calls } = mapping(fine, { properties: { BatchSize: 2 } });
  await made.take(waiting(1, 2, 3, 4, 5));
  assert.deepEqual(calls, [[1, 2], [3, 4], [5]]);
});

test('a batch goes on from the first record that failed', async () => {
  const answers = [failing(3, 2), fine()];
  const { made, calls } = mapping(() => answers.shift());
  await made.take(waiting(1, 2, 3));
  assert.deepEqual(calls, [[1, 2, 3], [2, 3]]);
  assert.deepEqual(made.failures, []);
});

test('a record that never works is given up after two more tries, and named', async () => {
  const { made, calls } = mapping((numbers) => (numbers.includes(2) ? failing(2) : fine()));
  await made.take(waiting(1, 2));
  assert.deepEqual(calls, [[1, 2], [2], [2]]);
  assert.equal(made.failures.length, 1);
  assert.equal(made.failures[0].DDBStreamBatchInfo.startSequenceNumber, '2');
  assert.equal(made.failures[0].requestContext.approximateInvokeCount, 3);
});

test('a batch that crashes is split until the culprit is alone', async () => {
  const { made, calls } = mapping((numbers) => (numbers.includes(3) ? crash : fine()));
  await made.take(waiting(1, 2, 3, 4));
  assert.deepEqual(calls, [[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [3], [4]]);
  assert.equal(made.failures[0].DDBStreamBatchInfo.batchSize, 1);
});

test('an id that is not in the batch fails all of it', async () => {
  const answers = [failing(99), fine()];
  const { made, calls } = mapping(() => answers.shift());
  await made.take(waiting(1, 2));
  assert.deepEqual(calls, [[1, 2], [1, 2]]);
});

test('answers say nothing about records unless the template says so', async () => {
  const { made, calls } = mapping(() => failing(1), { properties: { FunctionResponseTypes: [] } });
  await made.take(waiting(1));
  assert.deepEqual(calls, [[1]]);
});

test('records can be repeated, later, and out of order', async () => {
  const { made, calls } = mapping(fine, { repeat: 1, disorder: 1, seed: 3 });
  await made.take(waiting(1, 2, 3, 4));
  await made.takeAgain();
  assert.equal(calls.length, 2);
  for (const call of calls) assert.deepEqual([...call].sort(), [1, 2, 3, 4]);
  assert.notDeepEqual(calls[0], [1, 2, 3, 4]);
});

test('the same seed makes the same disorder', async () => {
  const runs = [];
  for (let run = 0; run < 2; run += 1) {
    const { made, calls } = mapping(fine, { repeat: 0.5, disorder: 1, seed: 7 });
    await made.take(waiting(1, 2, 3, 4, 5, 6));
    await made.takeAgain();
    runs.push(calls);
  }
  assert.deepEqual(runs[0], runs[1]);
});

/** A stream in memory with one shard whose iterators are positions. */
function stream(records) {
  return {
    streams: async (action, input) => {
      if (action === 'DescribeStream') return { StreamDescription: { Shards: [{ ShardId: 'one' }] } };
      if (action === 'GetShardIterator') {
        return { ShardIterator: String(input.ShardIteratorType === 'LATEST' ? records.length : 0) };
      }
      const from = Number(input.ShardIterator);
      const page = records.slice(from, from + 2);
      return { Records: page, NextShardIterator: String(from + page.length) };
    },
  };
}

test('draining delivers all that was written, once, and what came meanwhile', async (context) => {
  const records = waiting(1, 2, 3);
  const { made, calls } = mapping((numbers) => {
    if (numbers[0] === 4) records.push(...waiting(6));
    return fine();
  }, { client: stream(records) });
  context.after(() => made.close());
  await made.findShards('LATEST');
  records.push(...waiting(4, 5));
  assert.equal(await made.drain(), 3);
  assert.deepEqual(calls, [[4, 5], [6]]);
  assert.equal(await made.drain(), 0);
});

test('what an error cut off is delivered again', async (context) => {
  const { made, calls } = mapping(fine, { client: stream(waiting(1, 2)) });
  context.after(() => made.close());
  await made.findShards('TRIM_HORIZON');
  const { invoke } = made;
  made.invoke = () => Promise.reject(new Error('gone'));
  await assert.rejects(made.drain(), /gone/);
  made.invoke = invoke;
  await made.drain();
  assert.deepEqual(calls, [[1, 2]]);
});

test('patterns: one of a list, deeper objects, and operators', () => {
  const event = { source: 'aws.ses', detail: { eventType: 'Bounce', mail: { tags: { set: ['ours', 'x'] } }, count: 3 } };
  assert.ok(matchesPattern({ source: ['aws.ses', 'other'], detail: { mail: { tags: { set: ['ours'] } } } }, event));
  assert.ok(matchesPattern({ detail: { eventType: [{ 'anything-but': ['Open'] }], none: [{ exists: false }] } }, event));
  assert.ok(matchesPattern({ detail: { count: [{ numeric: ['>', 2, '<=', 3] }], eventType: [{ prefix: 'Bo' }] } }, event));
  assert.ok(!matchesPattern({ detail: { mail: { tags: { set: ['theirs'] } } } }, event));
  assert.throws(() => matchesPattern({ source: [{ prefiks: 'a' }] }, event), /isn't known/);
});
