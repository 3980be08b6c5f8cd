// An event source mapping: DynamoDB's stream → filter → batches → function, with Lambda's rules for
// what fails. Order is kept in a shard; a batch is over when it was taken or given up.
import { matchesPattern } from './pattern.mjs';
import { seeded, shuffled } from './random.mjs';

/** What the template says about a mapping, with Lambda's defaults. */
export function mappingOf(properties) {
  return {
    batchSize: properties.BatchSize ?? 100,
    retries: properties.MaximumRetryAttempts ?? -1,
    bisect: properties.BisectBatchOnFunctionError ?? false,
    reportsItems: (properties.FunctionResponseTypes ?? []).includes('ReportBatchItemFailures'),
    filters: (properties.FilterCriteria?.Filters ?? []).map(({ Pattern }) => JSON.parse(Pattern)),
    position: properties.StartingPosition,
    onFailure: properties.DestinationConfig?.OnFailure?.Destination,
  };
}

/** Where in a batch an answer says that it failed: an index, or -1 for nowhere. */
export function failedFrom(result, records, reportsItems) {
  if (result.error) return 0;
  if (!reportsItems) return -1;
  const failures = result.payload?.batchItemFailures;
  if (failures === undefined || failures === null || failures.length === 0) return -1;
  const places = failures.map(({ itemIdentifier }) =>
    records.findIndex((record) => itemIdentifier && record.dynamodb.SequenceNumber === itemIdentifier));
  // An id that isn't one of the batch fails it all.
  return places.includes(-1) ? 0 : Math.min(...places);
}

export class StreamMapping {
  /**
   * `client.streams` reads the stream; `invoke` is the function's. `repeat`: the chance that a
   * record comes once more in a later batch; `disorder`: the chance that a batch is shuffled.
   */
  constructor({ client, streamArn, invoke, mapping, repeat = 0, disorder = 0, seed = 1, pollMs = 100 }) {
    Object.assign(this, { client, streamArn, invoke, mapping, repeat, disorder, pollMs });
    this.random = seeded(seed);
    this.iterators = new Map();
    this.again = [];
    /** Batches that were given up, as the on-failure queue gets them (it names them, without the items). */
    this.failures = [];
    this.counters = { records: 0, filtered: 0, batches: 0, retries: 0, bisections: 0, repeated: 0, givenUp: 0 };
    this.closed = false;
    this.rounds = Promise.resolve(0);
  }

  /** Begins where the template says, and goes on until `close`. */
  async start() {
    await this.findShards(this.mapping.position);
    this.tick();
  }

  tick() {
    if (this.closed) return;
    this.drain()
      .catch((error) => {
        this.lastError = error;
      })
      .finally(() => {
        if (!this.closed) this.timer = setTimeout(() => this.tick(), this.pollMs);
      });
  }

  async findShards(type) {
    const { StreamDescription } = await this.client.streams('DescribeStream', { StreamArn: this.streamArn });
    for (const { ShardId } of StreamDescription.Shards) {
      if (this.iterators.has(ShardId)) continue;
      const { ShardIterator } = await this.client.streams('GetShardIterator', {
        StreamArn: this.streamArn, ShardId, ShardIteratorType: type,
      });
      this.iterators.set(ShardId, ShardIterator);
    }
  }

  /** Delivers all that is in the stream now, and waits for it. Rounds never overlap. */
  drain() {
    const round = this.rounds.then(() => this.round());
    this.rounds = round.catch(() => 0);
    return round;
  }

  async round() {
    let count = 0;
    // A stream that is broken: what is in it stays.
    if (this.paused) return count;
    let before;
    do {
      before = count;
      for (const [shard, iterator] of this.iterators) {
        if (!iterator || this.closed) continue;
        const { Records, NextShardIterator } = await this.client.streams('GetRecords', { ShardIterator: iterator });
        count += await this.take(Records, shard);
        // Only now: records whose delivery was cut off by an error here are read again.
        this.iterators.set(shard, NextShardIterator);
      }
      // New shards are read from their first record on, or what was written meanwhile would be missed.
      if ([...this.iterators.values()].includes(undefined)) await this.findShards('TRIM_HORIZON');
      count += await this.takeAgain();
    } while (count > before && !this.closed);
    return count;
  }

  /** Filters, batches and delivers records of a shard; how many came through the filter. */
  async take(records, shard = 'shard') {
    this.counters.records += records.length;
    const wanted = records.filter((record) =>
      this.mapping.filters.length === 0 || this.mapping.filters.some((filter) => matchesPattern(filter, record)));
    this.counters.filtered += records.length - wanted.length;
    await this.deliverAll(wanted, shard);
    for (const record of wanted) {
      if (this.random() < this.repeat) this.again.push({ record, shard });
    }
    return wanted.length;
  }

  async takeAgain() {
    const late = shuffled(this.again.splice(0), this.random);
    this.counters.repeated += late.length;
    await this.deliverAll(late.map(({ record }) => record), late[0]?.shard);
    return late.length;
  }

  async deliverAll(records, shard) {
    for (let at = 0; at < records.length; at += this.mapping.batchSize) {
      const batch = records.slice(at, at + this.mapping.batchSize);
      this.counters.batches += 1;
      await this.deliver(this.random() < this.disorder ? shuffled(batch, this.random) : batch, shard, 0);
    }
  }

  async deliver(records, shard, tries) {
    if (this.closed) return;
    const result = await this.invoke({ Records: records.map((record) => ({ ...record, eventSourceARN: this.streamArn })) });
    const from = failedFrom(result, records, this.mapping.reportsItems);
    if (from === -1) return;
    const rest = records.slice(from);
    // A batch that got on begins to count anew; a split doesn't count as a try.
    const tried = from > 0 ? 0 : tries;
    if (result.error && this.mapping.bisect && rest.length > 1) {
      this.counters.bisections += 1;
      const middle = Math.ceil(rest.length / 2);
      await this.deliver(rest.slice(0, middle), shard, tried);
      await this.deliver(rest.slice(middle), shard, tried);
      return;
    }
    if (this.mapping.retries >= 0 && tried >= this.mapping.retries) {
      this.giveUp(rest, shard, tried, result);
      return;
    }
    this.counters.retries += 1;
    await this.deliver(rest, shard, tried + 1);
  }

  giveUp(records, shard, tried, result) {
    this.counters.givenUp += records.length;
    this.failures.push({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: tried + 1 },
      responseContext: { statusCode: 200, functionError: result.error?.errorType },
      DDBStreamBatchInfo: {
        shardId: shard,
        startSequenceNumber: records[0].dynamodb.SequenceNumber,
        endSequenceNumber: records.at(-1).dynamodb.SequenceNumber,
        batchSize: records.length,
        streamArn: this.streamArn,
      },
    });
  }

  /** Stops and waits until nothing runs. */
  async close() {
    this.closed = true;
    clearTimeout(this.timer);
    await this.rounds;
  }
}
