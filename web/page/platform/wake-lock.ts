import { effect, type ReadonlySignal } from '@preact/signals'

/**
 * Keeps the screen on while something plays: nobody touches a phone that is watching. Where that is not
 * possible, it goes off.
 */
export function keepAwake(isPlaying: ReadonlySignal<boolean>): void {
  let lock: Promise<WakeLockSentinel | undefined> | undefined

  function update(): void {
    const isWanted = isPlaying.value && document.visibilityState === 'visible'
    if (!isWanted) {
      void lock?.then((held) => held?.release()).catch(() => undefined)
      lock = undefined
    } else if ('wakeLock' in navigator) lock ??= navigator.wakeLock.request('screen').catch(() => undefined)
  }

  // The browser takes the lock away from a page that is hidden, and does not give it back.
  document.addEventListener('visibilitychange', update)
  effect(update)
}
