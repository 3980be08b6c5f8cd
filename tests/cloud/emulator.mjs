// ministack: AWS on this machine, in memory. Also what stands in an account before the stack:
// secrets, the confirmed sender, the configuration set.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { end, findProgram, spawnTied } from './child.mjs';

const projectRoot = path.resolve(import.meta.dirname, '../..');

/** Starts one on a free port: `{ url, close }`. */
export async function startMinistack({ command } = {}) {
  const program = findProgram(command ?? process.env.MINISTACK ?? 'ministack', [path.join(projectRoot, '.venv/bin')]);
  if (!program) throw new Error('ministack is not here: .venv/bin/pip install ministack==1.5.33');
  const folder = await mkdtemp(path.join(tmpdir(), 'book-a-librarian-ministack-'));
  const child = spawnTied(program, [], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Port 0: it takes a free one and says which. Nothing of ours in its environment, nothing kept.
    env: {
      PATH: process.env.PATH, HOME: folder, TMPDIR: folder, PYTHONUNBUFFERED: '1',
      BIND_HOST: '127.0.0.1', GATEWAY_PORT: '0', SFTP_ENABLED: '0',
    },
  });
  const close = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const said = [];
  const url = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (said.length < 200) said.push(line);
        const address = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
        if (address) resolve(address);
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`ministack ended (${code}):\n${said.slice(-10).join('\n')}`)));
  }).catch(async (error) => {
    await close();
    throw error;
  });
  return { url, pid: child.pid, close };
}

const newKey = () => randomBytes(32).toString('base64');

/** Keys as handler/src/crypto/secrets.rs reads them: rings by number, the highest is the one in use. */
export function newSecrets() {
  return {
    id_key: newKey(),
    token_keys: { 1: newKey() },
    link_keys: { 1: newKey() },
    master_keys: { 1: newKey() },
  };
}

/** Puts SSM parameters: `{ name: { type: 'String' | 'SecureString', value } }`. */
export async function putParameters(client, parameters) {
  await Promise.all(Object.entries(parameters).map(([Name, { type, value }]) =>
    client.ssm('PutParameter', { Name, Type: type, Value: value, Overwrite: true })));
}

/** Makes the template's senders and configuration sets. */
export async function createMail(client, stack) {
  for (const { properties } of stack.byType('AWS::SES::EmailIdentity')) {
    await client.ses('POST', '/identities', { EmailIdentity: properties.EmailIdentity });
  }
  const sets = stack.byType('AWS::SES::ConfigurationSet').map(({ id }) => stack.ref(id));
  for (const ConfigurationSetName of sets) {
    await client.ses('POST', '/configuration-sets', { ConfigurationSetName });
  }
  return sets;
}

/** The mails as the emulator lists them: no headers, no tags (those are in the proxy). */
export async function emulatorMails(url) {
  const { messages } = await (await fetch(`${url}/_ministack/ses/messages`)).json();
  return Object.values(messages).flat();
}
