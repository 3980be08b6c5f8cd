// The real binary on a free port, and the system's Chromium with scripts switched off.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const root = path.resolve(import.meta.dirname, '../..');

/** A server with a data folder of its own. `stop` ends it and leaves nothing behind. */
export async function serve() {
  const data = await mkdtemp(path.join(tmpdir(), 'book-a-librarian-'));
  const child = spawn(
    path.join(root, 'target/debug/book-a-librarian'),
    ['serve', '--listen', '127.0.0.1:0', '--data', data],
    { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let base;
  for await (const line of createInterface({ input: child.stdout })) {
    base = line.replace('Serving ', '').replace(/\/$/, '');
    break;
  }
  return {
    base,
    mails: async () => (await readdir(path.join(data, 'outbox'))).filter((name) => name.endsWith('.eml')),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(data, { recursive: true, force: true });
    },
  };
}

export const browser = () =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--hide-scrollbars'],
  });

/** A page without JavaScript, in a context of its own. */
export async function open(chrome, options = {}) {
  const context = await chrome.newContext({ javaScriptEnabled: false, ...options });
  return context.newPage();
}

/** One page of each kind, in English, Vietnamese, an untranslated language and right to left. */
export const kinds = [
  '/', '/topics/', '/topics/genealogy/', '/services/', '/services/in-person/', '/libraries/', '/libraries/oak-harbor/',
  '/news/', '/news/online/', '/privacy/', '/request/', '/request/genealogy/', '/nowhere/', '/sorry.html',
  '/vi/', '/vi/topics/genealogy/', '/vi/libraries/lynnwood/', '/vi/its-us/', '/vi/request/genealogy/',
  '/es/topics/genealogy/', '/ar/', '/ar/request/', '/topics/a-z/', '/vi/topics/a-z/', '/services/video/',
  '/desk/en/find?q=family', '/desk/vi/find?q=khong+co', '/desk/ar/find',
];

/**
 * Presses what leads to another page, and waits until that page is there: a click alone returns while the browser is
 * still between two pages, and a busy machine's next step falls in that gap.
 */
export const press = (page, selector) => Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click(selector)]);

/** Fills in the least and presses Continue. */
export async function fillIn(page, base, language = '') {
  await page.goto(`${base}${language}/request/genealogy/`);
  await page.fill('#phone', '360-555-0142');
  await press(page, 'form#request > button[type=submit]');
}

/** The desk's pages, one after the other: each name with a function that leads there. */
export const deskPages = [
  ['form with mistakes', async (page, base) => {
    await page.goto(`${base}/request/`);
    await page.fill('#email', 'lan.example.com');
    await press(page, 'form#request > button[type=submit]');
  }],
  ['check', (page, base) => fillIn(page, base)],
  ['check in Vietnamese', (page, base) => fillIn(page, base, '/vi')],
  ['receipt', async (page, base) => {
    await fillIn(page, base);
    await press(page, 'form#request .btn');
  }],
  ['sent or changed since', async (page, base) => {
    await fillIn(page, base);
    await press(page, 'form#request .btn');
    await page.goBack();
    await press(page, 'form#request p button');
    await page.fill('#details', 'On the ferry');
    await press(page, 'form#request > button[type=submit]');
    await press(page, 'form#request .btn');
    // Back to the check page that was sent first, whose answers have been changed since.
    for (let pages = 0; pages < 3; pages += 1) await page.goBack();
    await press(page, 'form#request .btn');
  }],
  ['nothing there', (page, base) => page.goto(`${base}/desk/en/nothing`)],
];
