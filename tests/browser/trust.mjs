// Who looks after the catalogue: an administrator adds a curator and reads the audit log; a curator uploads a workbook,
// reads what was found, publishes it, and brings the old version back. With and without scripts.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { accessibility, exported, folder, open, signIn } from './support.mjs'
import { edited } from './workbooks.mjs'

describe('pages of trust', () => {
  test('a curator uploads a new version from the page of a dataset that they look after', async () => {
    const { page, close } = await open('/datasets/maternity', { as: 'curator' })
    await page.getByRole('link', { name: 'Upload a new version' }).click()
    await page.waitForURL(/\/curate\/uploads\/new\?as=icare-maternity$/)
    assert.equal(await page.getByLabel('Which data model it is').inputValue(), 'icare-maternity')
    await page.goto(new URL('/datasets/wsic', page.url()).href)
    assert.equal(await page.getByRole('link', { name: 'Upload a new version' }).count(), 0, 'not of what others look after')
    await close()
    const researcher = await open('/datasets/maternity', { as: 'researcher' })
    assert.equal(await researcher.page.getByRole('link', { name: 'Upload a new version' }).count(), 0)
    await researcher.close()
  })

  for (const script of [true, false]) {
    const how = script ? 'with scripts' : 'without scripts'
    const name = script ? 'nora' : 'nils'

    test(`an administrator adds a curator, who publishes and restores; the audit log tells, ${how}`, async () => {
      const admin = await open('/admin/users', { script, as: 'administrator' })
      let page = admin.page
      await page.getByRole('button', { name: 'Add a user' }).or(page.getByRole('link', { name: 'Add a user' })).click()
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByRole('button', { name: 'Add user' }).click()
      await page.locator('#secret').waitFor()
      await page.goto(new URL('/admin/users/add', page.url()).href)
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByRole('button', { name: 'Add user' }).click()
      await page.locator('.nhsuk-error-summary').waitFor()
      assert.match(await page.title(), /^Error: /)
      assert.deepEqual(script ? await accessibility(page) : [], [])
      await page.goto(new URL(`/admin/user/password?name=${name}`, page.url()).href)
      await page.getByRole('button', { name: 'Make a new password' }).click()
      const password = await page.locator('#secret').textContent()
      await page.goto(new URL(`/admin/user/roles?name=${name}`, page.url()).href)
      await page.getByLabel('Curator', { exact: true }).check()
      await page.getByLabel('Imperial Health Knowledge Bank').check()
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('button', { name: 'Change roles' }).click()
      await page.locator('.nhsuk-notification-banner').waitFor()

      const curator = await open('/curate', { script })
      page = curator.page
      assert.match(page.url(), /\/sign-in\?back=%2Fcurate$/)
      await signIn(page, name, password)
      assert.match(page.url(), /\/curate$/, 'back to where they were')
      await page.getByRole('link', { name: 'Upload a workbook' }).or(page.getByRole('button', { name: 'Upload a workbook' })).click()
      const words = `Knowledge Bank, as ${name} says`
      const file = edited(join(exported(), 'ihkb.xlsx'), join(folder, `${name}.xlsx`), 'Knowledge Bank', words)
      await page.locator('input[type=file]').setInputFiles(file)
      await page.getByRole('button', { name: 'Upload and check' }).click()
      await page.waitForURL(/\/curate\/uploads\/[0-9a-f-]{36}$/)
      assert.match(await page.locator('main').innerText(), /Rows understood/)
      assert.ok((await page.locator('ins').allTextContents()).some((text) => text.includes(words)), 'what changes is shown')
      await page.getByRole('link', { name: 'Continue to publish' }).or(page.getByRole('button', { name: 'Continue to publish' })).click()
      await page.getByRole('button', { name: 'Publish now' }).click()
      await page.locator('#note-error').waitFor()
      assert.match(await page.title(), /^Error: /)
      await page.getByLabel('Note for readers').fill('Another title')
      if (await page.locator('#checked').count() > 0) await page.locator('#checked').check()
      await page.getByRole('button', { name: 'Publish now' }).click()
      await page.getByRole('heading', { name: 'Published' }).waitFor()
      assert.deepEqual(script ? await accessibility(page) : [], [])
      await page.getByRole('link', { name: /Bring version \d+ back/ }).click()
      await page.getByLabel('Note for readers').fill('The old one was right')
      await page.getByRole('button', { name: /^Restore version/ }).click()
      await page.waitForURL(/done=restored/)
      assert.match(await page.locator('.nhsuk-notification-banner').innerText(), /restored/)
      await page.goto(new URL('/admin/audit', page.url()).href)
      assert.match(await page.locator('main').innerText(), /You do not have permission[\s\S]*Administrator[\s\S]*write to/)
      await page.getByRole('button', { name: 'Sign out', exact: true }).click()
      await page.getByRole('link', { name: 'Sign in' }).waitFor()
      assert.deepEqual(curator.wrong.filter((one) => !/status of 403/.test(one)), [])
      await curator.close()

      page = admin.page
      await page.goto(new URL('/admin/audit', page.url()).href)
      await page.getByLabel('Who').fill(name)
      await page.getByRole('button', { name: 'Filter' }).click()
      const told = await page.locator('#entries, table').first().innerText()
      for (const action of ['rollback', 'publish', 'import']) assert.ok(told.includes(action), `${action}: ${told}`)
      assert.match(await page.locator('main').innerText(), /Verified up to entry \d+/)
      assert.deepEqual(admin.wrong, [])
      await admin.close()
    })
  }
})
