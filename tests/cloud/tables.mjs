// Makes the template's tables in an emulator, so that a mistake in the template shows here first.

/** What CreateTable takes, out of a table's properties. */
const inherited = [
  'AttributeDefinitions', 'KeySchema', 'BillingMode', 'ProvisionedThroughput', 'LocalSecondaryIndexes', 'DeletionProtectionEnabled', 'TableClass',
];
/** What CloudFormation knows of a table. Anything else is a mistake of ours, or new to this file. */
const known = new Set([
  ...inherited, 'TableName', 'GlobalSecondaryIndexes', 'StreamSpecification', 'SSESpecification', 'TimeToLiveSpecification',
  'PointInTimeRecoverySpecification', 'Tags', 'ContributorInsightsSpecification', 'OnDemandThroughput', 'ResourcePolicy', 'WarmThroughput',
]);

const roles = {
  cases: 'BOOK_A_LIBRARIAN_CASES_TABLE',
  keys: 'BOOK_A_LIBRARIAN_KEYS_TABLE',
  records: 'BOOK_A_LIBRARIAN_RECORDS_TABLE',
};

/** The names that functions are told, by role: `{ cases, keys, records }`. They must agree. */
export function tableRoles(environments) {
  const names = {};
  for (const [role, variable] of Object.entries(roles)) {
    const told = new Set(environments.map((environment) => environment[variable]));
    if (told.size !== 1 || told.has(undefined)) {
      throw new Error(`the template gives ${variable} to the functions as ${[...told].join(' and ')}`);
    }
    [names[role]] = told;
  }
  return names;
}

/** CreateTable's input for a table's properties. Numbers and booleans may be texts in a template. */
export function createInput(name, properties) {
  const unknown = Object.keys(properties).filter((key) => !known.has(key));
  if (unknown.length > 0) throw new Error(`a table has no ${unknown.join(', ')}`);
  const input = { TableName: name };
  for (const key of inherited) if (properties[key] !== undefined) input[key] = properties[key];
  if (properties.GlobalSecondaryIndexes) {
    input.GlobalSecondaryIndexes = properties.GlobalSecondaryIndexes.map(
      ({ IndexName, KeySchema, Projection, ProvisionedThroughput }) =>
        ({ IndexName, KeySchema, Projection, ...(ProvisionedThroughput && { ProvisionedThroughput }) }),
    );
  }
  if (properties.StreamSpecification) {
    input.StreamSpecification = { StreamEnabled: true, StreamViewType: properties.StreamSpecification.StreamViewType };
  }
  if (properties.SSESpecification) {
    const { SSEEnabled, ...rest } = properties.SSESpecification;
    input.SSESpecification = { Enabled: SSEEnabled, ...rest };
  }
  return input;
}

/** An emulator may not know how things end and are kept; it must know all else. */
async function tolerated(what, skipped, call) {
  try {
    await call();
  } catch (error) {
    if (!['UnknownOperationException', 'UnknownOperation', 'InvalidAction', 'NotImplemented'].includes(error.name)) throw error;
    skipped.push(what);
  }
}

/**
 * Creates all tables of the stack under their physical names. Answers `{ streams, skipped }`: the
 * stream's ARN by table name, and what the emulator doesn't know.
 */
export async function createTables(client, stack) {
  const streams = {};
  const skipped = [];
  await Promise.all(stack.byType('AWS::DynamoDB::Table').map(async ({ id, properties }) => {
    const name = stack.ref(id);
    const { TableDescription } = await client.dynamodb('CreateTable', createInput(name, properties));
    if (TableDescription.TableStatus !== 'ACTIVE') await active(client, name);
    if (properties.StreamSpecification) streams[name] = TableDescription.LatestStreamArn;
    if (properties.TimeToLiveSpecification) {
      await tolerated(`TTL of ${id}`, skipped, () => client.dynamodb('UpdateTimeToLive', {
        TableName: name, TimeToLiveSpecification: properties.TimeToLiveSpecification,
      }));
    }
    if (properties.PointInTimeRecoverySpecification) {
      await tolerated(`point-in-time recovery of ${id}`, skipped, () => client.dynamodb('UpdateContinuousBackups', {
        TableName: name, PointInTimeRecoverySpecification: properties.PointInTimeRecoverySpecification,
      }));
    }
  }));
  return { streams, skipped };
}

async function active(client, name) {
  for (;;) {
    const { Table } = await client.dynamodb('DescribeTable', { TableName: name });
    if (Table.TableStatus === 'ACTIVE') return;
  }
}

/** Removes them again, protection or not: for an emulator that others use too. */
export async function deleteTables(client, stack) {
  for (const { id, properties } of stack.byType('AWS::DynamoDB::Table')) {
    const TableName = stack.ref(id);
    if (properties.DeletionProtectionEnabled) {
      await client.dynamodb('UpdateTable', { TableName, DeletionProtectionEnabled: false });
    }
    await client.dynamodb('DeleteTable', { TableName });
  }
}
