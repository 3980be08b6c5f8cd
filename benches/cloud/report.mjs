// The figures as tables: printed, put into docs/benchmarks-cloud.md, and raw beside it as JSON.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';

const docs = path.resolve(import.meta.dirname, '../../docs');
const begin = '<!-- figures: written by benches/cloud/run -->';
const end = '<!-- end of figures -->';

/** The value below which this part of them lies. */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = Math.floor(at);
  return sorted[low] + ((sorted[low + 1] ?? sorted[low]) - sorted[low]) * (at - low);
}
const median = (values) => quantile(values, 0.5);

const ms = (value) => value === undefined || Number.isNaN(value) ? '' : value.toFixed(value < 100 ? 1 : 0);
const times = (value) => Number.isFinite(value) ? `${value.toFixed(value < 10 ? 2 : 1)} ×` : '';
const kb = (bytes) => bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, column) => column === 0 ? '---|' : '---:|').join('')}`, ...rows.map(line)].join('\n');
}

function coldTable(kinds, figures) {
  const all = (name, key) => figures[name].map((each) => each[key]);
  const rows = Object.keys(figures).map((name) => {
    const walls = all(name, 'ms');
    return [
      kinds[name].label, walls.length, ms(median(walls)), ms(quantile(walls, 0.99)), ms(Math.min(...walls)),
      ms(median(all(name, 'initMs'))), ms(median(all(name, 'cpuMs'))), median(all(name, 'memoryMb')).toFixed(1),
    ];
  });
  return table(['cold start, ms', 'starts', 'median', 'p99', 'least', 'until it asks for work', 'computed', 'memory, MB'], rows);
}

const wanted = [
  ['check', 'put', 'at most 1.5', (ratio) => ratio <= 1.5],
  ['send', 'put', 'at most 1.5', (ratio) => ratio <= 1.5],
  ['node', 'check', 'at least 12', (ratio) => ratio >= 12],
  ['node', 'send', 'at least 12', (ratio) => ratio >= 12],
  ['bundled', 'send', '', () => true],
  ['python', 'check', 'at least 18', (ratio) => ratio >= 18],
  ['python', 'send', 'at least 18', (ratio) => ratio >= 18],
];

/** Ratios of medians, of starts by the clock and of what was computed; met or not. */
function ratios(figures) {
  return wanted.filter(([a, b]) => figures[a] && figures[b]).map(([a, b, aim, meets]) => {
    const ratio = (key) => median(figures[a].map((each) => each[key])) / median(figures[b].map((each) => each[key]));
    return { a, b, aim, met: meets(ratio('ms')), wall: ratio('ms'), cpu: ratio('cpuMs') };
  });
}

function ratioTable(kinds, found) {
  return table(['cold start of … against', 'by the clock', 'computed', 'aim', 'met'], found.map(({ a, b, aim, met, wall, cpu }) =>
    [`${kinds[a].label} : ${kinds[b].label}`, times(wall), times(cpu), aim, aim && (met ? 'yes' : '**no**')]));
}

function partsTable(kinds, figures) {
  const names = ['hello', 'put', 'check', 'send', 'node', 'python'].filter((name) => figures[name]);
  const part = (name, take) => {
    const values = figures[name].map(({ timeline, ms: whole }) => take(timeline, whole)).filter((value) => Number.isFinite(value));
    return values.length > 0 ? ms(median(values)) : '';
  };
  const rows = [
    ['spawn until it connects to SSM', (it) => it.connected],
    ['TLS handshake', (it) => it.secured - it.connected],
    ['then until SSM is asked', (it) => it.ssmFrom - it.secured],
    ['SSM answers', (it) => it.ssmTo - it.ssmFrom],
    ['then until it asks for work', (it) => it.init - it.ssmTo],
    ['from there to the first call of DynamoDB', (it) => it.firstCall - it.init],
    ['calls at the emulator', (it) => it.calls > 0 ? it.waiting : NaN],
    ['between these calls', (it) => it.calls > 1 ? it.lastCall - it.firstCall - it.waiting : NaN],
    ['last call answered (or asked for work) to the answer', (it, whole) => whole - (it.lastCall ?? it.init)],
    ['calls of DynamoDB', (it) => it.calls],
    ['connections', (it) => it.connections],
  ];
  return table(['parts of a cold start, ms', ...names.map((name) => kinds[name].label)],
    rows.map(([label, take]) => [label, ...names.map((name) => part(name, take))]));
}

function warmTable(kinds, figures, memory) {
  return table(['warm, ms', 'requests', 'p50', 'p99', 'most', 'memory after them, MB'], Object.entries(figures).map(([name, values]) => [
    kinds[name].label, values.length, median(values).toFixed(2), quantile(values, 0.99).toFixed(2), ms(Math.max(...values)), memory[name].toFixed(1),
  ]));
}

function sizeTable(sizes) {
  return table(['size', 'binary', 'archive, with the bundle'], Object.entries(sizes).map(([name, { binary, zip }]) => [name, kb(binary), kb(zip)]));
}

/** In the order of the kinds, whoever came first in the run. */
function ordered(kinds, figures) {
  return Object.fromEntries(Object.keys(kinds).filter((name) => figures[name]).map((name) => [name, figures[name]]));
}

export async function report({ kinds, cold, warm, memory, trusted, load, sizes, write }) {
  const coldFigures = ordered(kinds, cold);
  const warmFigures = ordered(kinds, warm);
  const found = ratios(coldFigures);
  const machine = `${cpus().length} cores (${cpus()[0].model}), ${Math.round(totalmem() / 2 ** 30)} GB; load ${load.map((each) => each.toFixed(1)).join(' before, ')} after. ` +
    `Node ${process.version}; ${trusted} CAs trusted. ${new Date().toISOString().slice(0, 10)}.`;
  const text = [
    machine, coldTable(kinds, coldFigures), ratioTable(kinds, found), partsTable(kinds, coldFigures),
    warmTable(kinds, warmFigures, memory), sizeTable(sizes),
  ].join('\n\n');
  console.log(text);
  if (!write) return;
  const file = path.join(docs, 'benchmarks-cloud.md');
  const [before, rest] = readFileSync(file, 'utf8').split(begin);
  const after = rest.split(end)[1];
  writeFileSync(file, `${before}${begin}\n\n${text}\n\n${end}${after}`);
  const round = (key, value) => typeof value === 'number' ? Number(value.toFixed(2)) : value;
  const percentiles = (values) => Array.from({ length: 101 }, (_, part) => quantile(values, part / 100));
  const raw = {
    machine, sizes, ratios: found, memory,
    warmPercentiles: Object.fromEntries(Object.entries(warmFigures).map(([name, values]) => [name, percentiles(values)])),
    actions: Object.fromEntries(Object.entries(coldFigures).map(([name, [{ timeline }]]) => [name, timeline.actions])),
    cold: Object.fromEntries(Object.entries(coldFigures).map(([name, all]) => [
      name, all.map(({ timeline: { actions, ...timeline }, ...each }) => ({ ...each, timeline })),
    ])),
  };
  // One line a kind: it is for programs.
  const part = (value) => JSON.stringify(value, round);
  const lines = Object.entries(raw).map(([key, value]) => typeof value === 'object' && !Array.isArray(value)
    ? `"${key}": {\n${Object.entries(value).map(([name, inner]) => `  "${name}": ${part(inner)}`).join(',\n')}\n}`
    : `"${key}": ${part(value)}`);
  writeFileSync(path.join(docs, 'benchmarks-cloud.json'), `{\n${lines.join(',\n')}\n}\n`);
}
