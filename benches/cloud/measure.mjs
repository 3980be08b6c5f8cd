// Starts a function and takes the time: from its spawn to the first answer, and of later answers.
import { readdirSync, readFileSync } from 'node:fs';
import { LambdaFunction } from '../../tests/cloud/runtime-api.mjs';

const TIMEOUT_MS = 30_000;

function start({ binary, args, environment }, name) {
  return new LambdaFunction({ name, binary, args, environment, timeoutMs: TIMEOUT_MS, maxInstances: 1 });
}

/** Milliseconds that all threads of a process have computed. */
function computed(pid) {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = tasks.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]));
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}

/** The most memory that a process had resident, in MB. */
export function peakMemory(pid) {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

function assertRight(kind, made, result) {
  if (kind.right(result)) return;
  const lines = made.lines.slice(-10).map(({ text }) => text).join('\n');
  throw new Error(`${kind.label} answered\n${JSON.stringify(result).slice(0, 2000)}\n${lines}`);
}

/** One cold start: `{ ms, initMs, cpuMs, memoryMb, timeline }`. */
export async function cold(kind, name, number, tls) {
  const event = kind.event(number);
  const made = start(kind, name);
  tls.take();
  const answering = made.invoke(event);
  const [instance] = made.instances;
  const result = await answering;
  const at = performance.now();
  const { pid } = instance.child;
  const figures = {
    ms: at - instance.startedAt,
    initMs: instance.initMs,
    cpuMs: computed(pid),
    memoryMb: peakMemory(pid),
    timeline: timeline(tls.take(), instance.startedAt, instance.initMs),
  };
  assertRight(kind, made, result);
  await made.close();
  return figures;
}

/** What the TLS end point saw, in milliseconds since the spawn. */
function timeline({ connected, secured, calls }, startedAt, initMs) {
  const since = (at) => at === undefined ? undefined : at - startedAt;
  const ssm = calls.find(({ action }) => action === 'GetParameters');
  const later = calls.filter((call) => call !== ssm);
  return {
    connected: since(connected[0]),
    secured: since(secured[0]),
    ssmFrom: since(ssm?.from),
    ssmTo: since(ssm?.to),
    init: initMs,
    connections: connected.length,
    calls: later.length,
    actions: later.map(({ action }) => action),
    // The time in which at least one call was at the emulator.
    waiting: later.length === 0 ? 0 : union(later),
    firstCall: since(later[0]?.from),
    lastCall: since(later.at(-1)?.to),
  };
}

function union(calls) {
  let sum = 0;
  let until = -Infinity;
  for (const { from, to } of calls) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
}

/** One instance that stays: `ask(number)` gives `{ ms, result }`. */
export function warm(kind, name) {
  const made = start(kind, name);
  return {
    ask: async (number) => {
      const event = kind.event(number);
      const from = performance.now();
      const result = await made.invoke(event);
      const ms = performance.now() - from;
      assertRight(kind, made, result);
      return { ms, result };
    },
    memoryMb: () => peakMemory([...made.instances][0].child.pid),
    close: () => made.close(),
  };
}
