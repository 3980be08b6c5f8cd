// What the template lets each function do, so that a call without a right fails here as it would there.

const asRegex = (pattern) =>
  new RegExp(`^${pattern.replace(/[.+^$(){}|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 'is');

/** The statements of a role as `{ effect, actions, resources }`. */
export function statementsOf(role) {
  return (role.Policies ?? []).flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.map(({ Effect, Action, Resource, Condition, NotAction, NotResource }) => {
      if (Condition || NotAction || NotResource) throw new Error('only plain statements are known here');
      return { effect: Effect, actions: [Action].flat(), resources: [Resource].flat() };
    }));
}

/** Whether statements allow an action on a resource (`table/x`, as calls.mjs names them). */
export function allows(statements, action, resource) {
  const arn = `:${resource}`;
  const touching = statements.filter(({ actions, resources }) =>
    actions.some((pattern) => asRegex(pattern).test(action)) &&
    // Account and region are one here; the resource's own part decides.
    resources.some((pattern) => pattern === '*' || asRegex(pattern.split(':').slice(5).join(':')).test(arn.slice(1))));
  return touching.some(({ effect }) => effect === 'Allow') && !touching.some(({ effect }) => effect === 'Deny');
}

/** The statements of each function by its name: `{ desk: […] }`. `ids` maps names to logical ids. */
export function rightsByFunction(stack, ids) {
  const roles = new Map(stack.byType('AWS::IAM::Role').map(({ id, properties }) => [stack.get(id, 'Arn'), properties]));
  const functions = new Map(stack.byType('AWS::Lambda::Function').map(({ id, properties }) => [id, properties]));
  return Object.fromEntries(Object.entries(ids).map(([name, id]) => {
    const role = roles.get(functions.get(id).Role);
    if (!role) throw new Error(`the function ${id} has no role of the template`);
    return [name, statementsOf(role)];
  }));
}

/** For each function: what it called, what it is granted, what it called without a right, what it never used. */
export function report(rights, ledger) {
  return Object.fromEntries(Object.entries(rights).map(([name, statements]) => {
    const called = ledger.functions[name]?.rights ?? {};
    const pairs = Object.entries(called).flatMap(([action, resources]) => Object.keys(resources).map((resource) => [action, resource]));
    const granted = statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ actions, resources }) => actions.flatMap((action) => resources.map((resource) => ({ action, resource }))))
      // Lambda's own service uses these on the function's behalf.
      .filter(({ action }) => !/^(logs|sqs|xray):|^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)$/.test(action));
    return [name, {
      called: pairs.map(([action, resource]) => `${action} ${resource}`).sort(),
      granted: granted.map(({ action, resource }) => `${action} ${resource}`).sort(),
      missing: pairs.filter(([action, resource]) => !allows(statements, action, resource)).map((pair) => pair.join(' ')).sort(),
      unused: granted
        .filter(({ action, resource }) => !pairs.some((pair) => allows([{ effect: 'Allow', actions: [action], resources: [resource] }], ...pair)))
        .map(({ action, resource }) => `${action} ${resource}`)
        .sort(),
    }];
  }));
}
