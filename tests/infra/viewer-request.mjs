// Runs the code of a CloudFront Function as CloudFront does: nothing of Node within its reach.
import vm from 'node:vm';

/** `{ name: { value, multiValue? } }`, names in lower case, as events have headers and query strings. */
function grouped(pairs) {
  const groups = {};
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    if (!(key in groups)) {
      groups[key] = { value };
      continue;
    }
    groups[key].multiValue ??= [{ value: groups[key].value }];
    groups[key].multiValue.push({ value });
  }
  return groups;
}

/** The event for a request. `headers` are pairs; `url` is as it stands in the request line. */
export function viewerEvent({ method = 'GET', url, headers = [], ip = '192.0.2.1' }) {
  const mark = url.indexOf('?');
  const query = mark < 0 ? undefined : url.slice(mark + 1);
  const parameters = (query ?? '').split('&').filter(Boolean).map((part) => {
    const [name, ...value] = part.split('=');
    return [name, value.join('=')];
  });
  return {
    version: '1.0',
    context: { eventType: 'viewer-request' },
    viewer: { ip },
    request: {
      method,
      uri: mark < 0 ? url : url.slice(0, mark),
      querystring: grouped(parameters),
      // Cookies stand apart from the headers.
      headers: grouped(headers.filter(([name]) => name.toLowerCase() !== 'cookie')),
      cookies: {},
      rawQueryString: () => query,
    },
  };
}

/** The `handler` of a function's code. */
export function compile(code) {
  const context = vm.createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } });
  vm.runInContext(code, context, { filename: 'viewer-request.js' });
  if (typeof context.handler !== 'function') throw new Error('the function has no handler');
  return context.handler;
}
