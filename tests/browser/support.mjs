// The built program on a port of its own, over the shipped models in a folder that is thrown away, and Debian's Chromium.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { edited } from './workbooks.mjs'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const require = createRequire(join(root, 'web/package.json'))
const { chromium } = require('playwright-core')
export const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

export const folder = mkdtempSync(join(tmpdir(), 'linkwright-browser-'))
let server, browser
export let base

export const program = process.env.LINKWRIGHT_BIN || join(root, 'target/debug/linkwright')
const chrome = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))

/** Starts a server over a database, its own where none is given; gives its address and a way to stop it. */
export async function serve ({ database = `sqlite://${join(mkdtempSync(join(folder, 'db-')), 'test.db')}`, args = [] } = {}) {
  const child = spawn(program, ['serve', '--listen', '127.0.0.1:0', '--database', database, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = []
  child.stderr.on('data', (text) => { said.push(String(text)); if (said.length > 200) said.shift() })
  const lines = createInterface({ input: child.stdout })
  const address = new Promise((resolve, reject) => {
    lines.on('line', (line) => { const found = /http:\/\/[^/\s]+/.exec(line); if (found) resolve(found[0]) })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said.join('')}`)))
  })
  return { address: await address, database, log: said, stop: async () => { child.kill('SIGTERM'); if (child.exitCode === null) await once(child, 'exit') } }
}

export async function start () {
  server = await serve()
  base = server.address
  browser = await chromium.launch({
    executablePath: chrome,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  })
  await people()
}

/** The roles that pages are looked at in, each with a user of that name. */
const ROLES = { administrator: [], curator: ['--model', 'icare-maternity', '--model', 'ihkb'], researcher: [] }
const signedIn = {}
/** An upload that waits, of the curator. */
export let waiting

function run (...args) {
  return execFileSync(program, [...args, '--database', server.database], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

/** The folder with the shipped data models as workbooks. */
export function exported () {
  const to = join(folder, 'exported')
  if (!existsSync(to)) run('export', '--format', 'workbook', '--output', to)
  return to
}

/** Fills in the sign-in form that a page shows. */
export async function signIn (page, name, password) {
  await page.locator('#name').fill(name)
  await page.locator('#password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor()
}

/** Makes a user of each role, signs each in, and an upload that waits. */
async function people () {
  for (const [role, more] of Object.entries(ROLES)) {
    const made = role === 'administrator'
      ? run('user', 'first-administrator', role, '--format', 'json')
      : run('user', 'add', role, '--role', role, ...more, '--format', 'json')
    const { page, context, close } = await open('/sign-in')
    await signIn(page, role, JSON.parse(made).password)
    signedIn[role] = await context.storageState()
    await close()
  }
  const file = edited(join(exported(), 'icare-maternity.xlsx'), join(folder, 'waiting.xlsx'), 'Care activity in pregnancy', 'Care activity in pregnancy, revised')
  waiting = JSON.parse(run('import', file, '--format', 'json')).models[0].draft
}

export async function stop () {
  await browser?.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** A page that notes everything that must not happen: errors, broken rules, requests to elsewhere, dialogs. */
export async function open (path, { script = true, width = 1280, height = 900, forced = false, at = base, as } = {}) {
  const context = await browser.newContext({ javaScriptEnabled: script, viewport: { width, height }, forcedColors: forced ? 'active' : 'none', acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'], storageState: as && signedIn[as] })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const wrong = []
  page.on('console', (message) => { if (message.type() === 'error' && !/status of 404|status of 422|status of 400/.test(message.text())) wrong.push(`console: ${message.text()}`) })
  page.on('pageerror', (error) => wrong.push(`script: ${error.message}`))
  page.on('dialog', (dialog) => { wrong.push(`dialog: ${dialog.message()}`); dialog.dismiss() })
  page.on('request', (request) => { if (!request.url().startsWith(at) && !request.url().startsWith('data:')) wrong.push(`elsewhere: ${request.url()}`) })
  if (path) await page.goto(at + path)
  return { page, context, wrong, close: () => context.close() }
}

/** How many pages something prints on, A4, with the margins of a printer. */
export async function pagesOf (page) {
  const margin = { top: '12mm', bottom: '12mm', left: '12mm', right: '12mm' }
  const pdf = await page.pdf({ format: 'A4', margin })
  return (pdf.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length
}

/** Where the server is. */
export const address = () => base

/** Slows a page down to 1.6 Mbit/s, 150 ms and a quarter of the processor; gives how to ask for the bytes received. */
export async function throttled (page) {
  const devtools = await page.context().newCDPSession(page)
  let bytes = 0
  await devtools.send('Network.enable')
  devtools.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength })
  await devtools.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 1.6e6 / 8 })
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  return () => bytes
}

/** Goes from stop to stop with the tab key until something has the focus, which must be seen to have it. */
export async function reach (page, target, most = 250) {
  for (let stop = 0; stop < most; stop++) {
    await page.keyboard.press('Tab')
    if (await target.evaluate((one) => one === document.activeElement)) return
  }
  throw new Error(`not reached with ${most} presses of the tab key: ${target}`)
}

/** What axe-core finds wrong, one line each. */
export async function accessibility (page) {
  await page.evaluate(axe)
  // The query explorer is not ours: its page says that it is not accessible, and leads to a form that is.
  const found = await page.evaluate(() => window.axe.run({ exclude: [['.graphiql-container']] }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
  return found.violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`)
}
