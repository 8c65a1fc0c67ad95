import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** The server's end of one WebSocket that carries JSON texts (RFC 6455). */
export interface SocketEnd {
  send(message: object): void
  /** Closes it, with the closing frame unless `abruptly`. */
  close(abruptly?: boolean): void
  isOpen(): boolean
}

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10]

/** Accepts an upgrade; `onMessage` gets what the client sends. */
export function acceptSocket(
  request: IncomingMessage,
  socket: Duplex,
  onMessage: (message: unknown) => void,
): SocketEnd {
  const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
  )
  let isOpen = true
  let rest = Buffer.alloc(0)
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    isOpen = false
  })
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
      rest = rest.subarray(frame.length)
      if (frame.opcode === TEXT) onMessage(JSON.parse(frame.payload.toString()))
      if (frame.opcode === PING) socket.write(frameOf(PONG, frame.payload))
      if (frame.opcode === CLOSE) socket.end(frameOf(CLOSE, frame.payload))
    }
  })
  return {
    send: (message) => void (isOpen && socket.write(frameOf(TEXT, Buffer.from(JSON.stringify(message))))),
    close(abruptly = false) {
      isOpen = false
      if (abruptly) socket.destroy()
      else socket.end(frameOf(CLOSE, Buffer.from([3, 232])))
    },
    isOpen: () => isOpen,
  }
}

/** One frame of a client, which masks what it sends; undefined until it is whole. Fragments are not sent by the clients of the tests. */
function readFrame(data: Buffer): { opcode: number; payload: Buffer; length: number } | undefined {
  if (data.length < 6) return undefined
  const short = data.readUInt8(1) & 127
  const at = short === 126 ? 4 : short === 127 ? 10 : 2
  if (data.length < at + 4) return undefined
  const size = short === 126 ? data.readUInt16BE(2) : short === 127 ? Number(data.readBigUInt64BE(2)) : short
  const length = at + 4 + size
  if (data.length < length) return undefined
  const mask = data.subarray(at, at + 4)
  const payload = Buffer.from(data.subarray(at + 4, length)).map((byte, i) => byte ^ (mask[i % 4] ?? 0))
  return { opcode: data.readUInt8(0) & 15, payload: Buffer.from(payload), length }
}

function frameOf(opcode: number, payload: Buffer): Buffer {
  const size = payload.length
  const head =
    size < 126
      ? Buffer.from([128 | opcode, size])
      : size < 65_536
        ? Buffer.from([128 | opcode, 126, size >> 8, size & 255])
        : Buffer.concat([Buffer.from([128 | opcode, 127]), bigEndian(size)])
  return Buffer.concat([head, payload])
}

function bigEndian(size: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(size))
  return bytes
}
