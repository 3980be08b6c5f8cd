#!/usr/bin/env node
// The whole system on emulators, as one command. Prints one line {"base":…,"control":…} when it is
// ready; ends with all its children when its standard input closes, or on SIGTERM or SIGINT.
import { parseArgs } from 'node:util';
import { startCloud } from './cloud.mjs';
import { startControl } from './control.mjs';

const usage = `usage: node tests/cloud/system.mjs --desk PATH --deliver PATH --sweep PATH --site DIST
  --site DIST          what \`book-a-librarian build\` wrote (with site/ and desk/bundle.json)
  --port N             of the edge; 0 (the default) is a free one
  --template PATH      infra/aws/template.yaml by default
  --parameter K=V      a value for the template (may be repeated)
  --environment K=V    for all functions (may be repeated)
  --emulator URL       an emulator that runs already; else one is started
  --dynamodb URL       another emulator for the tables alone
  --ministack PATH     the program; else found in .venv/bin, on PATH or by $MINISTACK
  --instances N        of each function at most (10)
  --timeout NAME=MS    of a function, or of the api; else the template's (may be repeated)
  --sweep-every MS     start the minute's sweep by the clock; else only by POST /sweep
  --seed N --repeat P --disorder P   chances of stream records coming again, of batches out of order
  --measure            ask DynamoDB for the capacity that each call used
  --no-iam             let functions call what the template doesn't grant`;

function pairs(list = []) {
  return Object.fromEntries(list.map((text) => {
    const equals = text.indexOf('=');
    return [text.slice(0, equals), text.slice(equals + 1)];
  }));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

const text = { type: 'string' };
const many = { type: 'string', multiple: true };
const yes = { type: 'boolean', default: false };
let values;
try {
  ({ values } = parseArgs({
    options: {
      desk: text, deliver: text, sweep: text, site: text, port: text, template: text, parameter: many, environment: many, timeout: many,
      emulator: text, dynamodb: text, ministack: text, instances: text, 'sweep-every': text, seed: text, repeat: text,
      disorder: text, measure: yes, 'no-iam': yes,
    },
  }));
} catch (error) {
  fail(`${error.message}\n${usage}`);
}
for (const key of ['desk', 'deliver', 'sweep', 'site']) if (!values[key]) fail(`--${key} is missing\n${usage}`);

let ending;
let control;
const starting = startCloud({
  binaries: { desk: values.desk, deliver: values.deliver, sweep: values.sweep },
  dist: values.site,
  template: values.template,
  parameters: pairs(values.parameter),
  environment: pairs(values.environment),
  port: Number(values.port ?? 0),
  emulator: values.emulator,
  dynamodb: values.dynamodb,
  ministack: values.ministack,
  maxInstances: Number(values.instances ?? 10),
  seed: Number(values.seed ?? 1),
  repeat: Number(values.repeat ?? 0),
  disorder: Number(values.disorder ?? 0),
  measure: values.measure,
  iam: !values['no-iam'],
  timeouts: Object.fromEntries(Object.entries(pairs(values.timeout)).map(([name, milliseconds]) => [name, Number(milliseconds)])),
});

/** Ends all of it, once, also while it is still starting. */
function end(code = 0) {
  ending ??= (async () => {
    const cloud = await starting.catch(() => undefined);
    await control?.close();
    await cloud?.close();
    process.exit(code);
  })();
}
process.once('SIGTERM', () => end());
process.once('SIGINT', () => end());
process.stdin.once('end', () => end());
process.stdin.once('error', () => end());
process.stdin.resume();

try {
  const cloud = await starting;
  control = await startControl(cloud);
  if (values['sweep-every']) cloud.schedules.every(Number(values['sweep-every']));
  if (!ending) process.stdout.write(`${JSON.stringify({ base: cloud.base, control: control.url })}\n`);
} catch (error) {
  process.stderr.write(`${error.stack}\n`);
  end(1);
}
