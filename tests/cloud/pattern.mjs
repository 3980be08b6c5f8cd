// Patterns of EventBridge, as event source mappings and rules have them.

const comparisons = {
  '=': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function matchesOne(rule, value) {
  if (rule === null || typeof rule !== 'object') return value === rule;
  const [[operator, operand]] = Object.entries(rule);
  switch (operator) {
    case 'exists': return (value !== undefined) === operand;
    case 'prefix': return typeof value === 'string' && value.startsWith(operand);
    case 'suffix': return typeof value === 'string' && value.endsWith(operand);
    case 'equals-ignore-case': return typeof value === 'string' && value.toLowerCase() === operand.toLowerCase();
    case 'anything-but':
      return value !== undefined && ![operand].flat().some((other) => matchesOne(other, value));
    case 'numeric': {
      if (typeof value !== 'number') return false;
      for (let at = 0; at < operand.length; at += 2) {
        if (!comparisons[operand[at]](value, operand[at + 1])) return false;
      }
      return true;
    }
    default: throw new Error(`a pattern of ${operator} isn't known`);
  }
}

/** Whether an event has what a pattern asks for: a list is "one of these", an object goes deeper. */
export function matchesPattern(pattern, event) {
  return Object.entries(pattern).every(([key, rule]) => {
    if (key === '$or') return rule.some((part) => matchesPattern(part, event));
    const value = event?.[key];
    if (!Array.isArray(rule)) {
      if (typeof rule !== 'object' || rule === null) throw new Error(`${key} in a pattern must be a list or an object`);
      return matchesPattern(rule, value);
    }
    const values = Array.isArray(value) ? value : [value];
    return rule.some((one) => values.some((each) => matchesOne(one, each)));
  });
}
