import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mean } from '../../core/mean.ts'
import { drawSet } from '../../train/data/draw-set.ts'
import { currentCommit } from '../../train/run/commit.ts'
import { machine, packageVersion } from '../harness/machine.ts'
import { watchOtherWork } from '../harness/other-work.ts'
import { spreadOf, type Spread } from '../harness/spread.ts'
import { writeResult } from '../harness/write-result.ts'
import { accuraciesOf, type Accuracies } from './accuracies.ts'
import type { FewBenchSettings } from './settings.ts'
import { trainOnce, type Trained } from './train-once.ts'

/** What a person has at hand: four classes of sixty photographs, nothing put aside for choices or a test. */
const photographs = { classes: 4, train: 60, test: 0 } as const

const arms = ['scratch', 'base'] as const
type Arm = (typeof arms)[number]

interface Outcome extends Accuracies {
  readonly seed: number
  readonly seconds: number
  readonly cpuSeconds: number
}

const networks = ['full', 'generalist', 'whole'] as const

const show = ({ n, median, least, most }: Spread): string =>
  `${median.toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)}, n = ${n})`

const outcomeOf = (seed: number, { manifest, seconds, cpuSeconds }: Trained): Outcome => ({
  seed,
  ...accuraciesOf(manifest),
  seconds,
  cpuSeconds,
})

/**
 * Trains on few images from scratch and with a base, in turns on the same images, then four classes of sixty
 * photographs by default; says what came out and writes the numbers.
 */
export async function runFewBench(settings: FewBenchSettings, say: (line: string) => void): Promise<void> {
  const { data, from, classes, images, test, seeds, out } = settings
  const work = await mkdtemp(join(tmpdir(), 'cachenet-few-'))
  const otherWork = watchOtherWork()
  const outcomes: Record<Arm, Outcome[]> = { scratch: [], base: [] }
  const photographed: Outcome[] = []
  try {
    for (const [round, seed] of seeds.entries()) {
      const folder = join(work, `few-${seed}`)
      await drawSet(data, folder, { classes, train: images, test }, seed)
      // Who comes first has the quieter or the busier machine: each in turn.
      for (const arm of round % 2 === 0 ? arms : [...arms].reverse()) {
        const args = ['--from', arm === 'base' ? from : 'none', '--set', `seed=${seed}`]
        const outcome = outcomeOf(seed, await trainOnce(folder, work, `${arm}-${seed}`, args))
        outcomes[arm].push(outcome)
        const shares = networks.map((name) => `${name} ${(outcome[name] * 100).toFixed(1)} %`)
        say(`${arm}, seed ${seed}: ${shares.join(', ')}; ${outcome.seconds.toFixed(0)} s`)
      }
      const own = join(work, `photographs-${seed}`)
      await drawSet(data, own, photographs, seed)
      const trained = await trainOnce(join(own, 'train'), work, `photographs-${seed}`, [
        '--set',
        `seed=${seed}`,
      ])
      photographed.push(outcomeOf(seed, trained))
      say(`4 x 60, seed ${seed}: ${trained.seconds.toFixed(0)} s, ${trained.cpuSeconds.toFixed(0)} s of CPU`)
    }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  const otherCores = otherWork()
  const points = Object.fromEntries(
    networks.map((name) => [
      name,
      spreadOf(
        seeds.map((seed) => {
          const of = (arm: Arm): number =>
            outcomes[arm].find((outcome) => outcome.seed === seed)?.[name] ?? NaN
          return (of('base') - of('scratch')) * 100
        }),
      ),
    ]),
  ) as Record<(typeof networks)[number], Spread>
  const meanOf = (arm: Arm): Record<string, number> =>
    Object.fromEntries(networks.map((name) => [name, mean(outcomes[arm].map((outcome) => outcome[name]))]))
  const accuracy = { scratch: meanOf('scratch'), base: meanOf('base') }
  const gained = (name: (typeof networks)[number]): number =>
    ((accuracy.base[name] ?? NaN) - (accuracy.scratch[name] ?? NaN)) * 100
  const seconds = spreadOf(photographed.map((outcome) => outcome.seconds))
  for (const name of networks) say(`${name.padEnd(12)}${show(points[name])} points over scratch`)
  say(`4 x 60      ${show(seconds)} s`)
  const result = {
    /** Mean over the seeds, of full model or generalist: whichever gains less. */
    overScratchPoints: Math.min(gained('full'), gained('generalist')),
    secondsFor4x60: seconds.median,
    command: `npm run bench -- few --data DIR${from === 'cifar10' ? '' : ` --from ${from}`}`,
    measuredAt: new Date().toISOString(),
    commit: await currentCommit(),
    machine: machine(),
    coresKeptBusyByOthers: otherCores,
    versions: { '@tensorflow/tfjs-backend-wasm': packageVersion('@tensorflow/tfjs-backend-wasm') },
    n: seeds.length,
    set: { classes, images, testImages: classes * test, base: from },
    accuracy,
    spread: {
      points,
      secondsFor4x60: seconds,
      cpuSecondsFor4x60: spreadOf(photographed.map((outcome) => outcome.cpuSeconds)),
    },
    raw: { ...outcomes, photographs: photographed },
  }
  await writeResult(out, result, say)
}
