import { crc32 } from 'node:zlib'

export interface ZipEntry {
  name: string
  content: Uint8Array
}

/** A zip archive of a few small files, not compressed. pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, §4.3 */
export function zip(entries: readonly ZipEntry[]): Uint8Array {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, content } of entries) {
    const common = commonHeader(Buffer.from(name), content)
    const header = Buffer.concat([Buffer.from('504b0304', 'hex'), common, Buffer.from(name), content])
    // Version made by; then, behind what both headers share, no comment, first disk, no attributes, and where the file begins.
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), common, tail, Buffer.from(name)]))
    local.push(header)
    offset += header.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('504b0506', 'hex')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}

/** Version 2.0, stored, of 1 January 1980, with checksum and sizes. */
function commonHeader(name: Buffer, content: Uint8Array): Buffer {
  const header = Buffer.alloc(26)
  header.writeUInt16LE(20, 0)
  header.writeUInt16LE(0x21, 8)
  header.writeUInt32LE(crc32(content), 10)
  header.writeUInt32LE(content.length, 14)
  header.writeUInt32LE(content.length, 18)
  header.writeUInt16LE(name.length, 22)
  return header
}
