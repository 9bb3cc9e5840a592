// Search as people use it: filters that take effect at once and keep their place, and the same without scripts.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { open } from './support.mjs'

describe('search', () => {
  test('a ticked filter changes address and results, says how many there are, and keeps the focus', async () => {
    const { page, wrong, close } = await open('/search?q=pressure')
    const before = await page.locator('[data-count]').textContent()
    const box = page.locator('#kind-field')
    await box.focus()
    await page.keyboard.press('Space')
    await page.waitForURL(/kind=field/)
    await page.waitForFunction((before) => document.querySelector('[data-count]').textContent !== before, before)
    assert.equal(await page.evaluate(() => document.activeElement.id), 'kind-field')
    assert.equal(await page.locator('[data-told]').textContent(), await page.locator('[data-count]').textContent())
    assert.equal(await page.getByRole('link', { name: 'Remove filter: Level: Field' }).count(), 1)
    await page.goBack()
    await page.waitForFunction((before) => document.querySelector('[data-count]').textContent === before, before)
    assert.deepEqual(wrong, [])
    await close()
  })

  test('where nothing is found there is nothing to filter', async () => {
    const { page, close } = await open('/search?q=xyzzyplugh', { width: 390 })
    assert.equal(await page.getByRole('button', { name: 'Show filters' }).count(), 0)
    assert.equal(await page.getByRole('heading', { name: 'Filter' }).count(), 0)
    await page.goto(new URL('/search?q=xyzzyplugh&kind=field', page.url()).href)
    await page.getByRole('button', { name: 'Show filters' }).click()
    assert.ok(await page.locator('#kind-field').isChecked(), 'what is ticked can be unticked')
    await close()
  })

  test('without scripts the button applies the filters', async () => {
    const { page, close } = await open('/search?q=pressure', { script: false })
    await page.locator('#kind-field').check()
    await page.getByRole('button', { name: 'Apply filters' }).click()
    assert.match(page.url(), /kind=field/)
    assert.ok(await page.locator('#kind-field').isChecked())
    assert.equal(await page.locator('.app-crumb', { hasText: /› Field$/ }).count(), await page.locator('.app-result').count())
    await close()
  })

  test('by keyboard alone: from the start page to a field', async () => {
    const { page, close } = await open('/')
    await page.locator('#q').focus()
    await page.keyboard.type('booking date')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/search\?q=booking\+date/)
    const first = page.locator('.app-result a').first()
    await first.focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/datasets\//)
    await close()
  })

  test('the files of a search hold the same results', async () => {
    const { page, close } = await open('/search?q=pressure&kind=field')
    const count = Number.parseInt((await page.locator('[data-count]').textContent()).replace(/,/g, ''), 10)
    const { address } = { address: new URL(page.url()) }
    const json = await (await page.request.get(`${address.origin}/search.json${address.search}`)).json()
    assert.equal(json.rows.results.length, count)
    const csv = await (await page.request.get(`${address.origin}/search.csv${address.search}`)).text()
    assert.equal(csv.trim().split('\r\n').length, count + 1)
    await close()
  })
})
