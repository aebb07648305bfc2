import { signal, type ReadonlySignal } from '@preact/signals'
import type { App } from './app.ts'
import { requestPersistence } from './cache/storage-facts.ts'
import { createCameraSource, type Facing } from './sources/camera.ts'
import { createDemoSource } from './sources/demo.ts'
import { createImagesSource } from './sources/images.ts'
import type { Rate } from './sources/pace.ts'
import { parseDemoScript } from './state/settings-schema.ts'

/** What the buttons do. None of it rejects: what goes wrong is told in a notice, and in the player's state. */
export interface Playback {
  readonly facing: ReadonlySignal<Facing>
  playDemo(): Promise<void>
  playCamera(): Promise<void>
  /** The camera on the other side, at once where the camera is playing. */
  turnCamera(): Promise<void>
  playFiles(files: readonly File[], kind: 'images' | 'folder'): Promise<void>
  stop(): Promise<void>
}

/** Without `?seed=` the demo is another one each time. */
function seedOf(parameters: URLSearchParams): number {
  const given = Number.parseInt(parameters.get('seed') ?? '', 10)
  return Number.isSafeInteger(given) ? given : Math.floor(Math.random() * 2 ** 31)
}

export function createPlayback(app: App, parameters: URLSearchParams): Playback {
  const facing = signal<Facing>('environment')
  const rate = (): Rate => app.settings.values.value.rate
  let hasAsked = false

  function begin(): void {
    app.notices.dismiss('stream')
    // In the wake of a tap, and once somebody uses the app: browsers grant it to those.
    if (!hasAsked) void requestPersistence()
    hasAsked = true
  }

  async function playCamera(): Promise<void> {
    begin()
    const { video } = app.stage
    if (video === null || (await app.bundle.whenOpen()) === undefined) return
    await app.player.play(createCameraSource({ video, facing: facing.value, rate }))
  }

  return {
    facing,
    playCamera,
    async playDemo() {
      begin()
      const bundle = await app.bundle.whenOpen()
      if (bundle === undefined) return
      const { input, classNames } = bundle.manifest
      const script = parseDemoScript(parameters)
      await app.player.play(createDemoSource({ input, classNames, rate, seed: seedOf(parameters), script }))
    },
    async turnCamera() {
      facing.value = facing.value === 'environment' ? 'user' : 'environment'
      if (app.player.state.value === 'playing' && app.player.sourceKind.value === 'camera') await playCamera()
    },
    async playFiles(files, kind) {
      begin()
      if ((await app.bundle.whenOpen()) === undefined) return
      const onUnreadable = (name: string): void =>
        app.notices.show({ about: 'file', kind: 'warning', message: `${name} cannot be read as an image and was left out; the others play on.` })
      await app.player.play(createImagesSource(files, { kind, rate, onUnreadable }))
    },
    stop: () => app.player.stop(),
  }
}
