import { effect, signal } from '@preact/signals'
import type { App } from '../app.ts'
import { registerServiceWorker, type AppUpdate } from './service-worker.ts'

/**
 * Registers the service worker. A new version is offered when nothing plays, and one that another page has
 * put in force reloads this one only where nothing was played yet: neither a stream nor what it has left on
 * the screen is taken from anybody.
 */
export function startServiceWorker(app: App): void {
  const update = signal<AppUpdate | undefined>(undefined)
  const isReplaced = signal(false)
  void registerServiceWorker({
    onUpdateReady: (ready) => void (update.value = ready),
    onTakeover: () => void (isReplaced.value = true),
  })
  let isWanted = false
  effect(() => {
    if (isReplaced.value) {
      if (isWanted || app.player.state.value === 'idle') location.reload()
      else if (app.isStreaming.value) app.notices.dismiss('update')
      else offerReload()
      return
    }
    const ready = update.value
    if (ready === undefined || app.isStreaming.value) {
      app.notices.dismiss('update')
      return
    }
    app.notices.show({
      about: 'update',
      kind: 'info',
      message: 'A new version of this app is ready. What is cached stays.',
      action: {
        label: 'Use it now',
        run: () => {
          isWanted = true
          ready.apply()
        },
      },
    })
  })

  function offerReload(): void {
    app.notices.show({
      about: 'update',
      kind: 'info',
      message:
        'Another window has put a new version of this app in force. This one uses it once it is loaded again. What is cached stays.',
      action: { label: 'Load it now', run: () => location.reload() },
    })
  }
}
