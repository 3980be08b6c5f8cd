// A patron at the edge: fills in the form, checks it, sends it; and when a page says that it didn't
// work, goes back and sends the same form again.

/** The number that each page shows when something is wrong. */
export const libraryPhone = '425-555-0100';

const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
export const decodeHtml = (text) =>
  text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
    if (name) return named[name] ?? all;
    return String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16));
  });

/** The fields that the page's form sends along unseen: pairs of name and value. */
export function hiddenFields(html) {
  const form = /<form id="request"[\s\S]*?<\/form>/.exec(html)?.[0] ?? '';
  return [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [
    decodeHtml(name), decodeHtml(value),
  ]);
}

/** The reference on a page: nine digits in threes. */
export const referenceOn = (html) => /class="ref"[^>]*>([^<]+)</.exec(html)?.[1].trim();

export async function get(base, path, headers = {}) {
  const answer = await fetch(`${base}${path}`, { redirect: 'manual', headers });
  return { status: answer.status, location: answer.headers.get('location'), headers: answer.headers, body: await answer.text() };
}

export async function post(base, path, fields, headers = {}) {
  const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
  const answer = await fetch(`${base}${path}`, {
    method: 'POST', redirect: 'manual', body,
    // As a browser posts a form of the site itself.
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...headers },
  });
  return { status: answer.status, location: answer.headers.get('location'), headers: answer.headers, body: await answer.text() };
}

/** Fills in the form and presses *Continue*; the fields of the check page. */
export async function check(base, answers, language = 'en') {
  const page = await post(base, `/desk/${language}/check`, Object.entries(answers));
  if (page.status !== 200) throw new Error(`the check page is ${page.status}: ${page.body.slice(0, 200)}`);
  return hiddenFields(page.body);
}

/** Presses *Send*. */
export const send = (base, form, language = 'en') => post(base, `/desk/${language}/send`, form);

/** The receipt of an address that *Send* led to: `{ status, reference, body }`. */
export async function receipt(base, location) {
  const page = await get(base, location);
  return { ...page, reference: referenceOn(page.body) };
}

/** Fills in, checks, sends and opens the receipt: `{ form, location, reference, body }`. Nothing may go wrong. */
export async function ask(base, answers, language = 'en') {
  const form = await check(base, answers, language);
  const sent = await send(base, form, language);
  if (sent.status !== 303) throw new Error(`the answer to Send is ${sent.status}: ${sent.body.slice(0, 400)}`);
  const page = await receipt(base, sent.location);
  if (page.status !== 200) throw new Error(`the receipt is ${page.status}`);
  return { form, location: sent.location, reference: page.reference, body: page.body };
}

/**
 * What a patron sees who pressed *Send*: `stored`; `kept` (the desk's own page: the answers stand in it,
 * with the number to call); `sorry` (the edge's page: go back, and the number); else `unclear`.
 */
export function seen(answer, contact) {
  if (answer.status === 303) return 'stored';
  const hasPhone = answer.body.includes(libraryPhone);
  if (answer.status === 507 && hasPhone && hiddenFields(answer.body).some(([, value]) => value === contact)) return 'kept';
  const isSorry = [500, 502, 503, 504].includes(answer.status) && answer.body.includes('your answers are still there');
  return isSorry && hasPhone ? 'sorry' : 'unclear';
}

/** The digits of a reference, as it is stored and as notices begin. */
export const compact = (reference) => reference.replace(/\D/g, '');
