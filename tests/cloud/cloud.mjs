// The whole system on emulators: the template's tables, functions, API, stream, clock and mail.
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { startApiGateway } from './api-gateway.mjs';
import { awsClient } from './aws.mjs';
import { createMail, newSecrets, putParameters, startMinistack } from './emulator.mjs';
import { allows, report, rightsByFunction } from './iam.mjs';
import { startProxy } from './proxy.mjs';
import { LambdaFunction } from './runtime-api.mjs';
import { Schedules } from './schedule.mjs';
import { mappingOf, StreamMapping } from './streams.mjs';
import { createTables, deleteTables, tableRoles } from './tables.mjs';
import { readStack, region, wiring } from './wiring.mjs';
import { startEdge } from '../infra/edge.mjs';

const projectRoot = path.resolve(import.meta.dirname, '../..');

/**
 * Starts all of it. `binaries`: paths of `{ desk, deliver, sweep }`. `dist`: what `book-a-librarian
 * build` wrote. `emulator`: one that runs already (else one is started); `dynamodb`: another for
 * the tables. `environment` is added to each function's. `iam: false` lets functions call anything.
 * `timeouts`: milliseconds for functions by name, and for `api`, where the template's would take too long.
 */
export async function startCloud({
  binaries, dist, template = path.join(projectRoot, 'infra/aws/template.yaml'), parameters, port = 0,
  emulator, dynamodb, ministack, maxInstances = 10, environment = {}, secrets = newSecrets(),
  seed = 1, repeat = 0, disorder = 0, measure = false, iam = true, timeouts = {},
  prefix = `books-${randomBytes(4).toString('hex')}`,
}) {
  const closers = [];
  const cloud = {
    functions: {},
    close: async () => {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
  try {
    const originSecret = randomBytes(16).toString('hex');
    const stack = readStack(template, { prefix, parameters, originSecret });
    const plan = wiring(stack);
    cloud.tables = tableRoles(Object.values(plan.functions).map((each) => each.environment));

    let url = emulator;
    if (!url) {
      const started = await startMinistack({ command: ministack });
      closers.push(started.close);
      url = started.url;
    }
    const client = awsClient({ endpoint: url, region });
    const tables = dynamodb ? awsClient({ endpoint: dynamodb, region }) : client;
    const { streams, skipped } = await createTables(tables, stack);
    if (emulator || dynamodb) closers.push(() => deleteTables(tables, stack));
    cloud.skipped = skipped;
    const desk = plan.functions.desk.environment;
    cloud.parameters = {
      secrets: desk.BOOK_A_LIBRARIAN_SECRETS_PARAMETER, origin: desk.BOOK_A_LIBRARIAN_ORIGIN_PARAMETER,
    };
    await putParameters(client, {
      [desk.BOOK_A_LIBRARIAN_SECRETS_PARAMETER]: { type: 'SecureString', value: JSON.stringify(secrets) },
      [desk.BOOK_A_LIBRARIAN_ORIGIN_PARAMETER]: { type: 'String', value: originSecret },
    });
    const configurationSets = await createMail(client, stack);

    const ids = Object.fromEntries(Object.entries(plan.functions).map(([name, { id }]) => [name, id]));
    const rights = rightsByFunction(stack, ids);
    const proxy = await startProxy({
      upstream: url, dynamodb, seed, measure, configurationSets, roles: cloud.tables,
      kill: (name, instance) => cloud.functions[name]?.killInstance(instance),
      invocation: (name, instance) => cloud.functions[name]?.invocationOf(instance),
      permits: (name, action, resource) => !iam || allows(rights[name] ?? [], action, resource),
    });
    closers.push(proxy.close);

    // The functions learn the address of the edge, the edge that of the API, the API calls a function: late.
    const api = await startApiGateway({
      ...plan.api, ...(timeouts.api && { timeoutMs: timeouts.api }), invoke: (event) => cloud.functions.desk.invoke(event),
    });
    closers.push(api.close);
    const edge = await startEdge({ template: stack, siteFolder: path.join(path.resolve(dist), 'site'), apiOrigin: api.url, port });
    closers.push(edge.close);

    for (const [name, planned] of Object.entries(plan.functions)) {
      const made = new LambdaFunction({
        name,
        binary: binaries[name],
        timeoutMs: timeouts[name] ?? planned.timeoutMs,
        maxInstances: planned.reserved || maxInstances,
        environment: (number) => ({
          ...planned.environment,
          BOOK_A_LIBRARIAN_BASE_URL: edge.url,
          BOOK_A_LIBRARIAN_BUNDLE: path.join(path.resolve(dist), 'desk/bundle.json'),
          AWS_REGION: region,
          AWS_DEFAULT_REGION: region,
          // The proxy tells functions and instances apart by this.
          AWS_ACCESS_KEY_ID: `${name}-${number}`,
          AWS_SECRET_ACCESS_KEY: 'secret',
          AWS_SESSION_TOKEN: 'session',
          AWS_ENDPOINT_URL: proxy.url,
          ...environment,
        }),
      });
      cloud.functions[name] = made;
      closers.push(() => made.close());
    }
    const byArn = new Map(Object.entries(plan.functions).map(([name, { arn }]) => [arn, cloud.functions[name]]));
    const schedules = new Schedules({ stack, functions: byArn });
    closers.push(() => schedules.close());
    const mapping = new StreamMapping({
      client: tables, streamArn: streams[plan.streamTable], mapping: mappingOf(plan.mapping), seed, repeat, disorder,
      invoke: (event) => cloud.functions.deliver.invoke(event),
    });
    closers.push(() => mapping.close());
    await mapping.start();

    return Object.assign(cloud, {
      base: edge.url, api, proxy, schedules, mapping, client: tables, emulator: url, secrets, originSecret,
      iam: () => ({ functions: report(rights, proxy.ledger), denied: [...proxy.denied] }),
    });
  } catch (error) {
    await cloud.close();
    throw error;
  }
}
