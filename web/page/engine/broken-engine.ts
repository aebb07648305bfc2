import type { CacheNetError } from '../../../core/wire/errors.ts'

const brokenCodes: ReadonlySet<string> = new Set([
  'worker-crashed',
  'worker-timeout',
  'engine-failed',
  'internal',
])

/**
 * Whether an engine cannot be trusted any more after it failed so: WebAssembly that trapped leaves its memory
 * in an unknown state.
 */
export const isBroken = ({ code }: CacheNetError): boolean => brokenCodes.has(code)
