// How soon the largest thing of a page is painted on a slow connection: 1.6 Mbit/s, 150 ms, a processor four times slower,
// nothing kept from before. Run by `make bench` over the release build; prints rows for docs/benchmarks.md.
import { address, open, start, stop, throttled } from '../tests/browser/support.mjs'

const PAGES = ['/', '/search?q=blood+pressure', '/datasets', '/datasets/maternity', '/datasets/wsic', '/datasets/maternity/tables/msd101', '/map?focus=maternity', '/links/maternity/wsic', '/plan?item=maternity&item=wsic&item=ichtb', '/help', '/glossary']
const TIMES = 5

await start()
console.log('| Page | Largest paint, median | Slowest | Transferred |\n|---|---|---|---|')
try {
  for (const path of PAGES) {
    const runs = []
    let bytes = 0
    for (let nth = 0; nth < TIMES; nth++) {
      const { page, close } = await open(null)
      const received = await throttled(page)
      await page.goto(address() + path)
      await page.waitForTimeout(500)
      runs.push(await page.evaluate(() => new Promise((resolve) => {
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true })
      })))
      bytes = received()
      await close()
    }
    runs.sort((one, other) => one - other)
    console.log(`| \`${path}\` | ${Math.round(runs[Math.floor(TIMES / 2)])} ms | ${Math.round(runs.at(-1))} ms | ${bytes} bytes |`)
  }
} finally {
  await stop()
}
