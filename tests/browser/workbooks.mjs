// Real workbooks, as `linkwright export` writes them, with a word changed: a zip is taken apart and put together again.
import { readFileSync, writeFileSync } from 'node:fs'
import { crc32, inflateRawSync } from 'node:zlib'

/** Writes a workbook like `from`, in which every text `old` is `now`, to `to`. */
export function edited (from, to, old, now) {
  const files = entries(readFileSync(from)).map(({ name, bytes }) => {
    if (!name.endsWith('.xml')) return { name, bytes }
    return { name, bytes: Buffer.from(bytes.toString('utf8').replaceAll(old, now), 'utf8') }
  })
  writeFileSync(to, zipped(files))
  return to
}

function entries (zip) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  let at = zip.readUInt32LE(end + 16)
  const found = []
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size, name, extra, comment, local] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32), zip.readUInt32LE(at + 42)]
    const data = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(data, data + size)
    found.push({ name: zip.toString('utf8', at + 46, at + 46 + name), bytes: method === 8 ? inflateRawSync(packed) : packed })
    at += 46 + name + extra + comment
  }
  return found
}

function zipped (files) {
  const bodies = []
  const heads = []
  let at = 0
  for (const { name, bytes } of files) {
    const title = Buffer.from(name, 'utf8')
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(0x21, 8)
    shared.writeUInt32LE(crc32(bytes), 10)
    shared.writeUInt32LE(bytes.length, 14)
    shared.writeUInt32LE(bytes.length, 18)
    shared.writeUInt16LE(title.length, 22)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(at, 10)
    bodies.push(Buffer.from('PK\x03\x04', 'latin1'), shared, title, bytes)
    heads.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, tail, title)
    at += 30 + title.length + bytes.length
  }
  const directory = Buffer.concat(heads)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...bodies, directory, end])
}
