// docs/load.md from the figures of load.mjs: what a request costs, which quota ends first, and what then.

/** Quotas of AWS, as published early in 2026; those marked * are raised on request. */
const quota = {
  keyWrites: 1000, keyReads: 3000, tableWrites: 40_000, newTableWrites: 4000,
  lambda: 1000, newLambda: 10, api: 10_000, ssm: 40,
  sesSandboxDay: 200, sesDay: 50_000, sesSecond: 14,
};

/** Not measured here: how long real AWS takes, and what a library's day is like. */
const assumed = { deskMs: 30, dynamodbMs: 5, sesMs: 80, dayHours: 10, openDays: 1.5, shards: 4, apiCalls: 3, apiPerSecond: 200, woken: 500, pageMb: 20 };

const round = (number, digits = 1) => Number(number.toFixed(digits)).toLocaleString('en-US');
const whole = (number) => Math.round(number).toLocaleString('en-US');
const floorTo = (number) => whole(Number(number.toPrecision(2)));

function perRequest(total, requests) {
  return {
    calls: total.calls / requests, reads: total.reads / requests, writes: total.writes / requests,
    sent: total.requestBytes / requests / 1024, answered: total.responseBytes / requests / 1024,
  };
}

const row = (...cells) => `| ${cells.join(' | ')} |`;
const actions = (total, requests) => Object.entries(total.actions)
  .map(([action, count]) => `${action.replace('dynamodb:', '')} ${round(count / requests)}`).join(', ');

/** Each limit: its name, what it is, at how many requests an hour it is reached, and what then. */
function limits(figures) {
  const of = (name) => figures.hot.find(({ part }) => part === name);
  const n = figures.requests;
  const writes = (figures.desk.writes + figures.deliver.writes) / n;
  const wake = of('cases/wake').worst[0].writes / n;
  const queue = of('cases/queue').worst[0].writes / n;
  const counter = Math.max(...of('records').worst.filter(({ key }) => /^sent \d{4}-/.test(key)).map((entry) => entry.writes)) / n;
  const snapshot = of('records').worst.filter(({ key }) => key === 'snapshot').map((entry) => entry.reads)[0] / n || 1;
  const deliverSeconds = ((figures.deliver.calls / n) * assumed.dynamodbMs + figures.mailsPerRequest * assumed.sesMs) / 1000;
  const aDay = (perDay) => perDay / assumed.dayHours;
  const aSecond = (perSecond) => perSecond * 3600;
  const openBytes = figures.idle.responseBytes / figures.open;
  return [
    ['sandbox of SES', 'SES in its sandbox: 200 mails a day, one a second, to confirmed addresses alone', aDay(quota.sesSandboxDay / figures.mailsPerRequest),
      'Ask for production before the service opens.'],
    ['mails a day', 'SES in production, as first granted: 50,000 mails a day', aDay(quota.sesDay / figures.mailsPerRequest),
      'Ask for more, some days ahead. Until then mail waits, and the alarm for waiting mail rings; nothing is lost.'],
    ['mails a second', 'SES in production: 14 mails a second', aSecond(quota.sesSecond / figures.mailsPerRequest), 'The same. What comes in one minute goes out in several.'],
    ['cases a sweep looks at', `The sweep looks at ${assumed.woken} cases a minute; each is looked at when it is due and when it is erased`, aDay(assumed.woken * 60 * 24 / 2),
      'Raise `WOKEN`, or let it go on while it has time: its calls fill a fraction of the minute.'],
    ['open requests counted whole', `Open requests that the sweep counts: ${assumed.pageMb} MB of the index \`queue\`, ${whole(openBytes)} bytes each`,
      aDay((assumed.pageMb * 1024 * 1024) / openBytes / assumed.openDays),
      'The loads are those of a part of the requests, and a line in the log says so. Count by a number per library that each write changes.'],
    ['shards that ring deliver', `deliver: one batch at a time for each of the stream's shards (${assumed.shards} at first), ${round(deliverSeconds, 2)} s a request`,
      aSecond(assumed.shards / deliverSeconds), 'Set `ParallelizationFactor` in the template (up to 10); order does not matter to it. Meanwhile the sweep sends too.'],
    ['limit of the API', `The API's own limit in the template: ${assumed.apiPerSecond} calls a second, ${assumed.apiCalls} a request`, aSecond(assumed.apiPerSecond / assumed.apiCalls),
      'Raise `RequestsPerSecond`; API Gateway gives 10,000.'],
    ['a new table', `DynamoDB, a new table on demand: about ${whole(quota.newTableWrites)} writes a second, ${round(writes)} a request`, aSecond(quota.newTableWrites / writes),
      'It grows by itself to twice its last peak within half an hour; or warm it up before a known day.'],
    ['the key of `wake`', `The key of the index \`wake\` for mail: 1,000 writes a second, ${round(wake)} a request`, aSecond(quota.keyWrites / wake),
      'Its writes hold up the table\'s. Split the key ("mail 0" to "mail 7", by the reference); the sweep asks for each.'],
    ['quota of a table', `DynamoDB, a table's quota: 40,000 writes a second`, aSecond(quota.tableWrites / writes), 'Raised on request.'],
    ['count of the day', `The day's count of sent requests, one item: 1,000 writes a second, ${round(counter)} a request`, aSecond(quota.keyWrites / counter), 'A count for each library is its own item.'],
    ['key of the busiest library', `The busiest library's key of the index \`queue\`: ${round(queue, 2)} writes a request, when it takes half of all`, aSecond(quota.keyWrites / queue),
      'Split it by day. A single library never has so many.'],
    ['the snapshot', `The routing snapshot, one item: 3,000 reads a second, ${round(snapshot)} a request`, aSecond(quota.keyReads / snapshot), 'Keep it in the process for some seconds.'],
    ['Lambda', `Lambda: 1,000 copies at once, ${assumed.apiCalls} calls of ${assumed.deskMs} ms a request`, aSecond(quota.lambda / ((assumed.apiCalls * assumed.deskMs) / 1000)),
      `Raised on request. A new account has ${quota.newLambda} (${floorTo(aSecond(quota.newLambda / ((assumed.apiCalls * assumed.deskMs) / 1000)))} an hour): ask for 1,000 first.`],
  ].sort(([, , a], [, , b]) => a - b);
}

