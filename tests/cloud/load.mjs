#!/usr/bin/env node
// The load plan: measures what a request costs in calls, reads and writes, and how they spread over keys;
// then says where AWS's quotas end. Writes docs/load.md (or prints it, with --print).
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { markdown } from './load-plan.mjs';
import { ask } from './patron.mjs';
import { requestsIn, startWhole } from './whole.mjs';

const { values } = parseArgs({
  options: { requests: { type: 'string', default: '230' }, print: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const wanted = Number(values.requests);
const root = path.resolve(import.meta.dirname, '../..');

/** The libraries with a topic that each knows, and the busiest first. */
async function libraries() {
  const folder = path.join(root, 'content/branches');
  const found = [];
  for (const file of (await readdir(folder)).filter((name) => /^[^.]+\.md$/.test(name)).sort()) {
    const text = await readFile(path.join(folder, file), 'utf8');
    const topic = /^skills:\n +([a-z-]+):/m.exec(text)?.[1];
    found.push({ library: file.slice(0, -3), topic, perWeek: Number(/^per_week: (\d+)/m.exec(text)?.[1] ?? 0) });
  }
  return found.sort((a, b) => b.perWeek - a.perWeek);
}

/** Adds up what calls used: `{ calls, reads, writes, requestBytes, responseBytes, actions, parts }`; parts are tables and indexes. */
function sum(calls, names) {
  const total = { calls: calls.length, reads: 0, writes: 0, requestBytes: 0, responseBytes: 0, actions: {}, parts: {} };
  for (const call of calls) {
    total.requestBytes += call.requestBytes;
    total.responseBytes += call.responseBytes ?? 0;
    total.actions[call.action] = (total.actions[call.action] ?? 0) + 1;
    for (const [part, kind, units] of unitsOf(call, names)) {
      total[kind] += units;
      total.parts[part] ??= { reads: 0, writes: 0 };
      total.parts[part][kind] += units;
    }
  }
  return total;
}

/** `[part, 'reads' | 'writes', units]` of a call: the table's own, and each index's. */
function unitsOf(call, names) {
  const kind = /Get|Query|Scan/.test(call.action) ? 'reads' : 'writes';
  // The emulator doesn't say it of batches of reads: a unit a key, as small records are below 4 KB.
  if (call.action.endsWith('BatchGetItem')) return [[names[call.tables[0]], kind, call.keys.length]];
  return [call.consumed ?? []].flat().flatMap(({ TableName, CapacityUnits, Table, GlobalSecondaryIndexes = {} }) => {
    const indexes = Object.entries(GlobalSecondaryIndexes).map(([index, units]) => [`${names[TableName]}/${index}`, kind, units.CapacityUnits]);
    const own = Table ? Table.CapacityUnits : CapacityUnits - indexes.reduce((all, [, , units]) => all + units, 0);
    return [[names[TableName], kind, own], ...indexes];
  });
}

/** Units by partition key of a table or index; `keyOf(call)` names it. The worst second of this run, too. */
function hot(calls, names, part, keyOf) {
  const keys = new Map();
  for (const call of calls) {
    for (const [of, kind, units] of unitsOf(call, names)) {
      if (of !== part || units === 0) continue;
      const touched = [keyOf(call)].flat();
      for (const key of touched) {
        const entry = keys.get(key) ?? { key, reads: 0, writes: 0, seconds: new Map() };
        const share = units / touched.length;
        entry[kind] += share;
        const second = Math.floor(call.at / 1000);
        if (kind === 'writes') entry.seconds.set(second, (entry.seconds.get(second) ?? 0) + share);
        keys.set(key, entry);
      }
    }
  }
  const list = [...keys.values()].map(({ seconds, ...entry }) => ({ ...entry, worstSecond: Math.round(Math.max(0, ...seconds.values())) }));
  return { part, distinct: list.length, worst: list.sort((a, b) => b.writes + b.reads - a.writes - a.reads).slice(0, 3) };
}

const system = await startWhole(['--measure', '--instances', '4']);
try {
  const { base } = system;
  const { tables } = await system.get('/where');
  const names = Object.fromEntries(Object.entries(tables).map(([role, name]) => [name, role]));
  const all = await libraries();
  const traceFrom = async (from) => (await system.get(`/trace?from=${from}`));
  const length = async () => (await system.get('/trace')).length;
  const of = (calls, name) => calls.filter((call) => call.function === name && call.action.startsWith('dynamodb:'));

  // A first sweep, as there always is one before; the day's key and the canary are made by it.
  for (let sweeps = 0; sweeps < 4; sweeps += 1) {
    await system.post('/sweep');
    await system.post('/drain');
  }
  await ask(base, { topic: 'genealogy', email: 'warm@example.com' });
  await system.post('/drain');

  // Half of all go to one library, the rest one after another to the others.
  const plan = Array.from({ length: wanted }, (_, n) => (n % 2 === 0 ? all[0] : all[1 + (((n - 1) / 2) % (all.length - 1))]));
  const start = await length();
  let next = 0;
  const startedAt = Date.now();
  await Promise.all(Array.from({ length: 4 }, async () => {
    while (next < wanted) {
      const n = next;
      next += 1;
      const { library, topic } = plan[n];
      // As most fill it in: some details, an address, often a phone.
      await ask(base, {
        topic, library, prefer: 'my_library', name: `Person ${n}`, email: `person${n}@example.com`,
        ...(n % 3 === 0 && { phone: `(425) 555-${String(n).padStart(4, '0')}` }),
        details: 'I would like to learn how to look for my grandmother, who came to Skagit County about 1910, in the records of the census.',
      });
    }
  }));
  const seconds = (Date.now() - startedAt) / 1000;
  await system.post('/drain');
  const calls = await traceFrom(start);
  const items = await requestsIn(system);
  const queueOf = new Map(items.map((item) => [item.id.S, item.queue?.S]));

  // A sweep when nothing is due, with all these open. What was just mailed stays among what has mail until its lease is
  // over and a sweep has looked.
  await pause(91_000);
  await system.post('/sweep');
  const idleFrom = await length();
  await system.post('/sweep');
  const idle = sum(of(await traceFrom(idleFrom), 'sweep'), names);
  // One with ten requests to mail: what deliver left.
  await system.post('/stream', { paused: true });
  for (let n = 0; n < 10; n += 1) await ask(base, { topic: all[0].topic, library: all[0].library, email: `late${n}@example.com` });
  const mailFrom = await length();
  await system.post('/sweep');
  const mailing = sum(of(await traceFrom(mailFrom), 'sweep'), names);
  // What a new process of the desk calls that a warm one doesn't.
  await system.post('/kill?function=desk');
  const coldFrom = await length();
  await ask(base, { topic: 'genealogy', email: 'cold@example.com' });
  const cold = sum(of(await traceFrom(coldFrom), 'desk'), names);
  const warmFrom = await length();
  await ask(base, { topic: 'genealogy', email: 'warmer@example.com' });
  const warm = sum(of(await traceFrom(warmFrom), 'desk'), names);

  const counts = {};
  for (const queue of queueOf.values()) counts[queue] = (counts[queue] ?? 0) + 1;
  const byRequests = [...of(calls, 'desk'), ...of(calls, 'deliver')];
  const sizes = items.map((item) => Buffer.byteLength(JSON.stringify(item)));
  const figures = {
    requests: wanted,
    seconds,
    desk: sum(of(calls, 'desk'), names),
    deliver: sum(of(calls, 'deliver'), names),
    mails: (await system.get('/mails')).length,
    mailsPerRequest: calls.filter(({ action }) => action === 'ses:SendEmail').length / wanted,
    mailBytes: calls.filter(({ action }) => action === 'ses:SendEmail').reduce((bytes, { requestBytes }) => bytes + requestBytes, 0) / wanted,
    idle, mailing, cold, warm,
    open: items.length,
    itemBytes: Math.round(sizes.reduce((a, b) => a + b, 0) / sizes.length),
    libraries: { distinct: Object.keys(counts).length, share: Math.max(...Object.values(counts)) / items.length },
    hot: [
      hot(byRequests, names, 'cases', ({ keys }) => keys[0]),
      hot(byRequests, names, 'cases/queue', ({ keys }) => queueOf.get(keys[0]) ?? 'none'),
      // While mail waits, a case is in the part of the index that is mail's.
      hot(byRequests, names, 'cases/wake', () => 'mail'),
      hot(byRequests, names, 'keys', ({ keys }) => keys[0]),
      hot(byRequests, names, 'records', ({ keys }) => keys),
    ],
  };
  if (values.json) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  const text = markdown(figures);
  if (values.print) console.log(text);
  else await writeFile(path.join(root, 'docs/load.md'), text);
} finally {
  await system.stop();
}
