// Every kind of page fits: a narrow screen, large text, wide spacing, a slow line.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, deskPages, kinds, open, serve } from './support.mjs';

let server, chrome;
before(async () => { server = await serve(); chrome = await browser(); });
after(async () => { await chrome.close(); await server.stop(); });

const SPACING = '*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}';

/** What sticks out of the page sideways. */
const sideways = (page) => page.evaluate(() => {
  const width = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth <= width + 1 ? [] : [`${document.documentElement.scrollWidth} > ${width}`];
});

async function everywhere(options, style, check) {
  for (const path of kinds) {
    const page = await open(chrome, { javaScriptEnabled: true, bypassCSP: true, ...options });
    await page.goto(server.base + path);
    if (style) await page.addStyleTag({ content: style });
    assert.deepEqual(await check(page), [], path);
    await page.context().close();
  }
  for (const [name, lead] of deskPages) {
    const page = await open(chrome, { javaScriptEnabled: true, bypassCSP: true, ...options });
    await lead(page, server.base);
    if (style) await page.addStyleTag({ content: style });
    assert.deepEqual(await check(page), [], name);
    await page.context().close();
  }
}

test('nothing scrolls sideways at 320 px, which is 1280 px at 400 % zoom', () =>
  everywhere({ viewport: { width: 320, height: 640 } }, null, sideways));

test('nothing scrolls sideways with text at 200 %', () =>
  everywhere({ viewport: { width: 1280, height: 800 } }, 'html{font-size:200%!important}', sideways));

test('nothing scrolls sideways with wide spacing at 320 px', () =>
  everywhere({ viewport: { width: 320, height: 640 } }, SPACING, sideways));

for (const path of ['/topics/genealogy/', '/vi/topics/genealogy/', '/request/genealogy/', '/vi/request/genealogy/']) {
  test(`the first load of ${path} is at most 10 KB in at most 3 requests`, async (t) => {
    const page = await open(chrome, { viewport: { width: 412, height: 823 } });
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    let requests = 0;
    let bytes = 0;
    // The picture in a date field is Chromium's own, a data address: nothing is fetched for it.
    const own = new Set();
    session.on('Network.requestWillBeSent', (event) => { if (event.request.url.startsWith('data:')) own.add(event.requestId); });
    session.on('Network.loadingFinished', (event) => {
      if (own.has(event.requestId)) return;
      requests += 1;
      bytes += event.encodedDataLength;
    });
    await page.goto(server.base + path, { waitUntil: 'networkidle' });
    t.diagnostic(`${path}: ${bytes} bytes in ${requests} requests`);
    assert.ok(requests <= 3, `${requests} requests`);
    assert.ok(bytes <= 10_240, `${bytes} bytes`);
    await page.context().close();
  });
}
