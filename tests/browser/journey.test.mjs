// A patron without JavaScript on a phone, from the topic's page to the receipt.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { browser, open, press, serve } from './support.mjs';

let server, chrome;
before(async () => { server = await serve(); chrome = await browser(); });
after(async () => { await chrome.close(); await server.stop(); });

test('a patron asks in Vietnamese, mends a mistake, changes an answer and sends', async () => {
  const page = await open(chrome, { viewport: { width: 360, height: 740 } });
  await page.goto(`${server.base}/vi/topics/genealogy/`);
  await press(page, 'main .btn');
  assert.match(page.url(), /\/vi\/request\/genealogy\/$/);
  assert.ok(await page.isChecked('input[name=topic][value=genealogy]'));

  await page.fill('#details', 'Tôi muốn tìm tổ tiên của bà ngoại.');
  await page.fill('#email', 'lan.example.com');
  await page.selectOption('#library', 'langley');
  await press(page, 'form#request > button[type=submit]');
  assert.equal(await page.locator('.oops a').count(), 1);
  assert.match(await page.title(), /^Lỗi:/);
  assert.equal(await page.inputValue('#details'), 'Tôi muốn tìm tổ tiên của bà ngoại.');

  await page.fill('#email', 'lan@example.com');
  await press(page, 'form#request > button[type=submit]');
  assert.match(await page.textContent('h1'), /Kiểm tra/);
  assert.match(await page.textContent('.sum'), /lan@example\.com/);

  await press(page, 'button[formaction$="#library"]');
  assert.match(page.url(), /#library$/);
  assert.equal(await page.inputValue('#library'), 'langley');
  await page.selectOption('#library', 'lynnwood');
  await press(page, 'form#request > button[type=submit]');
  await press(page, 'form#request .btn');

  assert.match(page.url(), /\/desk\/vi\/request\//);
  const reference = await page.textContent('.ref');
  assert.match(reference, /^\d{3} \d{3} \d{3}$/);
  assert.match(await page.textContent('main'), /Lynnwood/);

  await page.goBack();
  await press(page, 'form#request .btn');
  assert.equal(await page.textContent('.ref'), reference);

  // Back, change an answer, send: it is the same request.
  await page.goBack();
  await press(page, 'button[formaction$="#library"]');
  await page.selectOption('#library', 'oak-harbor');
  await press(page, 'form#request > button[type=submit]');
  await press(page, 'form#request .btn');
  assert.equal(await page.textContent('.ref'), reference);
  await page.context().close();
});

test('a page of another site begins a new form, whatever it posts', async () => {
  const page = await open(chrome);
  await page.goto(`${server.base}/request/genealogy/`);
  await page.fill('#phone', '360-555-0199');
  await press(page, 'form#request > button[type=submit]');
  const hidden = (await page.content()).match(/<input type="hidden"[^>]*>/g);
  await press(page, 'form#request .btn');
  const first = await page.textContent('.ref');

  const foreign = await open(chrome);
  await foreign.setContent(`<form method="post" action="${server.base}/desk/en/form">${hidden.join('')}<button>Win</button></form>`);
  await press(foreign, 'button');
  await foreign.fill('#phone', '360-555-0142');
  await press(foreign, 'form#request > button[type=submit]');
  await press(foreign, 'form#request .btn');
  assert.notEqual(await foreign.textContent('.ref'), first);
  await foreign.context().close();
  await page.context().close();
});

test('changing the language on the way keeps every answer', async () => {
  const page = await open(chrome);
  await page.goto(`${server.base}/request/`);
  await page.check('input[name=topic][value=e-books]');
  await page.fill('#phone', '425-555-0142');
  await page.fill('#details', 'How do I read on my phone?');
  await press(page, 'form#request > button[type=submit]');
  await press(page, '.langs button[lang=vi]');
  assert.equal(await page.getAttribute('html', 'lang'), 'vi');
  assert.equal(await page.inputValue('#details'), 'How do I read on my phone?');
  assert.equal(await page.inputValue('#phone'), '425-555-0142');
  assert.ok(await page.isChecked('input[name=topic][value=e-books]'));
  await page.context().close();
});

test('the form can be filled in and sent by keys alone', async () => {
  const page = await open(chrome);
  await page.goto(`${server.base}/request/genealogy/`);
  await page.focus('#phone');
  await page.keyboard.type('360-555-0177');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/desk\/en\/check$/);
  assert.match(await page.textContent('h1'), /Check your answers/);
  // Skip link, pages and languages, then the answers' Change buttons, then Send.
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    if (await page.locator('form#request .btn:focus').count()) break;
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/desk\/en\/request\//);
  assert.match(await page.textContent('.ref'), /^\d{3} \d{3} \d{3}$/);
  await page.context().close();
});

test('Enter in a field of a form with mistakes continues, and changes no language', async () => {
  const page = await open(chrome);
  await page.goto(`${server.base}/vi/request/genealogy/`);
  await press(page, 'form#request > button[type=submit]');
  await page.fill('#phone', '360-555-0188');
  await page.press('#phone', 'Enter');
  await page.waitForSelector('dl.sum');
  assert.equal(await page.getAttribute('html', 'lang'), 'vi');
  assert.match(await page.textContent('h1'), /Kiểm tra/);
  await page.context().close();
});

test('mistakes are where the focus is', async () => {
  const page = await open(chrome);
  await page.goto(`${server.base}/request/`);
  await press(page, 'form#request > button[type=submit]');
  assert.equal(await page.locator('.oops:focus').count(), 1);
  for (const link of await page.locator('.oops a').all()) {
    const target = await link.getAttribute('href');
    assert.equal(await page.locator(`${target}:is(input, select, textarea)`).count(), 1, target);
  }
  await page.context().close();
});

test('the outbox shows the mail as a person would read it', async () => {
  const page = await open(chrome);
  await page.goto(`${server.base}/dev/outbox`);
  await press(page, '.cards a');
  assert.match(await page.textContent('main'), /Notice-Id/);
  await page.goto(`${server.base}/dev/mails`);
  assert.ok((await page.locator('pre').count()) >= 6);
  assert.equal(await page.locator('.note').count(), 0);
  await page.context().close();
});
