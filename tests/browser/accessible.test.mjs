// Every kind of page: axe finds nothing, and the HTML is valid.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import AxeBuilder from '@axe-core/playwright';
import { HtmlValidate } from 'html-validate';
import { browser, deskPages, kinds, open, serve } from './support.mjs';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const htmlvalidate = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit', 'button'] }],
    // Not faults: how much white space there is, and how void elements and booleans are written.
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    'attribute-boolean-style': 'off',
    'long-title': 'off',
    // A phone number keeps its hyphens on one line by CSS.
    'tel-non-breaking': 'off',
  },
});

let server, chrome;
before(async () => { server = await serve(); chrome = await browser(); });
after(async () => { await chrome.close(); await server.stop(); });

async function violations(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  return violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.html.slice(0, 90)).join(' | ')})`);
}

async function faults(html) {
  const report = await htmlvalidate.validateString(html);
  return report.results.flatMap((result) => result.messages.map((m) => `${m.ruleId}: ${m.message} (line ${m.line})`));
}

// axe needs scripts of its own; what it looks at is the page as it was sent.
for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing on any kind of page, ${colorScheme}`, async () => {
    for (const path of kinds) {
      const page = await open(chrome, { javaScriptEnabled: true, bypassCSP: true, colorScheme });
      await page.goto(server.base + path);
      assert.deepEqual(await violations(page), [], path);
      await page.context().close();
    }
    for (const [name, lead] of deskPages) {
      const page = await open(chrome, { javaScriptEnabled: true, bypassCSP: true, colorScheme });
      await lead(page, server.base);
      assert.deepEqual(await violations(page), [], name);
      await page.context().close();
    }
  });
}

test('the HTML of every kind of page is valid', async () => {
  for (const path of kinds) {
    const html = await (await fetch(server.base + path)).text();
    assert.deepEqual(await faults(html), [], path);
  }
  for (const [name, lead] of deskPages) {
    const page = await open(chrome);
    await lead(page, server.base);
    assert.deepEqual(await faults(await page.content()), [], name);
    await page.context().close();
  }
});
