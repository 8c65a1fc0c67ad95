import { crc32, deflateSync } from 'node:zlib'

/** A square picture, in the colours of its pixels: red, green, blue and how opaque. */
type Paint = (x: number, y: number) => readonly [number, number, number, number]

const WHITE = [255, 255, 255, 255] as const
const CLEAR = [255, 255, 255, 0] as const
const INDIGO = [66, 56, 157, 255] as const

/** 192 × 192, in colour. */
export const colourIcon = (): Uint8Array => png(192, (x, y) => (isMark(x / 192, y / 192) ? WHITE : INDIGO))

/** 32 × 32, white on nothing, as Teams wants it. */
export const outlineIcon = (): Uint8Array => png(32, (x, y) => (isMark(x / 32, y / 32) ? WHITE : CLEAR))

/** Two discs, the smaller one before the larger: somebody on somebody's behalf. */
function isMark(x: number, y: number): boolean {
  const isWithin = (cx: number, cy: number, radius: number) => (x - cx) ** 2 + (y - cy) ** 2 <= radius ** 2
  if (isWithin(0.64, 0.62, 0.18)) return true
  return isWithin(0.42, 0.42, 0.26) && !isWithin(0.64, 0.62, 0.23)
}

/** w3.org/TR/png-3, with one row after the other and no filter. */
function png(size: number, paint: Paint): Uint8Array {
  const rows = Array.from({ length: size }, (_, y) => [
    0,
    ...Array.from({ length: size }, (_, x) => paint(x, y)).flat(),
  ])
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set([8, 6], 8)
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...chunks])
}

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(named))
  return Buffer.concat([length, named, sum])
}
