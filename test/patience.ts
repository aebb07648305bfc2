import { vi } from 'vitest'

/**
 * So long, in milliseconds, a test waits for what is to happen: whoever waits a second finds fault with a
 * busy machine.
 */
export const patienceMs = 30_000

// `vi.waitFor` has no setting for it; `expect.poll` has, in vitest.config.ts.
const { waitFor } = vi
vi.waitFor = (callback, options = {}) =>
  waitFor(callback, typeof options === 'number' ? options : { timeout: patienceMs, ...options })
