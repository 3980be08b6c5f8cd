#!/usr/bin/env node
// The long run: patrons send forms while everything goes wrong at random, and go back and send again as a
// person would. Afterwards each number that a patron was given is looked for, in the table and in the mail.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { count, print } from './storm-count.mjs';
import { faultsOf, spells } from './storm-faults.mjs';
import { check, hiddenFields, receipt, seen, send } from './patron.mjs';
import { seeded } from './random.mjs';
import { requestsIn, startWhole } from './whole.mjs';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    patrons: { type: 'string', default: '8' },
    // What a lease (90 s) or a further try (1, 5, 15 minutes) holds back at the end counts as waiting, not as lost.
    'no-wait': { type: 'boolean', default: false },
    minutes: { type: 'string', default: '25' },
    json: { type: 'string' },
  },
});
const wanted = Number(values.requests);
const random = seeded(Number(values.seed));
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const between = (least, most) => least + random() * (most - least);

const started = Date.now();
const system = await startWhole(['--seed', values.seed, '--instances', '8', '--repeat', '0.2', '--disorder', '0.5']);
const { base } = system;
const people = [];
const pages = { stored: 0, kept: 0, sorry: 0, broken: 0, unclear: 0 };
let raging = true;

/** Until it is done, or the person has no patience left. */
async function untilDone(attempt, patience = 150) {
  for (let tries = 1; tries <= patience; tries += 1) {
    const result = await attempt(tries).catch(() => undefined);
    if (result !== undefined) return result;
    await pause(between(100, 1500));
  }
  return undefined;
}

async function press(person, form) {
  person.sends += 1;
  const answer = await send(base, form).catch(() => undefined);
  const page = answer ? seen(answer, person.email) : 'broken';
  pages[page] += 1;
  if (page === 'unclear') person.unclear.push(`${answer.status} ${answer.body.slice(0, 200)}`);
  return { page, answer };
}

async function patron(number) {
  const person = { number, email: `patron${number}@example.com`, sends: 0, unclear: [], locations: new Set(), reference: undefined };
  people.push(person);
  const answers = { topic: 'genealogy', library: 'langley', email: person.email, details: `Question ${number}` };
  let form = await untilDone(async () => {
    const fields = await check(base, answers);
    return fields.length > 0 ? fields : undefined;
  });
  // Some press twice; some leave when they see that it didn't work.
  const twice = random() < 0.1;
  person.leaves = random() < 0.03;
  const location = await untilDone(async () => {
    const [{ page, answer }, other] = await Promise.all([press(person, form), twice && press(person, form)]);
    for (const each of [answer, other?.answer]) if (each?.status === 303) person.locations.add(each.location);
    if (page === 'stored') return answer.location;
    if (person.leaves) return 'left';
    // Either *Back*, or on with the form on the page, which is the same one.
    if (page === 'kept' && random() < 0.5) form = hiddenFields(answer.body);
    return undefined;
  });
  if (!location || location === 'left') return;
  const page = await untilDone(async () => {
    const opened = await receipt(base, location);
    return opened.status === 200 && opened.reference ? opened : undefined;
  });
  person.reference = page?.reference;
  person.showsAnswers = page?.body.includes(person.email);
}

/** What goes wrong: a background of single faults, and spells in which one thing is down. */
async function rage() {
  const down = { from: wanted * 0.25, to: wanted * 0.45 };
  for (let seed = Number(values.seed) * 1000; raging; seed += 1) {
    const spell = random() < 0.6 ? spells[Math.floor(random() * spells.length)] : {};
    // SES's hour, scaled: a fifth of all requests.
    const isDown = people.length >= down.from && people.length < down.to;
    await system.post(`/faults?seed=${seed}`, faultsOf(spell.rules ?? [], isDown));
    await system.post('/timeouts', { desk: 10_000, api: 11_000, ...spell.timeouts });
    await pause(between(1000, 4000));
  }
}

async function killing() {
  while (raging) {
    await system.post(`/kill?function=${['desk', 'desk', 'deliver', 'sweep'][Math.floor(random() * 4)]}&which=busy`);
    await pause(between(100, 900));
  }
}

const sweeps = new Set();
let unfinished = 0;
function sweep() {
  const one = system.post('/sweep').then(({ error }) => {
    if (error) unfinished += 1;
  }).finally(() => sweeps.delete(one));
  sweeps.add(one);
}

// As the clock does: also while another one runs.
const clock = setInterval(sweep, 3000);
let next = 0;
async function worker() {
  while (next < wanted) {
    next += 1;
    await patron(next);
    if (next % 100 === 0) process.stderr.write(`${next} patrons, ${Math.round((Date.now() - started) / 1000)} s\n`);
  }
}

let failed = true;
try {
  const storm = [rage(), killing()];
  await Promise.all(Array.from({ length: Number(values.patrons) }, worker));
  raging = false;
  await Promise.all(storm);
  await system.post('/faults', []);
  await system.post('/timeouts', { desk: 10_000, api: 11_000 });
  const stormSeconds = (Date.now() - started) / 1000;

  const until = Date.now() + (values['no-wait'] ? 0 : Number(values.minutes) * 60_000);
  let waiting;
  for (;;) {
    await system.post('/drain');
    await system.post('/sweep');
    waiting = (await requestsIn(system)).filter(({ outbox }) => Object.keys(outbox.M).length > 0).length;
    if (waiting === 0 || Date.now() >= until) break;
    process.stderr.write(`mail of ${waiting} requests waits\n`);
    await pause(10_000);
  }
  clearInterval(clock);
  await Promise.all(sweeps);
  const figures = await count(system, { people, pages, waits: values['no-wait'] });
  Object.assign(figures, {
    seed: Number(values.seed), 'seconds of storm': Math.round(stormSeconds), 'seconds in all': Math.round((Date.now() - started) / 1000),
    'sweeps that did not finish': unfinished,
  });
  print(figures);
  if (values.json) await writeFile(values.json, `${JSON.stringify(figures, null, 2)}\n`);
  failed = figures.lost.length > 0 || figures.doubled.length > 0 || figures.unclear.length > 0;
} finally {
  clearInterval(clock);
  raging = false;
  await system.stop();
}
process.exit(failed ? 1 : 0);
