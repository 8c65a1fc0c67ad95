import { join } from 'node:path'
import { ROOT } from './sources.ts'

/**
 * For the environment of a process that is started many times: it begins in half the time with what an earlier one compiled. One that
 * will be killed must call `flushCompileCache()` once it is ready.
 */
export const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(ROOT, '.cache/compile') }
