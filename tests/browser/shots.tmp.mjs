// temporary
import { writeFileSync } from 'node:fs'
import { start, stop, open, waiting } from './support.mjs'
const src = await import('node:fs').then(f => f.readFileSync(new URL('./every-page.mjs', import.meta.url), 'utf8'))
const body = /export const EXAMPLES = (\{[\s\S]*?\n\})/.exec(src)[1]
await start()
const EXAMPLES = new Function('waiting', `return ${body}`)(waiting)
const out = process.env.OUT || '/tmp/web-shots'
const only = process.env.ONLY && new RegExp(process.env.ONLY)
const widths = (process.env.WIDTHS || '1280,390').split(',').map(Number)
const all = [...Object.values(EXAMPLES).flat(), '/sign-in', '/nowhere', '/datasets/maternty', '/datasets/maternity?v=99', ...(process.env.MORE || '').split(' ').filter(Boolean)]
let n = 0
const names = []
for (const ex of all) {
  const { path: p, as } = typeof ex === 'string' ? { path: ex } : ex
  const path = typeof p === 'function' ? p() : p
  if (only && !only.test(path)) continue
  n++
  for (const width of widths) {
    const { page, close } = await open(path, { width, as, forced: !!process.env.FORCED })
    const name = `${String(n).padStart(2, '0')}-${width}`
    if (process.env.PRINT) await page.pdf({ path: `${out}/${name}.pdf`, format: 'A4' })
    else {
      const h = await page.evaluate(() => document.documentElement.scrollHeight)
      await page.screenshot({ path: `${out}/${name}.png`, fullPage: true })
      names.push(`${name} ${h} ${path}`)
      console.log(`${name} ${h} ${path}`)
    }
    await close()
  }
}
writeFileSync(`${out}/index.txt`, names.join('\n'))
await stop()
process.exit(0)
