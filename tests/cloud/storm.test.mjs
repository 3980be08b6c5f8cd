// A small storm. The long one is `node tests/cloud/storm.mjs --requests 1000`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { test } from 'node:test';

test('forty requests while everything goes wrong: no number that a patron has is lost', async (context) => {
  const storm = path.join(import.meta.dirname, 'storm.mjs');
  const child = spawn(process.execPath, [storm, '--requests', '40', '--seed', '7', '--no-wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = [];
  child.stdout.on('data', (part) => said.push(part));
  const [code] = await once(child, 'close');
  const table = Buffer.concat(said).toString();
  context.diagnostic(table.trim().replaceAll('\n', ' '));
  assert.equal(code, 0, table);
});
