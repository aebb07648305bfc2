interface Ahead {
  readonly response: Promise<Response>
  readonly controller: AbortController
  readonly askedMs: number
  readonly isControlled: boolean
}

/**
 * Whether a service worker answers what this page asks for: what it says of its answers is to be believed
 * then, and only then.
 */
export const isControlled = (): boolean =>
  ((globalThis as { readonly navigator?: { readonly serviceWorker?: ServiceWorkerContainer } }).navigator
    ?.serviceWorker?.controller ?? undefined) !== undefined

const ahead = new Map<string, Ahead>()
/** What has not been taken by then was wanted by nobody, and may have changed. */
const keptMs = 10_000

/**
 * Asks for something that this page's own edge will be asked for in a moment, before the code that will ask
 * is there.
 */
export function fetchAhead(path: string): void {
  const controller = new AbortController()
  const response = fetch(path, { signal: controller.signal })
  response.catch(() => undefined)
  const found = { response, controller, askedMs: performance.now(), isControlled: isControlled() }
  ahead.set(path, found)
  // A request that is never answered would hold up those that come after it: browsers ask for one thing once
  // at a time.
  setTimeout(() => {
    if (ahead.get(path) !== found) return
    ahead.delete(path)
    controller.abort()
  }, keptMs)
}

/**
 * What was asked for ahead, once; undefined where it was not, or too long ago. Rejects as `fetch` does. From
 * here on whoever took it says, by their signal, how long it may take.
 */
export function takeAhead(path: string, signal?: AbortSignal | null): Promise<Response> | undefined {
  const found = ahead.get(path)
  ahead.delete(path)
  if (found === undefined) return undefined
  // What was asked for past the service worker that is there by now is asked for through it.
  if (
    performance.now() - found.askedMs >= keptMs ||
    signal?.aborted === true ||
    found.isControlled !== isControlled()
  ) {
    found.controller.abort()
    return undefined
  }
  signal?.addEventListener('abort', () => found.controller.abort(), { once: true })
  return found.response
}
