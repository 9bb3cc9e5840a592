// What holds of every page there is: with and without scripts, on a phone and on a desk, in print and in forced colours.
// A route without an example here fails: a new page is looked at from its first day.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { accessibility, open as visit, root, waiting } from './support.mjs'

/** Addresses to look at, by route; of pages that take signing in, with the role. */
export const EXAMPLES = {
  '/': ['/'],
  '/search': ['/search', '/search?q=blood+pressure', '/search?q=xyzzyplugh', '/search?q=nhs+number&kind=field&type=identifier'],
  '/changes.atom': [],
  '/datasets': ['/datasets', '/datasets?q=nothing-like-this', '/datasets?sort=fields'],
  '/datasets/{dataset}': ['/datasets/maternity', '/datasets/wsic', '/datasets/ihkb'],
  '/datasets/{dataset}/history': ['/datasets/maternity/history'],
  '/datasets/{dataset}/compare': ['/datasets/maternity/compare', '/datasets/maternity/compare?from=1&to=1'],
  '/datasets/{dataset}/tables/{table}': ['/datasets/maternity/tables/msd101', '/datasets/maternity/tables/msd601'],
  '/datasets/{dataset}/tables/{table}/fields/{field}': ['/datasets/maternity/tables/msd101/fields/pregnancyid', '/datasets/maternity/tables/msd101/fields/employmentstatusmother'],
  '/keys': ['/keys'],
  '/keys/{key}': ['/keys/nhs-number', '/keys/hospital-provider-spell'],
  '/models': ['/models'],
  '/models/{model}': ['/models/wsic'],
  '/links/{from}/{to}': ['/links/maternity/wsic', '/links/maternity/epr', '/links/hic-viral-hepatitis/ichtb'],
  '/crosswalks/{crosswalk}': ['/crosswalks/nhs-number--wsic-patient'],
  '/approvals': ['/approvals'],
  '/approvals/{code}': ['/approvals/DAPC', '/approvals/NWL-DAC'],
  '/list': ['/list'],
  '/map': ['/map', '/map?focus=maternity&hops=2', '/map?source=tissue-bank', '/map?source=wsic', '/map?source=hic', '/map?focus=nonsense', '/map?max=0&key=nhs-number'],
  '/map.svg': [],
  '/help': ['/help'],
  '/help/pathway': ['/help/pathway'],
  '/services': ['/services'],
  '/glossary': ['/glossary'],
  '/contact': ['/contact'],
  '/accessibility': ['/accessibility'],
  '/cookies': ['/cookies'],
  '/privacy': ['/privacy'],
  '/api': ['/api', '/api/query?query=%7B+datasets+%7B+totalCount+%7D+%7D'],
  '/api/schema': ['/api/schema'],
  '/graphiql': ['/graphiql'],
  '/export': ['/export', '/export?dataset=maternity'],
  '/export/{format}': ['/export/workbook'],
  '/export/{format}/{file}': [],
  '/plan': ['/plan', '/plan?item=maternity&item=wsic&item=ichtb', '/plan?item=maternity&item=epr&project=leaves+trust&option=2', '/plan?item=maternity/msd601&item=epr', '/plan?item=maternity&item=wsic&avoid=NWL-DAC', '/plan?item=maternty', '/plan?item=maternity&item=wsic&max=0', '/plan?item=maternity&item=epr&max=1&made=p1.20261001.00.A.e20261014-20261030.00*DAPC.52ee'],
  '/plan/{file}': [],
  '/account': [{ as: 'researcher', path: '/account' }, { as: 'curator', path: '/account?done=password' }],
  '/account/password': [{ as: 'researcher', path: '/account/password' }],
  '/account/tokens': [{ as: 'curator', path: '/account/tokens' }],
  '/admin/users': [{ as: 'administrator', path: '/admin/users' }, { as: 'curator', path: '/admin/users', status: 403 }],
  '/admin/users/add': [{ as: 'administrator', path: '/admin/users/add' }],
  '/admin/user': [{ as: 'administrator', path: '/admin/user?name=curator&done=roles' }],
  '/admin/user/roles': [{ as: 'administrator', path: '/admin/user/roles?name=curator' }],
  '/admin/user/roles/confirm': [{ as: 'administrator', path: '/admin/user/roles/confirm?name=curator&chosen=yes&role=researcher' }, { as: 'administrator', path: '/admin/user/roles/confirm?name=curator&chosen=yes&role=curator' }],
  '/admin/user/password': [{ as: 'administrator', path: '/admin/user/password?name=curator' }],
  '/admin/user/close': [{ as: 'administrator', path: '/admin/user/close?name=curator' }],
  '/admin/user/reopen': [{ as: 'administrator', path: '/admin/user/reopen?name=curator' }],
  '/admin/roles': [{ as: 'administrator', path: '/admin/roles' }],
  '/admin/audit': [{ as: 'administrator', path: '/admin/audit' }, { as: 'administrator', path: '/admin/audit?from=yesterday' }, { as: 'administrator', path: '/admin/audit?who=nobody-of-this-name' }],
  '/admin/settings': [{ as: 'administrator', path: '/admin/settings' }],
  '/curate': [{ as: 'curator', path: '/curate' }, { as: 'researcher', path: '/curate', status: 403 }],
  '/curate/template': [],
  '/curate/uploads/new': [{ as: 'curator', path: '/curate/uploads/new' }],
  '/curate/uploads/{draft}': [{ as: 'curator', path: () => `/curate/uploads/${waiting}` }],
  '/curate/uploads/{draft}/publish': [{ as: 'curator', path: () => `/curate/uploads/${waiting}/publish` }],
  '/curate/uploads/{draft}/discard': [{ as: 'curator', path: () => `/curate/uploads/${waiting}/discard` }],
  '/curate/restore': [{ as: 'curator', path: '/curate/restore?model=icare-maternity&version=1' }]
}