/** What stands at a number of requests an hour. */
function at(hourly, figures, all) {
  const n = figures.requests;
  const second = hourly / 3600;
  const writes = (second * (figures.desk.writes + figures.deliver.writes)) / n;
  const reads = (second * (figures.desk.reads + figures.deliver.reads)) / n;
  const mails = second * figures.mailsPerRequest;
  const over = all.filter(([, , limit]) => limit <= hourly);
  const next = all.find(([, , limit]) => limit > hourly);
  const first = over.length > 0 ? over.map(([name]) => name).join('; ') : 'none';
  return row(whole(hourly), round(second, 3), `${round(writes)} / ${round(reads)}`, `${round(mails, 3)} (${whole(mails * 3600 * assumed.dayHours)} a day)`,
    round((second * assumed.apiCalls * assumed.deskMs) / 1000, 3), first, next ? `${next[0]}, at ${floorTo(next[2])}` : 'none');
}

export function markdown(figures) {
  const n = figures.requests;
  const desk = perRequest(figures.desk, n);
  const deliver = perRequest(figures.deliver, n);
  const all = limits(figures);
  const line = (name, total, part) => row(name, round(part.calls), round(part.reads), round(part.writes), round(part.sent), round(part.answered), actions(total, n));
  const parts = ['cases', 'cases/queue', 'cases/wake', 'keys', 'records'];
  const one = (total) => perRequest(total, 1);
  return `# Load: where the limits are

Written by \`node tests/cloud/load.mjs\`: ${n} requests sent to the real functions on an emulator that counts DynamoDB's units as DynamoDB does
(a read is 4 KB, a write 1 KB, each index counts). ${figures.libraries.distinct} libraries, one of which takes ${Math.round(figures.libraries.share * 100)} % of all.

## What a request costs

From *Continue* to the receipt, and its ${round(figures.mailsPerRequest)} mails (${round(figures.mailBytes / 1024)} KB of them). The check page calls nothing.

| function | calls | read units | write units | KB sent | KB answered | which |
|---|---|---|---|---|---|---|
${line('desk', figures.desk, desk)}
${line('deliver', figures.deliver, deliver)}
${row('**both**', round(desk.calls + deliver.calls), round(desk.reads + deliver.reads), round(desk.writes + deliver.writes), round(desk.sent + deliver.sent), round(desk.answered + deliver.answered), '')}

Most writes are whole cases (${round(figures.itemBytes / 1024)} KB as JSON): DynamoDB counts the item, however little of it changes, and deliver changes it three times.
A process of the desk that starts reads the keys of two days in the same call, and asks SSM once.

| sweep | calls | read units | write units |
|---|---|---|---|
${row(`nothing is due, ${figures.open} requests open`, one(figures.idle).calls, round(one(figures.idle).reads), round(one(figures.idle).writes))}
${row('ten requests whose mail was left', one(figures.mailing).calls, round(one(figures.mailing).reads), round(one(figures.mailing).writes))}

Besides, each sweep reads all open requests in the index \`queue\` (${whole(figures.idle.responseBytes / figures.open)} bytes each, half a unit for 4 KB; the emulator counts a page as one).

## Which keys are hot

Units by partition key over these ${n} requests. DynamoDB takes 1,000 writes and 3,000 reads a second for one key.

| table or index | different keys | the busiest | its writes | its reads | writes a request | its worst second here |
|---|---|---|---|---|---|---|
${parts.map((name) => {
    const { distinct, worst } = figures.hot.find(({ part }) => part === name);
    const label = (key) => (/^\d{9}$/.test(key) ? 'a case' : key.replace(/^case \d+/, "a case's key").replace(/^sent [0-9a-f]{20,}/, 'a mark').replace(/^sent \d.*/, "the day's count"));
    const shown = name === 'records' ? worst.slice(0, 2) : worst.slice(0, 1);
    return shown.map(({ key, reads, writes, worstSecond }) =>
      row(`\`${name}\``, distinct, label(key), whole(writes), whole(reads), round(writes / n, 2), `${worstSecond} writes`)).join('\n');
  }).join('\n')}

