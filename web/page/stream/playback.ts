import { computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import type { Manifest } from '../../../core/bundle/manifest.ts'
import type { App } from '../app.ts'
import { requestPersistence } from '../partitions/storage-facts.ts'
import { createCameraSource, type Facing } from '../sources/camera.ts'
import { hasDemo } from '../sources/demo-cast.ts'
import { drawnAhead } from '../sources/drawn-ahead.ts'
import type { Rate } from '../sources/pace.ts'
import { lazySource } from '../sources/lazy-source.ts'
import type { FrameSource } from '../sources/source.ts'
import { createTorch, type TorchState } from '../sources/torch.ts'
import { createVideoSource } from '../sources/video.ts'
import { parseDemoScript } from '../state/settings-schema.ts'

/**
 * What the buttons do. None of it rejects: what goes wrong is told in a notice, and in the player's state.
 */
export interface Playback {
  readonly facing: ReadonlySignal<Facing>
  readonly torch: ReadonlySignal<TorchState>
  /** Whether the demo shows what the bundle knows; true until that is known. */
  readonly hasDemo: ReadonlySignal<boolean>
  playDemo(): Promise<void>
  playCamera(): Promise<void>
  /** The camera on the other side, at once where the camera is playing. */
  turnCamera(): Promise<void>
  toggleTorch(): Promise<void>
  /** The first video among the files, or else the images. */
  playFiles(files: readonly File[], kind: 'images' | 'folder'): Promise<void>
  pause(): void
  resume(): void
  stop(): Promise<void>
}

/** Without `?seed=` the demo is another one each time. */
function seedOf(parameters: URLSearchParams): number {
  const given = Number.parseInt(parameters.get('seed') ?? '', 10)
  return Number.isSafeInteger(given) ? given : Math.floor(Math.random() * 2 ** 31)
}

const isVideo = ({ type, name }: File): boolean =>
  type.startsWith('video/') || /\.(mp4|m4v|mov|webm|ogv)$/i.test(name)

export function createPlayback(app: App, parameters: URLSearchParams): Playback {
  const facing = signal<Facing>('environment')
  const torch = createTorch()
  const rate = (): Rate => app.settings.values.value.rate
  const isOfDemo = computed(() => {
    const manifest = app.bundle.opened.value?.manifest
    return manifest === undefined || hasDemo(manifest.classNames)
  })
  let hasAsked = false

  // A stream that is paused shows the picture that was answered last, and not what goes on meanwhile.
  effect(() => {
    const { video } = app.stage
    const state = app.player.state.value
    if (video === null) return
    if (state === 'paused') video.pause()
    else if (state === 'playing' && video.paused && (video.srcObject !== null || video.src !== ''))
      void video.play().catch(() => undefined)
  })

  function begin(): void {
    // What went wrong with an earlier stream is not this one's.
    for (const about of ['stream', 'file', 'left-out', 'partition', 'threads']) app.notices.dismiss(about)
    // In the wake of a tap, and once somebody uses the app: browsers grant it to those.
    if (!hasAsked) void requestPersistence()
    hasAsked = true
  }

  async function playCamera(): Promise<void> {
    begin()
    const { video } = app.stage
    if (video === null || (await app.bundle.whenOpen()) === undefined) return
    await app.player.play(
      createCameraSource({
        video,
        facing: facing.value,
        rate,
        onTrack: (track) => torch.follow(track),
        onLastPicture: () => app.stage.keepVideo(),
      }),
    )
  }

  return {
    facing,
    torch: torch.state,
    playCamera,
    // Who writes a script into the address knows what is played.
    hasDemo: computed(() => parseDemoScript(parameters) !== undefined || isOfDemo.value),
    async playDemo() {
      begin()
      // Drawing people takes code that nobody needs before; it comes while the networks do.
      const loading = import('../sources/demo.ts')
      loading.catch(() => undefined)
      const script = parseDemoScript(parameters)
      const create = async (manifest: Manifest): Promise<FrameSource> => {
        const { createDemoSource, demoSites } = await loading
        const { classNames, input } = manifest
        return createDemoSource({
          input,
          classNames,
          sites: demoSites(manifest),
          rate,
          seed: seedOf(parameters),
          script,
        })
      }
      const expected = await app.bundle.whenManifest()
      if (expected !== undefined && script === undefined && !hasDemo(expected.classNames)) {
        app.notices.show({
          about: 'stream',
          kind: 'info',
          message:
            'The demo shows people whom this bundle was not trained on. Play the camera, or pictures of what it knows.',
        })
        return
      }
      const drawing = expected === undefined ? undefined : create(expected).then(drawnAhead)
      drawing?.catch(() => undefined)
      const bundle = await app.bundle.whenOpen()
      if (bundle === undefined) return
      // Another bundle may have been chosen meanwhile.
      const load = (): Promise<FrameSource> =>
        drawing !== undefined && bundle.manifest === expected ? drawing : create(bundle.manifest)
      await app.player.play(lazySource({ kind: 'demo', isLossless: script !== undefined }, load))
    },
    async turnCamera() {
      facing.value = facing.value === 'environment' ? 'user' : 'environment'
      if (app.isStreaming.value && app.player.sourceKind.value === 'camera') await playCamera()
    },
    toggleTorch: () => torch.toggle(),
    async playFiles(files, kind) {
      begin()
      if ((await app.bundle.whenOpen()) === undefined) return
      const { video } = app.stage
      const film = kind === 'images' ? files.find(isVideo) : undefined
      if (film !== undefined && video !== null) {
        await app.player.play(
          createVideoSource({ video, file: film, rate, onLastPicture: () => app.stage.keepVideo() }),
        )
        return
      }
      const onUnreadable = (message: string): void =>
        app.notices.show({ about: 'file', kind: 'warning', message })
      const onLeftOut = (message: string): void =>
        app.notices.show({ about: 'left-out', kind: 'info', message })
      const load = async (): Promise<FrameSource> => {
        const { createImagesSource } = await import('../sources/images.ts')
        return createImagesSource(files, { kind, rate, onUnreadable, onLeftOut })
      }
      await app.player.play(lazySource({ kind, isLossless: true }, load))
    },
    pause: () => app.player.pause(),
    resume: () => app.player.resume(),
    stop: () => app.player.stop(),
  }
}
