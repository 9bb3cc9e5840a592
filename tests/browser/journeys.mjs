// What people come to do, from the first page to what they leave with.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { open } from './support.mjs'

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

  test('a committee member opens the record of a link and prints it, with a box for the decision', async () => {
    const { page, close } = await open('/map?focus=maternity')
    await page.locator('table a[href="/links/maternity/wsic"]').click()
    await page.waitForURL('**/links/maternity/wsic')
    assert.equal(await page.locator('.app-decision').isVisible(), false)
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.locator('.app-decision').isVisible(), true)
    assert.equal(await page.locator('.nhsuk-header__navigation').isVisible(), false)
    const pdf = await page.pdf({ format: 'A4' })
    assert.ok(pdf.length > 10_000)
    await close()
  })

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
})
