// The setting of a run: one emulator with the template's tables and a table for the peers, one TLS
// end point before it, and what every function's environment says.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { awsClient } from '../../tests/cloud/aws.mjs';
import { newSecrets, putParameters, startMinistack } from '../../tests/cloud/emulator.mjs';
import { createTables } from '../../tests/cloud/tables.mjs';
import { readStack, region, wiring } from '../../tests/cloud/wiring.mjs';
import { makeKinds } from './kinds.mjs';
import { makeCertificates, startTls } from './tls.mjs';

const projectRoot = path.resolve(import.meta.dirname, '../..');
const peersTable = 'bench';

/** Starts it: `{ kinds, tls, checked, trusted, close }`. `checked` takes the fields of check pages. */
export async function startSetting({ binaries, bare, dist, python }) {
  const closers = [];
  const close = async () => {
    for (const each of closers.splice(0).reverse()) await each();
  };
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'book-a-librarian-bench-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const certificates = await makeCertificates(folder);
    const bundled = path.join(folder, 'handler.mjs');
    execFileSync(process.execPath, [path.join(import.meta.dirname, 'node/bundle.mjs'), bundled]);
    const emulator = await startMinistack();
    closers.push(emulator.close);
    const tls = await startTls({ upstream: emulator.url, services: ['SSM', 'DYNAMODB'], ...certificates });
    closers.push(tls.close);

    const originSecret = randomBytes(16).toString('hex');
    const stack = readStack(path.join(projectRoot, 'infra/aws/template.yaml'), { prefix: 'bench', originSecret });
    const { environment } = wiring(stack).functions.desk;
    const client = awsClient({ endpoint: emulator.url, region });
    await createTables(client, stack);
    await client.dynamodb('CreateTable', {
      TableName: peersTable,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    const secrets = environment.BOOK_A_LIBRARIAN_SECRETS_PARAMETER;
    const origin = environment.BOOK_A_LIBRARIAN_ORIGIN_PARAMETER;
    await putParameters(client, {
      [secrets]: { type: 'SecureString', value: JSON.stringify(newSecrets()) },
      [origin]: { type: 'String', value: originSecret },
    });

    const checked = [];
    const kinds = makeKinds({
      binaries, bare, python, bundled, certificates, checked, originSecret,
      plain: tls.environmentOf(() => emulator.url),
      place: {
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_ACCESS_KEY_ID: 'bench',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: 'session',
        ...tls.environment,
      },
      stackEnvironment: {
        ...environment,
        BOOK_A_LIBRARIAN_BASE_URL: 'https://help.library.example',
        BOOK_A_LIBRARIAN_BUNDLE: path.join(dist, 'desk/bundle.json'),
      },
      peers: { BENCH_TABLE: peersTable, BENCH_SECRETS_PARAMETER: secrets, BENCH_ORIGIN_PARAMETER: origin },
    });
    return { kinds, tls, checked, trusted: certificates.trusted, close };
  } catch (error) {
    await close();
    throw error;
  }
}
