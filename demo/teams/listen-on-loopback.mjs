import { Server } from 'node:net'

/**
 * Loaded before the playground, which would otherwise listen on every address of the machine: whoever reaches it speaks as Alice, whose
 * place in this town is 127.0.0.1.
 */
const { listen } = Server.prototype
Server.prototype.listen = function listenOnLoopback(port, ...rest) {
  return typeof port === 'number' ? listen.call(this, port, '127.0.0.1', ...rest) : listen.call(this, port, ...rest)
}
