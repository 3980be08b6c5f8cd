// Measures cold starts and warm answers of ours and of peers in one run, one after the other by
// turns, and writes what it found. `./run` installs what this needs and starts it.
import { loadavg, setPriority } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const projectRoot = path.resolve(import.meta.dirname, '../..');
const text = { type: 'string' };
const { values } = parseArgs({
  options: {
    binaries: text, bare: text, dist: text, cold: text, warm: text, only: text, 'no-write': { type: 'boolean', default: false },
  },
});
const binaries = path.resolve(values.binaries ?? path.join(projectRoot, 'target/lambda'));
const bare = path.resolve(values.bare ?? path.join(import.meta.dirname, 'target/lambda'));
const dist = path.resolve(values.dist ?? path.join(projectRoot, 'dist'));
const coldRuns = Number(values.cold ?? 40);
const warmRuns = Number(values.warm ?? 2000);

// The tests start functions by `setpriv`, whose own start would be counted: without a PATH it isn't found.
const { PATH } = process.env;
process.env.PATH = '';
await import('../../tests/cloud/child.mjs');
process.env.PATH = PATH;
const { hiddenFields, patron } = await import('./kinds.mjs');
const { cold, warm } = await import('./measure.mjs');
const { startSetting } = await import('./setting.mjs');
const { report } = await import('./report.mjs');
const { sizes } = await import('./sizes.mjs');

try {
  setPriority(-15);
} catch {
  console.error('Not as root: whatever else runs on this machine is measured too.');
}

/** An order that changes, so that nobody always comes after the same. */
function turned(list, by) {
  const at = by % list.length;
  const order = [...list.slice(at), ...list.slice(0, at)];
  return by % 2 === 0 ? order : order.reverse();
}

const setting = await startSetting({
  binaries, bare, dist, python: path.join(import.meta.dirname, 'python/.venv/bin/python'),
});
const instances = {};
async function close() {
  await Promise.all(Object.values(instances).map((each) => each.close()));
  await setting.close();
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => close().then(() => process.exit(1)));

const loadBefore = loadavg()[0];
const coldFigures = {};
const warmFigures = {};
const memory = {};
try {
  const { kinds, checked } = setting;
  const wanted = (list) => list.filter((name) => !values.only || values.only.split(',').includes(name));
  let number = 0;
  const next = () => {
    number += 1;
    return number;
  };

  const colds = wanted(Object.keys(kinds));
  const sends = colds.filter((name) => name.startsWith('send')).length;
  instances.pages = warm(kinds.check, 'pages');
  for (let page = 0; page < sends * (coldRuns + 2); page += 1) {
    checked.push(hiddenFields((await instances.pages.ask(next())).result));
  }
  await instances.pages.close();
  for (let run = -2; run < coldRuns; run += 1) {
    for (const name of turned(colds, run + 2)) {
      const figures = await cold(kinds[name], name, next(), setting.tls);
      // The first two fill the file cache.
      if (run >= 0) (coldFigures[name] ??= []).push(figures);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${run + 1} of ${coldRuns} cold starts of ${colds.length} kinds `);
  }

  // A send answers a check page that was made before: they take turns, too.
  const warms = wanted(['hello', 'put', 'check', 'send', 'node', 'python']);
  for (const name of warms) instances[name] = warm(kinds[name], name);
  for (let run = -50; run < warmRuns; run += 1) {
    for (const name of turned(warms, run + 50)) {
      if (name === 'send' && checked.length === 0) checked.push(hiddenFields((await instances.check.ask(next())).result));
      const { ms, result } = await instances[name].ask(next());
      if (name === 'check') checked.push(hiddenFields(result));
      if (run >= 0) (warmFigures[name] ??= []).push(ms);
    }
    if (process.stderr.isTTY && run % 50 === 0) process.stderr.write(`\r${Math.max(run, 0)} of ${warmRuns} warm requests of ${warms.length} kinds `);
  }
  for (const name of warms) memory[name] = instances[name].memoryMb();
  setting.tls.take();
} finally {
  await close();
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
await report({
  kinds: setting.kinds, cold: coldFigures, warm: warmFigures, memory, trusted: setting.trusted,
  load: [loadBefore, loadavg()[0]],
  sizes: sizes({ binaries, bare, bundle: path.join(dist, 'desk/bundle.json') }),
  write: !values['no-write'],
});
