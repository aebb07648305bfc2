import { effect } from '@preact/signals'
import type { App } from '../app.ts'
import { backoffMs } from '../edge/backoff.ts'

/**
 * Follows the network: says when the edge is away, asks again when the network is back, opens a bundle that
 * could not be opened.
 */
export function watchNetwork(app: App): void {
  addEventListener('online', () => {
    app.bundle.opened.value?.edge.retryNow()
    if (app.bundle.state.value.kind === 'failed') void app.bundle.open()
  })
  effect(() => {
    // Where no bundle is open, the page says in its middle what is wrong.
    if (app.edgeState.value === 'offline' && app.bundle.opened.value !== undefined) {
      // The same outage, seen from a download.
      app.notices.dismiss('partition')
      app.notices.show({
        about: 'edge',
        kind: 'info',
        message:
          'The edge is out of reach. This device goes on by itself; what it is not certain of is marked so until the edge is back.',
      })
    } else app.notices.dismiss('edge')
  })
}

const openBackoff = { baseMs: 2_000, maxMs: 30_000 }
/** Nothing but a person, or another version of the app, helps here. */
const isForGood: ReadonlySet<string> = new Set(['unauthorized', 'manifest-version-unsupported'])

const slowBackoff = { baseMs: 30_000, maxMs: 60_000 }
/** A person reads two fingerprints meanwhile, and decides. */
const isForPeople: ReadonlySet<string> = new Set([
  'bundle-unsigned',
  'bundle-key-changed',
  'bundle-rolled-back',
])

/**
 * Opens a bundle again that could not be opened, for as long as the page is there: what was in the way may be
 * gone.
 */
export function watchBundle({ bundle }: Pick<App, 'bundle'>): () => void {
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  return effect(() => {
    const state = bundle.state.value
    clearTimeout(timer)
    if (state.kind === 'open') attempt = 0
    if (state.kind !== 'failed' || isForGood.has(state.error.code)) return
    timer = setTimeout(
      () => void bundle.open(),
      backoffMs(attempt++, isForPeople.has(state.error.code) ? slowBackoff : openBackoff, Math.random),
    )
  })
}

/** On a first visit the service worker takes over a moment later; only after that is it worth a word. */
const graceMs = 8_000

/** Says so where nothing outlives the page. */
export function watchPersistence(app: App): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    clearTimeout(timer)
    if (app.cacheView.isPersistent.value) {
      app.notices.dismiss('memory-only')
      return
    }
    timer = setTimeout(() => {
      app.notices.show({
        about: 'memory-only',
        kind: 'info',
        message:
          'What is fetched is kept only while this page is open: this browser lets the app store nothing here. Everything else works.',
      })
    }, graceMs)
  })
}
