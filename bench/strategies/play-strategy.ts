import { CacheNetError } from '../../core/wire/errors.ts'
import { aheadOfOthers, deviceCpu, slowDown, type SlowDevice } from '../harness/slow-device.ts'
import { networkProfiles } from '../network/profiles.ts'
import type { StreamImage } from '../replay/list-images.ts'
import { playInPage } from '../replay/play-in-page.ts'
import { withStreamFolder } from '../replay/stream-folder.ts'
import { measureRun, type MeasuredRun, type Run } from './measure-run.ts'
import type { Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'
import type { Played } from './strategy.ts'

export interface PlayTools {
  readonly stage: Stage
  readonly chromium: string
  /** Share of the CPU that makes the device as slow as the scenario says; 1 leaves it alone. */
  readonly cpuShare: number
  readonly commit: string
  /** The full model's answers to the stream, where they are known. */
  readonly reference?: readonly string[] | undefined
}

export interface Turn extends Pick<Run, 'round' | 'seed' | 'turn'> {
  readonly strategy: Played
}

/**
 * *Edge* is the full model at the edge, and nowhere else; *Device* has it as its generalist. All others may
 * take it to the device where that pays, as the page does by itself.
 */
const fullModelOf = (strategy: Played): string => (/^(edge|device|hit)/.test(strategy) ? 'never' : 'auto')

const pollMs = 1_000
/**
 * A phone's. There is no GPU here, so that every pixel costs the device's CPU time that a phone's would not
 * be asked for.
 */
const viewport = { width: 360, height: 640 }

/**
 * What runs the page and its workers lives on the device's CPU; what draws pixels and speaks TCP does not: a
 * phone has other cores, and a GPU, for that.
 */
const onDeviceCpu = (): string[] => [
  '--no-zygote',
  `--renderer-cmd-prefix=nice -n ${aheadOfOthers} taskset -c ${deviceCpu()}`,
]

/**
 * Plays a stream with a strategy in a fresh browser and measures it. Page, bundle and service worker are
 * loaded over a fast network on a fast device; both get slow just before the first frame, and the device fast
 * again before the log is exported. Throws `source-unavailable` where the page and the edge do not agree on
 * what happened.
 */
export async function playStrategy(
  signal: AbortSignal,
  images: readonly StreamImage[],
  scenario: Pick<Scenario, 'network' | 'cache'>,
  turn: Turn,
  { stage, chromium, cpuShare, commit, reference }: PlayTools,
): Promise<MeasuredRun> {
  const { strategy, ...place } = turn
  const { proxy } = stage
  const bundleId = stage.ids.get(strategy)
  if (bundleId === undefined) throw new RangeError(`no bundle for ${strategy}`)
  let device: SlowDevice | undefined
  let startMs = 0
  let played = { seconds: 0, wireBytesUp: 0, wireBytesDown: 0 }
  proxy.setProfile(networkProfiles.loopback)
  stage.takeCounts()
  try {
    return await withStreamFolder(signal, images, async (folder) => {
      // A signal of its own: what listens to it goes with the run.
      const log = await playInPage(AbortSignal.any([signal]), {
        chromium,
        origin: `http://127.0.0.1:${proxy.port}`,
        bundleId,
        cachePartitions: scenario.cache,
        isSavingData: false,
        query: { downloads: 'background', pace: 'idle', full: fullModelOf(strategy) },
        folder,
        pollMs,
        viewport,
        ...(cpuShare < 1 && { browserArguments: onDeviceCpu() }),
        onProgress: () => undefined,
        async beforePlay() {
          proxy.setProfile(networkProfiles[scenario.network])
          proxy.resetBytes()
          if (cpuShare < 1) device = await slowDown(cpuShare)
          startMs = performance.now()
        },
        async afterPlay() {
          played = {
            seconds: (performance.now() - startMs) / 1000,
            wireBytesUp: proxy.bytes.up,
            wireBytesDown: proxy.bytes.down,
          }
          await device?.stop()
          proxy.setProfile(networkProfiles.loopback)
        },
      })
      const measured = measureRun(log, {
        ...place,
        ...played,
        commit,
        framesSent: images.length,
        classNames: stage.manifest.classNames,
        reference,
        edge: stage.takeCounts(),
      })
      const { disagreements } = measured
      if (disagreements.length > 0 && scenario.network !== 'offline')
        throw new CacheNetError(
          'source-unavailable',
          `Page and edge do not agree: ${disagreements.join('; ')}.`,
          { strategy },
        )
      return measured
    })
  } finally {
    await device?.stop()
  }
}
