// What became of each patron's request after the long run.
import { compact, receipt } from './patron.mjs';
import { requestsIn } from './whole.mjs';

/** `waits`: mail that still waits is no loss. */
export async function count(system, { people, pages, waits }) {
  const stored = new Map((await requestsIn(system)).map((item) => [item.id.S, item]));
  const mails = new Map();
  for (const { notice, to } of await system.get('/mails')) {
    const mail = mails.get(notice) ?? { to: new Set(), copies: 0 };
    mail.to.add(to);
    mail.copies += 1;
    mails.set(notice, mail);
  }
  const byCase = groupBy(mails);
  const lost = [];
  const doubled = [];
  let waiting = 0;
  // Whoever was led to a request, in one of two windows also, though they may not have seen its page.
  const acknowledged = people.filter(({ locations }) => locations.size > 0);
  for (const person of acknowledged) {
    const location = [...person.locations][0];
    const page = await receipt(system.base, location);
    person.reference ??= page.reference;
    if (!person.reference) {
      lost.push(`${location.slice(0, 30)}: its page is ${page.status}`);
      continue;
    }
    const id = compact(person.reference);
    const item = stored.get(id);
    if (!item) {
      lost.push(`${person.reference} is not in the table`);
      continue;
    }
    if (page.status !== 200 || !page.body.includes(person.email)) lost.push(`${person.reference}: its page is ${page.status}`);
    if (person.locations.size > 1) doubled.push(`${person.email} was led to ${person.locations.size} requests`);
    const notices = byCase.get(id) ?? [];
    const to = (test) => notices.filter(([, mail]) => [...mail.to].some(test)).length;
    const counts = { library: to((address) => address.endsWith('@library.example')), patron: to((address) => address === person.email) };
    const left = Object.keys(item.outbox.M).length;
    if (left > 0) waiting += 1;
    if (counts.library + counts.patron > 2) doubled.push(`${person.reference} has ${notices.length} notices`);
    const missing = Math.max(0, 1 - counts.library) + Math.max(0, 1 - counts.patron);
    if (missing > (waits ? left : 0)) lost.push(`${person.reference}: mailed ${JSON.stringify(counts)}, ${left} wait`);
  }
  const acknowledgedIds = new Set(acknowledged.map(({ reference = '' }) => compact(reference)));
  if (acknowledgedIds.size < acknowledged.length) doubled.push('two patrons were given the same number');
  const never = [...stored.keys()].filter((id) => !acknowledgedIds.has(id));
  // A desk that is killed between the key and the case, and a patron who doesn't come back.
  const there = new Set((await system.get('/scan?table=cases')).map(({ id }) => `case ${id.S}`));
  const orphans = (await system.get('/scan?table=keys')).filter(({ id }) => id.S.startsWith('case ') && !there.has(id.S));
  const unmailed = never.filter((id) => !byCase.has(id) && Object.keys(stored.get(id).outbox.M).length === 0);
  lost.push(...unmailed.map((id) => `${id} is in the table, and nobody was told`));

  const counts = await system.get('/counts');
  const { api, counters: stream } = await system.get('/failures');
  const kinds = {};
  for (const { injected } of Object.values(counts)) for (const [kind, n] of Object.entries(injected)) kinds[kind] = (kinds[kind] ?? 0) + n;
  const copies = [...mails.values()].map((mail) => mail.copies);
  return {
    requests: people.length,
    'acknowledged (led to its page)': acknowledged.length,
    'of these in the table': acknowledged.filter(({ reference = '' }) => stored.has(compact(reference))).length,
    'in the table, never acknowledged': never.length,
    'keys without a request': orphans.length,
    'patrons that left when it did not work': people.filter(({ leaves, reference }) => leaves && !reference).length,
    'patrons that gave up': people.filter(({ leaves, reference }) => !leaves && !reference).length,
    'presses of Send': people.reduce((sum, { sends }) => sum + sends, 0),
    'most presses by one patron': Math.max(...people.map(({ sends }) => sends)),
    'pages seen': pages,
    'mails by Notice-Id': mails.size,
    'of these sent once': copies.filter((each) => each === 1).length,
    'of these sent more often': copies.filter((each) => each > 1).length,
    'most copies of one': Math.max(0, ...copies),
    'requests with mail that waits': waiting,
    kills: Object.fromEntries(Object.entries(counts).map(([name, { kills }]) => [name, kills])),
    'time-outs': { ...Object.fromEntries(Object.entries(counts).map(([name, { timeouts }]) => [name, timeouts])), API: api.timeouts },
    starts: Object.fromEntries(Object.entries(counts).map(([name, { coldStarts }]) => [name, coldStarts])),
    faults: kinds,
    stream,
    lost,
    doubled,
    unclear: people.flatMap(({ unclear }) => unclear),
  };
}

function groupBy(mails) {
  const groups = new Map();
  for (const entry of mails) {
    const id = entry[0].slice(0, 9);
    groups.set(id, [...(groups.get(id) ?? []), entry]);
  }
  return groups;
}

const shown = (value) => {
  if (Array.isArray(value)) return String(value.length);
  return typeof value === 'object' ? Object.entries(value).map(([key, each]) => `${key} ${each}`).join(', ') : String(value);
};

/** As a table of Markdown, and what is wrong line by line. */
export function print(figures) {
  console.log('| what | figure |\n|---|---|');
  for (const [name, value] of Object.entries(figures)) console.log(`| ${name} | ${shown(value)} |`);
  for (const name of ['lost', 'doubled', 'unclear']) for (const line of figures[name]) console.log(`${name}: ${line}`);
}