Cases and their keys spread by the reference, which is random. Hot are: \`wake\`, whose key is one for all mail; the day's count and the snapshot, which are one item each; and a
library's part of \`queue\`. The run took ${round(figures.seconds)} s, so its worst second is that of ${round(n / figures.seconds)} requests a second (${floorTo((n / figures.seconds) * 3600)} an hour).

## At 10, 1,000 and 100,000 requests an hour

| requests an hour | a second | writes / reads a second | mails a second | desks at once | limits that are passed | the next one |
|---|---|---|---|---|---|---|
${[10, 1000, 100_000].map((hourly) => at(hourly, figures, all)).join('\n')}

Assumed, not measured: ${assumed.dayHours} busy hours a day; a request open for ${assumed.openDays} days; ${assumed.deskMs} ms a call of the desk, ${assumed.dynamodbMs} ms a call of DynamoDB, ${assumed.sesMs} ms one of SES;
${assumed.shards} shards. All requests of an hour spread evenly: a rush of ten times as many in a minute moves each limit by a second down ten times, and mail goes out later.

## The limits in order

| reached at requests an hour | limit | which is | what then |
|---|---|---|---|
${all.map(([name, text, hourly, then]) => row(floorTo(hourly), name, text, then)).join('\n')}

Whatever limit is passed, no request is lost that a patron has a number of. They see the page with their answers and the number to call (tables), the edge's page that
says go back (Lambda), or have their number while the mail waits (SES, stream). Only past the API's own limit they see a bare 429 of API Gateway, which is why it is set high. A rush of more than ${quota.ssm} new processes a second meets SSM's quota of ${quota.ssm} calls a second:
those starts fail, and the edge's page is shown; higher throughput is a setting of SSM.

Not in here: staff's pages, and erasing (a transaction of about ten items, at two units each, spread over the day by the sweep; the month's count is one item).

Quotas: the pages "Quotas" of DynamoDB, Lambda, API Gateway, SES and Systems Manager, and DynamoDB's "Designing partition keys", as known early in 2026.
`;
}
