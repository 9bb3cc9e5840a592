// The pages in a real browser: `node --test tests/browser/index.test.mjs` (scripts/browser-tests runs it).
// One server and one browser for all; what each file specifies is told in its first lines.
import { after, before } from 'node:test'
import { start, stop } from './support.mjs'

before(start)
after(stop)
await import('./every-page.mjs')
await import('./search.mjs')
await import('./journeys.mjs')
await import('./trust.mjs')
await import('./hostile.mjs')
await import('./long.mjs')
