// Names longer than a screen is wide and a table of two thousand fields, published and read page by page: nothing pushes
// a page sideways, at a desk or on a phone.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { open, program, serve } from './support.mjs'
import { workbook } from './workbook.mjs'

const UNBROKEN = 'Pneumonoultramicroscopicsilicovolcanoconiosis'.repeat(4)
const WORDY = 'A title that somebody in a hurry has written without a thought of how it looks on a telephone, in a picture or on paper '.repeat(2).trim()
const SLUG = `long-${'x'.repeat(60)}`
const times = (many, make) => Array.from({ length: many }, (_, at) => make(at))

const SHEETS = [
  ['Data model', [['Property', 'Value'], ['Slug', 'long'], ['Title', WORDY], ['Steward', UNBROKEN]]],
  ['Datasets', [
    ['Dataset', 'Title', 'Description', 'Custodian', 'Contact', 'Approvals', 'Visibility', 'Curated', 'Keywords'],
    [SLUG, WORDY, UNBROKEN, UNBROKEN, `${UNBROKEN}@example.nhs.uk`, 'DAPC; NWL-DAC; ICHTB-ARP; IHKB-AC', 'public', 'no', times(60, (at) => `keyword${at}`).join('; ')],
    ['unbroken', UNBROKEN, WORDY, WORDY, '', '', 'public', 'yes', UNBROKEN]
  ]],
  ['Tables', [['Dataset', 'Table', 'Title', 'Description', 'Grain'], [SLUG, UNBROKEN, WORDY, UNBROKEN, `one row per ${UNBROKEN}`], [SLUG, 'many', 'Two thousand fields', '', ''], ['unbroken', 'one', UNBROKEN, '', '']]],
  ['Fields', [
    ['Dataset', 'Table', 'Field', 'Title', 'Description', 'Data type', 'Values', 'Key', 'Identifier scheme'],
    [SLUG, UNBROKEN, UNBROKEN.toUpperCase(), WORDY, UNBROKEN, 'code', times(200, (at) => `${UNBROKEN}${at}=${WORDY}`).slice(0, 20).join('; '), '', ''],
    [SLUG, 'many', 'person', 'Person', '', 'string', '', 'primary', 'icare-patient'],
    ['unbroken', 'one', 'person', UNBROKEN, '', 'string', '', 'primary', 'icare-patient'],
    ...times(2000, (at) => [SLUG, 'many', `field_${at}`, '', `What was measured in place ${at}`, 'integer', '', '', ''])
  ]]
]

describe('long names and full tables', () => {
  let server
  before(async () => {
    server = await serve()
    const file = join(mkdtempSync(join(tmpdir(), 'linkwright-long-')), 'long.xlsx')
    writeFileSync(file, workbook(SHEETS))
    const done = spawnSync(program, ['import', file, '--publish', '--database', server.database], { encoding: 'utf8' })
    assert.equal(done.status, 0, done.stdout + done.stderr)
  })
  after(() => server.stop())

  const table = `/datasets/${SLUG}/tables/${UNBROKEN.toLowerCase()}`
  const pages = [
    `/datasets/${SLUG}`, '/datasets/unbroken', table, `${table}/fields/${UNBROKEN.toLowerCase()}`, `/datasets/${SLUG}/tables/many`,
    `/search?q=title&dataset=${SLUG}`, '/search?q=Pneumonoultramicroscopicsilicovolcanoconiosis', '/datasets?q=title', '/models/long',
    '/map?source=long', `/map?focus=${SLUG}`, `/links/${SLUG}/unbroken`, `/plan?item=${SLUG}&item=unbroken`, `/plan?item=${SLUG}&item=unbroken&avoid=NWL-DAC`
  ]
  for (const width of [320, 1280]) {
    test(`nothing is wider than a window of ${width}`, async () => {
      const { page, wrong, close } = await open(null, { width, at: server.address })
      // What was published is seen within two seconds.
      for (const path of pages) {
        let answer = await page.goto(server.address + path)
        for (let again = 0; answer.status() === 404 && again < 40; again++) {
          await page.waitForTimeout(250)
          answer = await page.goto(server.address + path)
        }
        assert.equal(answer.status(), 200, path)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        assert.ok(wide <= width, `${path} is ${wide} wide in a window of ${width}`)
      }
      assert.deepEqual(wrong, [])
      await close()
    })
  }
})
