// Builds what the pages load into dist/: one style sheet, one script, both under names that change with their content,
// each also compressed; and manifest.json, which tells the server their names. Nothing in them leads to another host.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')
rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })

const frontend = join(here, 'node_modules/nhsuk-frontend')
const version = JSON.parse(readFileSync(join(frontend, 'package.json'), 'utf8')).version

// The design system's style sheet fetches the Frutiger font from outside, which a closed network blocks and which a
// Trust must register for: out with it.
const theirs = readFileSync(join(frontend, 'dist/nhsuk/nhsuk-frontend.min.css'), 'utf8').replace(/@font-face\s*\{[^}]*\}/g, '')
  // Of their pictures only one is loaded by style sheets: the cross that empties a search box. Ours is drawn in place.
  .replace(/url\(["']?\/assets\/images\/nhsuk-icon-cross\.svg["']?\)/g, `url("data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path stroke="#212b32" stroke-width="4" d="M5 5l14 14M19 5L5 19"/></svg>')}")`)
  // The arrows of tables sorted by script, which we do not use.
  .replace(/url\(["']?\/assets\/images\/nhsuk-icon-arrow-[a-z-]+\.svg["']?\)/g, 'none')
const ours = readdirSync(join(here, 'css')).filter((name) => name.endsWith('.css')).sort()
  .map((name) => readFileSync(join(here, 'css', name), 'utf8')).join('\n')
const css = (await transform(`${theirs}\n${ours}`, { loader: 'css', minify: true, logLevel: 'error' })).code

const bundled = await build({
  entryPoints: [join(here, 'js/app.mjs')], bundle: true, minify: true, format: 'esm', target: 'es2020',
  write: false, legalComments: 'none', absWorkingDir: here
})
const js = bundled.outputFiles[0].text

// The query explorer, loaded on its own page only. Its style sheet carries two fonts, which are not ours to ship.
const explorer = await build({
  entryPoints: [join(here, 'js/explorer.mjs')], bundle: true, minify: true, format: 'esm', target: 'es2020', write: false,
  legalComments: 'none', absWorkingDir: here, define: { 'process.env.NODE_ENV': '"production"' },
  alias: { 'react-style-singleton': join(here, 'js/explorer-style.mjs') }
})
const explorerJs = explorer.outputFiles[0].text
const explorerCss = (await transform(
  readFileSync(join(here, 'node_modules/graphiql/graphiql.min.css'), 'utf8').replace(/@font-face\s*\{[^}]*\}/g, ''),
  { loader: 'css', minify: true, logLevel: 'error' }
)).code
for (const word of ['eval(', 'new Function(']) {
  if (explorerJs.includes(word)) {
    console.error(`build: the explorer holds ${word}…), which the Content-Security-Policy forbids`)
    process.exit(1)
  }
}

// Said in the page itself so that nothing moves while it loads; the Content-Security-Policy names its hash.
const start = "document.body.className += ' js-enabled' + ('noModule' in HTMLScriptElement.prototype ? ' nhsuk-frontend-supported' : '');"
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="5" fill="#005eb8"/><g fill="none" stroke="#fff" stroke-width="3"><circle cx="11" cy="16" r="5.5"/><circle cx="21" cy="16" r="5.5"/></g></svg>`

const loaded = [...`${css}${explorerCss}`.matchAll(/url\(["']?(\/[^)"']*)/g)].map((match) => match[1])
if (loaded.length > 0) {
  console.error(`build: the style sheet loads what is not built: ${loaded.join(', ')}`)
  process.exit(1)
}
// The explorer's script names pages to read (its manual, a specification): links in texts, which nothing loads.
for (const [name, text] of [['the style sheet', css], ['the script', js], ["the explorer's style sheet", explorerCss]]) {
  const outside = [...text.matchAll(/https?:\/\/[^\s"')]+/g)].map((match) => match[0]).filter((url) => !url.startsWith('http://www.w3.org/'))
  if (outside.length > 0) {
    console.error(`build: ${name} leads to another host: ${outside.join(', ')}`)
    process.exit(1)
  }
}

const digest = (text, form) => createHash('sha256').update(text).digest(form)
function put (stem, extension, text) {
  const name = `${stem}-${digest(text, 'hex').slice(0, 12)}.${extension}`
  writeFileSync(join(dist, name), text)
  writeFileSync(join(dist, `${name}.gz`), gzipSync(text, { level: 9 }))
  writeFileSync(join(dist, `${name}.br`), brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }))
  return name
}

const manifest = {
  css: put('app', 'css', css),
  js: put('app', 'js', js),
  icon: put('icon', 'svg', icon),
  explorer: { css: put('explorer', 'css', explorerCss), js: put('explorer', 'js', explorerJs) },
  start,
  startHash: `sha256-${digest(start, 'base64')}`,
  designSystem: `nhsuk-frontend ${version}`
}
writeFileSync(join(dist, 'manifest.json'), JSON.stringify(manifest, null, 2))
console.log(`web/dist: ${manifest.css}, ${manifest.js} (${manifest.designSystem})`)
