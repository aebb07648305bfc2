import type { ReadonlySignal } from '@preact/signals'
import { createEdgeApi } from '../../../core/client/edge-api.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { Settings } from '../state/settings-schema.ts'
import { within } from '../platform/within.ts'

export interface EdgeSessionOptions {
  readonly settings: ReadonlySignal<Pick<Settings, 'edgeToken' | 'edgeUrl'>>
  /** What a test puts in place of the browser's. */
  readonly fetch?: typeof fetch
}

/**
 * The session with the edge that the page came from. Its cookie lets everything in that can carry no token of
 * its own: the downloads of the service worker before all.
 */
export interface EdgeSession {
  /**
   * The token has just been handed over: the cookie that stands for it may be missing, or be that of an older
   * one.
   */
  renew(): void
  /**
   * Runs work that the edge lets in, after the session has been opened where it has to be; work that is
   * refused all the same is run once more in a new session. Rejects as the work does, and with `unauthorized`
   * where the edge does not know the token.
   */
  enter<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result>
}

const timeLimitMs = 5_000

/**
 * An edge out of reach, or a host that knows of no sessions, shall not keep the page from what it has stored.
 */
const mayGoOn = ({ code }: CacheNetError): boolean => code !== 'unauthorized' && code !== 'aborted'

export function createEdgeSession({ settings, fetch }: EdgeSessionOptions): EdgeSession {
  const api = createEdgeApi({ baseUrl: '', fetch })
  /** The token whose cookie should be there: at first that of an earlier visit. */
  let entered = settings.peek().edgeToken
  let isProlonged = false
  /** A token for an edge elsewhere is none of this one's business. */
  const token = (): string => (settings.peek().edgeUrl === '' ? settings.peek().edgeToken : '')

  async function open(signal: AbortSignal): Promise<void> {
    const shown = token()
    await within(signal, timeLimitMs, 'edge-timeout', (limited) => api.openSession(limited, shown))
    entered = shown
    isProlonged = true
  }

  async function ensure(signal: AbortSignal): Promise<void> {
    if (token() === '') return
    if (token() !== entered) {
      await open(signal).catch((thrown: unknown) => {
        const error = CacheNetError.from(thrown)
        if (!mayGoOn(error)) throw error
      })
    } else if (!isProlonged) {
      isProlonged = true
      // Cookies end one day. Not waited for: the app starts without a network too.
      void open(signal).catch(() => undefined)
    }
  }

  return {
    renew: () => void (entered = ''),
    async enter(signal, work) {
      await ensure(signal)
      try {
        return await work()
      } catch (thrown) {
        if (CacheNetError.from(thrown).code !== 'unauthorized' || token() === '') throw thrown
        await open(signal)
        return work()
      }
    },
  }
}