const routes = /pub const PAGES: &\[&str\] = &\[([^\]]*)\]/.exec(readFileSync(join(root, 'src/web/routes.rs'), 'utf8'))[1]
  .match(/"[^"]+"/g).map((route) => route.slice(1, -1))

test('every route has an example', () => {
  assert.deepEqual(routes.filter((route) => !EXAMPLES[route]), [])
})

const NOWHERE = ['/sign-in', '/sign-in?back=%2Fcurate', '/nowhere', '/datasets/maternty', '/datasets/maternity?v=99']

for (const example of [...Object.values(EXAMPLES).flat(), ...NOWHERE]) {
  const { path, as, status } = typeof example === 'string' ? { path: example } : example
  const open = async (asked, how = {}) => {
    const visited = await visit(typeof asked === 'function' ? asked() : asked, { ...how, as })
    visited.wrong.splice(0, visited.wrong.length, ...visited.wrong.filter((one) => !(status && one.includes(`status of ${status}`))))
    return visited
  }
  describe(as ? `${path} as ${as}` : path, () => {
    test('at a desk, with scripts: nothing wrong, nothing from elsewhere, accessible', async () => {
      const { page, wrong, close } = await open(path)
      await sound(page)
      assert.deepEqual(await accessibility(page), [])
      assert.deepEqual(wrong, [])
      await page.emulateMedia({ media: 'print' })
      assert.equal(await page.locator('.nhsuk-header__navigation').isVisible(), false, 'the navigation is not printed')
      await close()
    })
    test('on a phone, without scripts: the same, and nothing to be pushed sideways', async () => {
      const { page, wrong, close } = await open(path, { script: false, width: 320 })
      await sound(page)
      assert.deepEqual(wrong, [])
      await close()
    })
    test('in forced colours and on a phone with scripts: the same, and accessible', async () => {
      const { page, wrong, close } = await open(path, { width: 320, forced: true })
      await sound(page)
      assert.deepEqual(await accessibility(page), [])
      assert.deepEqual(wrong, [])
      await close()
    })
  })
}

/** What holds of every page at every size. */
async function sound (page) {
  const headings = await page.locator('h1').allTextContents()
  assert.equal(headings.length, 1, `one main heading: ${headings}`)
  const title = await page.title()
  assert.ok(title.length > 0 && title.length < 200, title)
  const wide = await page.evaluate(() => ({ page: document.documentElement.scrollWidth, window: window.innerWidth }))
  assert.ok(wide.page <= wide.window, `the page is ${wide.page} wide in a window of ${wide.window}`)
  const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map((one) => one.id))
  assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), [], 'no id twice')
  const styled = await page.locator('main [style]:not(.graphiql-container, .graphiql-container *)').count()
  assert.equal(styled, 0, 'no style in the page itself')
  // An error summary, or word of what was done, takes the focus, so that it is read first.
  if (await page.locator('.nhsuk-error-summary, .nhsuk-notification-banner[role=alert]').count() > 0) return
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'nhsuk-skip-link', 'the first stop is the way past the header')
  // Out of the way again: it lies over the header while it has the focus.
  await page.evaluate(() => document.activeElement?.blur())
}
