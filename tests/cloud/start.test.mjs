// A function that can't start says in one line what is missing and what to do, and ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { newSecrets, putParameters, startMinistack } from './emulator.mjs';
import { awsClient } from './aws.mjs';
import { end } from './child.mjs';
import { buildSite, programs } from './whole.mjs';

let emulator;
let site;

before(async () => {
  emulator = await startMinistack();
  site = await buildSite();
  await putParameters(awsClient({ endpoint: emulator.url, region: 'us-west-2' }), {
    '/broken/secrets': { type: 'SecureString', value: '{"id_key": "private-text", oops' },
    '/real/secrets': { type: 'SecureString', value: JSON.stringify(newSecrets()) },
    '/good/origin': { type: 'String', value: 'origin' },
  });
});

after(async () => {
  await emulator?.close();
  await site?.remove();
});

const environment = (more) => ({
  LAMBDA_TASK_ROOT: path.dirname(programs.desk),
  AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9',
  AWS_LAMBDA_FUNCTION_NAME: 'desk', AWS_LAMBDA_FUNCTION_VERSION: '1', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_LOG_GROUP_NAME: 'log', AWS_LAMBDA_LOG_STREAM_NAME: 'log',
  AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'session',
  AWS_ENDPOINT_URL: emulator.url,
  BOOK_A_LIBRARIAN_BASE_URL: 'https://help.library.example',
  BOOK_A_LIBRARIAN_BUNDLE: path.join(site.dist, 'desk/bundle.json'),
  BOOK_A_LIBRARIAN_CASES_TABLE: 'cases', BOOK_A_LIBRARIAN_KEYS_TABLE: 'keys', BOOK_A_LIBRARIAN_RECORDS_TABLE: 'records',
  BOOK_A_LIBRARIAN_SECRETS_PARAMETER: '/missing/secrets', BOOK_A_LIBRARIAN_ORIGIN_PARAMETER: '/good/origin',
  BOOK_A_LIBRARIAN_CONFIGURATION_SET: 'set',
  ...more,
});

/** Starts a function that can't; its exit code and the lines it wrote. */
async function start(name, more) {
  const child = spawn(programs[name], [], { env: environment(more), stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => said.push(part));
  const [code] = await once(child, 'close');
  await end(child);
  return { code, lines: Buffer.concat(said).toString().trim().split('\n') };
}

const wrongs = [
  ['a variable is missing', { BOOK_A_LIBRARIAN_KEYS_TABLE: '', BOOK_A_LIBRARIAN_BASE_URL: '' },
    ['BOOK_A_LIBRARIAN_KEYS_TABLE', 'BOOK_A_LIBRARIAN_BASE_URL', 'environment variables are missing', 'template']],
  ['the parameter of the secrets is not there', {}, ['/missing/secrets', 'infra/aws/deploy secrets']],
  ['the parameter holds something else', { BOOK_A_LIBRARIAN_SECRETS_PARAMETER: '/broken/secrets' }, ['/broken/secrets', 'does not hold', 'line 1']],
  ['the bundle is not there', { BOOK_A_LIBRARIAN_BUNDLE: '/nowhere/bundle.json' }, ['/nowhere/bundle.json', 'build']],
];

for (const name of ['desk', 'deliver', 'sweep']) {
  for (const [what, more, words] of wrongs) {
    test(`${name} ends with a line that says what to do where ${what}`, async () => {
      const { code, lines } = await start(name, more);
      assert.notEqual(code, 0);
      assert.equal(lines.length, 1, lines.join('\n'));
      for (const word of words) assert.ok(lines[0].includes(word), `${word} isn't in: ${lines[0]}`);
      assert.ok(!lines[0].includes('private-text'));
    });
  }
}

test('a desk that is not told where its origin secret is does not start', async () => {
  const { code, lines } = await start('desk', { BOOK_A_LIBRARIAN_SECRETS_PARAMETER: '/real/secrets', BOOK_A_LIBRARIAN_ORIGIN_PARAMETER: '' });
  assert.notEqual(code, 0);
  assert.ok(lines[0].includes('BOOK_A_LIBRARIAN_ORIGIN_PARAMETER'), lines[0]);
});
