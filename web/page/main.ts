import { h, render } from 'preact'
import './styles/page.css'
import { createApp } from './app.ts'
import { createInstall } from './install.ts'
import { createPlayback } from './playback.ts'
import { watchNetwork, watchPersistence } from './watch.ts'
import { Page } from './views/page.tsx'
import { keepAwake } from './wake-lock.ts'
import { startServiceWorker } from './workers/start-service-worker.ts'

const parameters = new URLSearchParams(location.search)
const createWorker = (): Worker => new Worker(new URL('../inference-worker/main.ts', import.meta.url), { type: 'module', name: 'inference' })

const app = createApp({ storage: localStorage, parameters, createWorker })
const playback = createPlayback(app, parameters)
const install = createInstall()

const root = document.getElementById('page')
if (root !== null) render(h(Page, { app, playback, install }), root)

startServiceWorker(app)
watchNetwork(app)
watchPersistence(app)
keepAwake(app.isPlaying)
void app.bundle.open()
