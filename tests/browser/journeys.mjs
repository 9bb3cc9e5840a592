// What people come to do, from the first page to what they leave with.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { open, pagesOf, reach } from './support.mjs'
import { read } from './workbook.mjs'

describe('journeys', () => {
  for (const script of [true, false]) {
    const how = script ? 'with scripts' : 'without scripts'

    test(`a researcher finds BMI at booking and sees where it links, ${how}`, async () => {
      const { page, wrong, close } = await open('/', { script })
      await page.locator('#q').fill('BMI at booking')
      await page.getByRole('button', { name: 'Search' }).click()
      assert.match(page.url(), /\/search\?q=BMI/)
      const result = page.locator('.app-result').filter({ hasText: 'iCARE maternity data model' }).first()
      await result.locator('h3 a').click()
      assert.match(page.url(), /\/datasets\/maternity/)
      await page.locator('.nhsuk-breadcrumb a[href="/datasets/maternity"]').first().click()
      assert.ok(await page.locator('#links').isVisible())
      assert.ok(await page.getByRole('link', { name: 'Whole Systems Integrated Care (WSIC), North West London' }).count() > 0)
      assert.deepEqual(wrong, [])
      await close()
    })

    test(`a plan of maternity, WSIC and the tissue bank is made from search results only, ${how}`, async () => {
      const { page, wrong, close } = await open('/search?q=maternity&kind=dataset', { script })
      const add = async (name, dataset) => {
        const result = page.locator('.app-result').filter({ has: page.locator(`h3 a[href="/datasets/${dataset}"]`) })
        await result.getByRole('link', { name }).click()
        await page.waitForURL(new RegExp(`/plan\\?.*item=${dataset}`))
      }
      await add(/^Plan a linkage/, 'maternity')
      for (const [words, dataset] of [['whole systems integrated care', 'wsic'], ['tissue bank', 'ichtb']]) {
        await page.getByRole('link', { name: 'Choose from search results' }).click()
        await page.locator('#q').fill(words)
        await page.getByRole('button', { name: 'Search', exact: true }).click()
        await page.waitForURL(/q=/)
        await add(/^Add to plan/, dataset)
      }
      assert.equal(await page.locator('.app-items li').count(), 3)
      assert.ok(await page.locator('.app-option').count() >= 1)
      assert.ok(await page.locator('#approvals-1-status').isVisible())
      const json = await (await page.request.get(page.url().replace('/plan?', '/plan.json?'))).json()
      assert.deepEqual(json.want, ['maternity', 'wsic', 'ichtb'])
      assert.deepEqual(wrong, [])
      await close()
    })

    test(`who avoids the approval of WSIC is told why that cannot be, and what would do, ${how}`, async () => {
      const { page, wrong, close } = await open('/plan?item=maternity&item=wsic', { script })
      await page.getByRole('link', { name: /Avoid this.*NWL-DAC/ }).click()
      await page.waitForURL(/avoid=NWL-DAC/)
      await page.getByRole('heading', { name: 'Not possible with these limits' }).waitFor()
      assert.match(await page.locator('main').innerText(), /NWL-DAC/)
      await page.getByRole('link', { name: 'Plan it that way' }).first().click()
      await page.waitForURL((url) => !url.search.includes('avoid'))
      assert.ok(await page.locator('.app-option').count() >= 1)
      assert.deepEqual(wrong, [])
      await close()
    })
  }

  for (const script of [true, false]) {
    const how = script ? 'with scripts' : 'without scripts'

    test(`a committee member opens the record of a link and prints it, with a box for the decision, ${how}`, async () => {
      const { page, wrong, close } = await open('/map?focus=maternity', { script })
      await page.locator('table a[href="/links/maternity/wsic"]').click()
      await page.waitForURL('**/links/maternity/wsic')
      assert.equal(await page.locator('.app-decision').isVisible(), false)
      await page.emulateMedia({ media: 'print' })
      assert.equal(await page.locator('.app-decision').isVisible(), true)
      assert.equal(await page.locator('.nhsuk-header__navigation').isVisible(), false)
      assert.match(await page.locator('.app-paper').innerText(), /Printed on [^]*Approvals needed[^]*Decision/)
      assert.equal(await pagesOf(page), 1)
      for (const other of ['/links/wsic/ichtb', '/links/hic-viral-hepatitis/ichtb', '/links/maternity/epr']) {
        await page.goto(new URL(other, page.url()).href)
        assert.equal(await pagesOf(page), 1, other)
      }
      assert.deepEqual(wrong, [])
      await close()
    })

    test(`a plan is printed on two pages: what was asked, options and steps, then approvals with dates, ${how}`, async () => {
      const { page, wrong, close } = await open('/plan?item=maternity&item=wsic&item=ichtb', { script })
      assert.equal(await page.locator('.app-paper').first().isVisible(), false)
      assert.equal(await pagesOf(page), 2)
      const everything = '&project=leaves+trust&project=contacts+patients&project=identifiable&project=commercial+funding'
      const list = await (await page.request.get(new URL('/datasets.json', page.url()).href)).json()
      const slugs = list.rows.datasets.map((one) => one.dataset)
      const apart = ['hic-ovarian-cancer', 'national-cancer-registry', 'neonatal-research-database']
      const large = `/plan?${slugs.filter((slug) => !apart.includes(slug)).map((slug) => `item=${slug}`).join('&')}`
      for (const address of [`/plan?item=maternity&item=wsic${everything}&option=2`, large, large + everything]) {
        await page.goto(new URL(address, page.url()).href)
        assert.ok(await page.locator('.app-option').count() > 0, address)
        assert.equal(await pagesOf(page), 2, address)
      }
      for (const address of ['/plan?item=maternity&item=wsic&avoid=NWL-DAC', `/plan?${slugs.map((slug) => `item=${slug}`).join('&')}`]) {
        await page.goto(new URL(address, page.url()).href)
        assert.equal(await page.locator('.app-option').count(), 0, address)
        assert.equal(await pagesOf(page), 1, address)
      }
      assert.deepEqual(wrong, [])
      await close()
    })

    test(`a newcomer answers the navigator by keyboard alone and takes the checklist along, ${how}`, async () => {
      const { page, wrong, close } = await open('/', { script })
      await reach(page, page.locator('.nhsuk-header__navigation a[href="/help"]'))
      await page.keyboard.press('Enter')
      await page.waitForURL('**/help')
      await reach(page, page.locator('main a[href="/help/pathway"]').first())
      await page.keyboard.press('Enter')
      await page.waitForURL('**/help/pathway')
      assert.match(await page.locator('h1').innerText(), /What do you want to do\?/)
      await reach(page, page.getByRole('button', { name: 'Continue' }))
      await page.keyboard.press('Enter')
      await page.waitForURL(/asked=purpose/)
      assert.match(await page.title(), /^Error: /)
      for (let question = 0; question < 8; question++) {
        const input = page.locator('main form input:not([type=hidden])').first()
        if (await input.count() === 0) break
        await reach(page, input)
        await page.keyboard.press('Space')
        await reach(page, page.getByRole('button', { name: 'Continue' }))
        const before = page.url()
        await page.keyboard.press('Enter')
        await page.waitForURL((url) => url.href !== before)
      }
      const result = await page.locator('main').innerText()
      assert.match(result, /Data Access and Prioritisation Committee/)
      assert.ok(await page.locator('.app-checklist li').count() >= 3)
      assert.ok(await page.getByRole('link', { name: /^Change/ }).count() >= 2, 'every answer can be changed')
      const csv = await page.request.get(page.url().replace('/help/pathway?', '/help/pathway.csv?'))
      assert.equal(csv.status(), 200)
      assert.deepEqual(wrong, [])
      await close()
    })

    test(`by keyboard alone: what avoiding an approval costs, ${how}`, async () => {
      const { page, wrong, close } = await open('/plan?item=maternity&item=wsic', { script })
      await reach(page, page.getByRole('link', { name: /Avoid this.*NWL-DAC/ }))
      await page.keyboard.press('Enter')
      await page.waitForURL(/avoid=NWL-DAC/)
      await page.getByRole('heading', { name: 'Not possible with these limits' }).waitFor()
      await reach(page, page.getByRole('link', { name: 'Plan it that way' }).first())
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => !url.search.includes('avoid'))
      assert.deepEqual(wrong, [])
      await close()
    })
  }

  for (const script of [true, false]) {
    const how = script ? 'with scripts' : 'without scripts'

    test(`datasets are put on the list from the list of datasets, ${how}`, async () => {
      const { page, wrong, close } = await open('/datasets?q=imperial&sort=name', { script })
      for (const dataset of ['ichtb', 'maternity']) {
        const row = page.locator('tr').filter({ has: page.locator(`a[href="/datasets/${dataset}"]`) })
        await row.getByRole('button', { name: /^Add to list/ }).click()
        await page.waitForURL((url) => url.hash === `#dataset-${dataset}` && url.search.includes('sort=name'))
        await row.getByRole('link', { name: /^On your list/ }).waitFor()
      }
      assert.equal(await page.locator('.nhsuk-header__account .app-count').innerText(), '2')
      assert.deepEqual(wrong, [])
      await close()
    })

    test(`a plan is limited, kept, and says on opening what has changed, ${how}`, async () => {
      const { page, wrong, close } = await open('/plan?item=maternity&item=wsic', { script })
      await page.locator('#max').selectOption('0')
      await page.getByRole('button', { name: 'Update the plan' }).first().click()
      await page.getByRole('heading', { name: 'No way within your limit' }).waitFor()
      await page.getByRole('link', { name: 'Allow 1 more approval' }).click()
      await page.getByRole('heading', { name: /ways to link these/ }).waitFor()
      assert.match(page.url(), /max=1/)
      await page.getByRole('link', { name: 'Link to this plan, to keep or send' }).click()
      await page.waitForURL(/made=/)
      assert.match(await page.locator('#since').innerText(), /Nothing has changed since\./)
      await page.getByRole('link', { name: 'Choose option 2' }).click()
      assert.match(await page.locator('#since').innerText(), /Nothing has changed since\./)
      assert.deepEqual(wrong, [])
      await close()
    })
  }

  for (const script of [true, false]) {
    test(`on a phone the links come as a table before the map, on a desk after it, ${script ? 'with scripts' : 'without scripts'}`, async () => {
      for (const [width, tableFirst] of [[390, true], [1280, false]]) {
        const { page, wrong, close } = await open('/map?focus=maternity', { script, width })
        const top = async (selector) => (await page.locator(selector).boundingBox()).y
        assert.equal(await top('.app-table--links') < await top('#map'), tableFirst, `${width} px`)
        await page.getByRole('link', { name: tableFirst ? 'the map after it' : 'Skip the map and go to the table' }).click()
        assert.match(page.url(), tableFirst ? /#map$/ : /#links-table$/)
        assert.deepEqual(wrong, [])
        await close()
      }
    })

    test(`no shadow lies over the first and last column of a table, on a screen or on paper, ${script ? 'with scripts' : 'without scripts'}`, async () => {
      const { page, close } = await open('/datasets/maternity', { script })
      const shaded = () => page.locator('.nhsuk-scroll__content').evaluateAll((all) => all.flatMap((one) => ['::before', '::after'].map((part) => getComputedStyle(one, part))).filter((style) => style.display !== 'none' && style.opacity !== '0').length)
      assert.equal(await shaded(), 0)
      await page.emulateMedia({ media: 'print' })
      assert.equal(await page.locator('.nhsuk-scroll__content').first().evaluate((one) => getComputedStyle(one, '::before').display), 'none')
      for (const [path, last] of [['/datasets', 'Your list'], ['/map', 'More']]) {
        await page.goto(new URL(path, page.url()).href)
        assert.equal(await page.getByRole('columnheader', { name: last }).count(), 0, `${path}: what can be pressed is not printed`)
        assert.ok(await page.locator('main table').first().locator('tr').nth(1).locator('td').count() > 3, path)
        assert.equal(await page.locator('main table').first().locator('tr').nth(1).locator('> :last-child').isVisible(), false, path)
      }
      await close()
    })
  }

  test('on the map, what is not joined to the box under the focus fades, and Escape brings it back', async () => {
    const { page, close } = await open('/map?focus=maternity')
    const box = page.locator('a[data-ends="wsic"]')
    await box.focus()
    assert.ok(await page.locator('.app-map__faded').count() > 0)
    assert.equal(await box.evaluate((one) => one.classList.contains('app-map__faded')), false)
    await page.keyboard.press('Escape')
    assert.equal(await page.locator('.app-map__faded').count(), 0)
    await close()
  })

  for (const script of [true, false]) {
    test(`an applicant fills a list, gives reasons, and takes the data schedule, ${script ? 'with scripts' : 'without scripts'}`, async () => {
      const { page, wrong, context, close } = await open('/datasets/maternity/tables/msd101', { script })
      await page.locator('#add-pregnancyid').check()
      await page.locator('#add-antenatalappdate').check().catch(() => {})
      await page.getByRole('button', { name: 'Add ticked fields to your list' }).click()
      await page.waitForURL(/msd101/)
      await page.goto(new URL('/datasets/ichtb', page.url()).href)
      await page.getByRole('button', { name: 'Add dataset to your list' }).click()
      await page.waitForURL('**/datasets/ichtb')
      assert.ok(await page.getByRole('link', { name: 'On your list' }).isVisible())
      await page.locator('.nhsuk-header__account a[href="/list"]').click()
      const reasons = page.locator('textarea')
      assert.ok(await reasons.count() >= 2)
      assert.match(await page.locator('main').innerText(), /Ask for the least data you need/)
      for (let at = 0; at < await reasons.count(); at++) await reasons.nth(at).fill(`=because ${at}`)
      await page.getByRole('button', { name: 'Save reasons' }).click()
      await page.waitForURL('**/list')
      assert.match(await page.locator('main').innerText(), /Every one has a reason/)
      const json = await (await context.request.get(new URL('/list.json', page.url()).href)).json()
      assert.equal(json.title, 'Data schedule')
      assert.equal(json.rows.dataRequested.at(-1).reference, 'ichtb')
      assert.ok(json.rows.fields.length > 5 && json.rows.linkagePlan.length >= 1 && json.rows.approvals.length >= 2)
      const csv = await (await context.request.get(new URL('/list.csv', page.url()).href)).text()
      assert.match(csv, /'=because/, 'no formula')
      const xlsx = await context.request.get(new URL('/list.xlsx', page.url()).href)
      const { sheets, formulas } = read(await xlsx.body())
      assert.equal(formulas, 0, 'no formula')
      assert.deepEqual(Object.keys(sheets), ['About', 'Data requested', 'Fields', 'Linkage plan', 'Approvals', 'Conditions', 'Warnings'])
      const at = sheets['Data requested'][0].indexOf('Reason')
      assert.equal(sheets['Data requested'][1][at], '=because 0', 'a spreadsheet shows the reason as it was written')
      assert.equal(sheets.Fields.length, json.rows.fields.length + 1)
      await page.getByRole('button', { name: 'Remove ichtb' }).click()
      await page.waitForURL('**/list')
      assert.equal(await page.locator('.app-listed').count(), json.rows.dataRequested.length - 1)
      assert.deepEqual(wrong, [])
      await close()
    })
  }

  test('the query explorer asks this server, with nothing from elsewhere and nothing against the policy', async () => {
    const { page, wrong, close } = await open(`/graphiql?query=${encodeURIComponent('{ catalogue { version } }')}`)
    await page.locator('.graphiql-query-editor .CodeMirror').waitFor()
    await page.locator('button[aria-label^="Execute query"]').click()
    await page.locator('.result-window', { hasText: '"version"' }).waitFor()
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click()
    await page.locator('.graphiql-doc-explorer', { hasText: 'Query' }).waitFor()
    await page.getByRole('button', { name: 'Open settings dialog' }).click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    assert.equal(await page.evaluate(() => window.localStorage.length), 0, 'nothing is left in the browser')
    assert.deepEqual(wrong, [])
    await close()
  })

  test('without scripts the query explorer leads to the form', async () => {
    const { page, wrong, close } = await open('/api/explorer?query=%7B+catalogue+%7B+version+%7D+%7D', { script: false })
    await page.locator('#explorer a').click()
    await page.waitForURL('**/api/query?query=**')
    assert.match(await page.locator('pre').last().innerText(), /"version"/)
    assert.deepEqual(wrong, [])
    await close()
  })

  test('a form that another site makes a browser send changes nothing', async () => {
    const { page, context, close } = await open('/list')
    const send = (headers) => context.request.post(new URL('/list', page.url()).href, { form: { item: 'maternity' }, headers, maxRedirects: 0 })
    assert.equal((await send({ 'sec-fetch-site': 'cross-site' })).status(), 403)
    assert.equal((await send({ 'sec-fetch-site': 'same-origin' })).status(), 303, 'the first thing begins a session')
    assert.equal((await send({ 'sec-fetch-site': 'same-origin' })).status(), 403, 'then forms carry its token')
    await close()
  })
})
