// Rules for what goes wrong, and when.
import { tablesOf } from './calls.mjs';
import { seeded } from './random.mjs';

export const kinds = ['throttle', 'slow', 'fail', 'drop', 'refuse', 'unavailable', 'partial', 'kill'];

/**
 * A rule: `{ kind, function, action, table, own, at, from, to, probability, times, delayMs, when }`.
 * - `function`, `action` (`dynamodb:PutItem`, `ses:*`), `table` (its name or its role: `cases`): which calls; absent is all.
 * - `own: true`: strikes one invocation of its function alone, which no other such rule has: so that a
 *   rule for each call can be tried at once.
 * - `at` (a number or a list), `from`/`to`: the how-manieth matching call since the rule was set, from 1;
 *   `probability`: by chance; none of them: always. `times`: at most so often.
 * - `kind`: `throttle`; `slow` (waits `delayMs`, then goes on; `when: 'after'`: the write was done before);
 *   `fail` (500, nothing written); `unavailable` (503); `refuse` (connection closed, nothing written);
 *   `drop` (written, answer lost); `partial` (the first half of a batch is done, the rest comes back
 *   unprocessed); `kill` (SIGKILL to the calling instance `before`, the default, or `after` the write).
 */
export class Faults {
  constructor({ seed = 1, roles = {} } = {}) {
    this.roles = roles;
    this.set([], seed);
  }

  /** Replaces all rules. A misspelt rule is an error, not a test without faults. */
  set(rules, seed = 1) {
    const known = ['kind', 'function', 'action', 'table', 'own', 'at', 'from', 'to', 'probability', 'times', 'delayMs', 'when'];
    for (const rule of rules) {
      if (rule.when !== undefined && !['before', 'after'].includes(rule.when)) throw new Error(`a fault is before or after, not ${rule.when}`);
      const wrong = Object.keys(rule).find((key) => !known.includes(key));
      if (wrong) throw new Error(`a fault has no ${wrong}`);
      if (!kinds.includes(rule.kind)) throw new Error(`a fault can't ${rule.kind}; it can ${kinds.join(', ')}`);
    }
    this.random = seeded(seed);
    this.claimed = new Set();
    this.rules = rules.map((rule) => ({ ...rule, seen: 0, hits: 0 }));
  }

  /** The rules that strike this call, in the order in which they were given. */
  strike(call) {
    return this.rules.filter((rule) => {
      if (!this.matches(rule, call)) return false;
      rule.seen += 1;
      if (rule.times !== undefined && rule.hits >= rule.times) return false;
      if (!this.due(rule)) return false;
      rule.hits += 1;
      return true;
    });
  }

  matches(rule, call) {
    if (rule.function && rule.function !== call.function) return false;
    if (rule.action) {
      const wanted = rule.action;
      if (wanted.endsWith('*') ? !call.action.startsWith(wanted.slice(0, -1)) : call.action !== wanted) return false;
    }
    const table = rule.table && (this.roles[rule.table] ?? rule.table);
    if (table && !tablesOf(call).includes(table)) return false;
    if (rule.own && !this.owns(rule, call)) return false;
    // Only a batch can be done by half.
    return rule.kind !== 'partial' || Boolean(call.body.RequestItems);
  }

  owns(rule, { invocation }) {
    if (invocation === undefined) return false;
    if (rule.invocation === undefined && !this.claimed.has(invocation)) {
      rule.invocation = invocation;
      this.claimed.add(invocation);
    }
    return rule.invocation === invocation;
  }

  due(rule) {
    if (rule.at !== undefined) return [rule.at].flat().includes(rule.seen);
    if (rule.from !== undefined || rule.to !== undefined) {
      return rule.seen >= (rule.from ?? 1) && rule.seen <= (rule.to ?? Infinity);
    }
    return rule.probability === undefined || this.random() < rule.probability;
  }
}

/** The answer of a service that refuses: `{ status, headers, body }`. */
export function refusal(call, status, name, message) {
  const ses = call.service === 'ses';
  return {
    status,
    headers: {
      'content-type': ses ? 'application/json' : 'application/x-amz-json-1.0',
      ...(ses && { 'x-amzn-errortype': name }),
    },
    body: JSON.stringify(ses ? { message } : { __type: `com.amazonaws.${call.service}#${name}`, message }),
  };
}

/** What the service says for a kind of fault that is an answer. */
export function faultAnswer(kind, call) {
  if (kind === 'throttle') {
    if (call.service === 'ses') return refusal(call, 429, 'TooManyRequestsException', 'Too many requests');
    if (call.service === 'ssm') return refusal(call, 400, 'ThrottlingException', 'Rate exceeded');
    return refusal(call, 400, 'ProvisionedThroughputExceededException', 'The level of configured provisioned throughput for the table was exceeded.');
  }
  if (kind === 'fail') return refusal(call, 500, call.service === 'ses' ? 'InternalFailure' : 'InternalServerError', 'Internal server error');
  if (kind === 'unavailable') return refusal(call, 503, 'ServiceUnavailable', 'Service unavailable');
  return undefined;
}

/** The first half of a batch, and the rest as the answer gives it back. */
export function halved(body) {
  const entries = Object.entries(body.RequestItems).flatMap(([table, items]) =>
    (items.Keys ?? items).map((item) => ({ table, item, shape: items.Keys && items })));
  const half = Math.floor(entries.length / 2);
  const build = (part) => {
    const result = {};
    for (const { table, item, shape } of part) {
      if (shape) (result[table] ??= { ...shape, Keys: [] }).Keys.push(item);
      else (result[table] ??= []).push(item);
    }
    return result;
  };
  return { done: build(entries.slice(0, half)), rest: build(entries.slice(half)) };
}
