import { effect, signal } from '@preact/signals'
import type { App } from '../app.ts'
import { registerServiceWorker, type AppUpdate } from './service-worker.ts'

/** Registers the service worker. A new version is offered when nothing plays: a stream is never interrupted for it. */
export function startServiceWorker(app: App): void {
  const update = signal<AppUpdate | undefined>(undefined)
  void registerServiceWorker({ onUpdateReady: (ready) => void (update.value = ready) })
  effect(() => {
    const ready = update.value
    if (ready === undefined || app.isStreaming.value) {
      app.notices.dismiss('update')
      return
    }
    app.notices.show({
      about: 'update',
      kind: 'info',
      message: 'A new version of this app is ready. What is cached stays.',
      action: { label: 'Use it now', run: () => ready.apply() },
    })
  })
}
