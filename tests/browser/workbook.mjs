// An xlsx workbook of sheets of rows of texts, written by hand so that any text can stand in a cell, and read again.
import { deflateRawSync, inflateRawSync } from 'node:zlib'

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1
  return byte >>> 0
})
const crc = (bytes) => (bytes.reduce((sum, byte) => TABLE[(sum ^ byte) & 255] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0

const MARKS = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** A text as XML; what XML has no place for becomes a question mark. */
const xml = (text) => String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '?').replace(/[&<>"]/g, (mark) => MARKS[mark])

const column = (at) => (at >= 26 ? column(Math.floor(at / 26) - 1) : '') + String.fromCharCode(65 + at % 26)

function sheet (rows) {
  const cells = rows.map((row, y) => `<row r="${y + 1}">${row.map((text, x) => text === ''
    ? ''
    : `<c r="${column(x)}${y + 1}" t="inlineStr"><is><t xml:space="preserve">${xml(text)}</t></is></c>`).join('')}</row>`)
  return `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${cells.join('')}</sheetData></worksheet>`
}

/** `[[name, rows], …]` as the bytes of a workbook. */
export function workbook (sheets) {
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const parts = [
    ['[Content_Types].xml', `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>${sheets.map((_, at) => `<Override PartName="/xl/worksheets/sheet${at + 1}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`).join('')}</Types>`],
    ['_rels/.rels', `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ['xl/workbook.xml', `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets>${sheets.map(([name], at) => `<sheet name="${xml(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`).join('')}</sheets></workbook>`],
    ['xl/_rels/workbook.xml.rels', `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheets.map((_, at) => `<Relationship Id="rId${at + 1}" Type="${office}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`).join('')}</Relationships>`],
    ...sheets.map(([, rows], at) => [`xl/worksheets/sheet${at + 1}.xml`, sheet(rows)])
  ]
  return zip(parts)
}

function zip (parts) {
  const local = []
  const central = []
  let offset = 0
  for (const [name, text] of parts) {
    const [bytes, title] = [Buffer.from(text), Buffer.from(name)]
    const packed = deflateRawSync(bytes)
    const head = (signature, extra) => {
      const fields = Buffer.alloc(26)
      fields.writeUInt16LE(20, 0)
      fields.writeUInt16LE(0x0800, 2)
      fields.writeUInt16LE(8, 4)
      fields.writeUInt32LE(crc(bytes), 10)
      fields.writeUInt32LE(packed.length, 14)
      fields.writeUInt32LE(bytes.length, 18)
      fields.writeUInt16LE(title.length, 22)
      return Buffer.concat([Buffer.from(signature), extra, fields])
    }
    const entry = Buffer.concat([head([0x50, 0x4b, 3, 4], Buffer.alloc(0)), title, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([head([0x50, 0x4b, 1, 2], Buffer.from([20, 0])), tail, title]))
    local.push(entry)
    offset += entry.length
  }
  const list = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, list, end])
}

const plain = (text) => text.replace(/&(lt|gt|quot|apos|amp|#(\d+)|#x([0-9a-f]+));/gi, (all, name, decimal, hex) =>
  decimal ? String.fromCodePoint(decimal) : hex ? String.fromCodePoint(parseInt(hex, 16)) : { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }[name])

/** The parts of a zip by name, as texts. */
function unzip (bytes) {
  const parts = {}
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  let at = bytes.readUInt32LE(end + 16)
  for (let nth = 0; nth < bytes.readUInt16LE(end + 10); nth++) {
    const [method, packed, title, extra, note, local] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)]
    const name = bytes.toString('utf8', at + 46, at + 46 + title)
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const data = bytes.subarray(from, from + packed)
    parts[name] = String(method === 8 ? inflateRawSync(data) : data)
    at += 46 + title + extra + note
  }
  return parts
}

/** The sheets of a workbook: `{ name: [[text, …], …] }`, and how many formulas it holds. */
export function read (bytes) {
  const parts = unzip(bytes)
  const shared = [...(parts['xl/sharedStrings.xml'] ?? '').matchAll(/<si>([\s\S]*?)<\/si>/g)].map(([, one]) => [...one.matchAll(/<t[^>]*>([\s\S]*?)<\/t>/g)].map(([, text]) => plain(text)).join(''))
  const sheets = {}
  let formulas = 0
  for (const [, name, id] of parts['xl/workbook.xml'].matchAll(/<sheet name="([^"]*)"[^>]*r:id="([^"]*)"/g)) {
    const target = new RegExp(`Id="${id}"[^>]*Target="/?(?:xl/)?([^"]*)"`).exec(parts['xl/_rels/workbook.xml.rels'])[1]
    const body = parts[`xl/${target}`]
    formulas += (body.match(/<f[ >]/g) ?? []).length
    sheets[plain(name)] = [...body.matchAll(/<row [^>]*?(?:\/>|>([\s\S]*?)<\/row>)/g)].map(([, row]) =>
      [...(row ?? '').matchAll(/<c ([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)].map(([, kind, inside]) => {
        const value = /<v>([\s\S]*?)<\/v>/.exec(inside ?? '')?.[1] ?? ''
        if (/t="s"/.test(kind)) return shared[Number(value)]
        return /t="inlineStr"/.test(kind) ? plain(/<t[^>]*>([\s\S]*?)<\/t>/.exec(inside)?.[1] ?? '') : plain(value)
      }))
  }
  return { sheets, formulas }
}
