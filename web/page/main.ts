// Before all else.
import { takeInferenceWorker } from './boot/start.ts'
import { computed, effect } from '@preact/signals'
import { h, render } from 'preact'
import './styles/page.css'
import { createApp } from './app.ts'
import { createInstall } from './platform/install.ts'
import { createPlayback } from './stream/playback.ts'
import { playAtStart } from './boot/play-at-start.ts'
import { safeStorage } from './platform/safe-storage.ts'
import { createScreen } from './state/screen.ts'
import { hasStarted, noteStarted } from './boot/start-again.ts'
import { takeEdgeLink } from './boot/take-edge-link.ts'
import { followTheme } from './platform/theme.ts'
import { numberStyle } from './views/format.ts'
import { watchBundle, watchNetwork, watchPersistence } from './boot/watch-app.ts'
import { Page } from './views/page.tsx'
import { keepAwake } from './platform/wake-lock.ts'
import { startServiceWorker } from './platform/start-service-worker.ts'

function startPage(): void {
  noteStarted(document)
  const parameters = new URLSearchParams(location.search)

  const app = createApp({ storage: safeStorage(), parameters, createWorker: takeInferenceWorker })
  const reopen = (): void => void app.bundle.open()
  takeEdgeLink({ app, reopen })
  // The code may be scanned while the app is open.
  addEventListener('hashchange', () => {
    if (takeEdgeLink({ app, reopen })) reopen()
  })
  const playback = createPlayback(app, parameters)
  const install = createInstall()
  const { screen, reportedPlace } = createScreen(window)
  followTheme(computed(() => app.settings.values.value.theme))
  effect(() => void (numberStyle.value = app.settings.values.value.numbers))

  const root = document.getElementById('page')
  if (root !== null) {
    root.replaceChildren()
    render(h(Page, { app, playback, install, screen, reportedPlace }), root)
  }

  startServiceWorker(app)
  watchNetwork(app)
  watchBundle(app)
  watchPersistence(app)
  keepAwake(app.isPlaying)
  void app.bundle.open()
  void playAtStart(playback, parameters)
}

// Once, also where this script came late, and was asked for again meanwhile.
if (!hasStarted(document)) startPage()
