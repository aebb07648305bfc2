import { encodeWeights } from '../../core/bundle/weights.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { createRandom } from '../../core/random.ts'
import { isSeparable } from '../../train/models/architecture.ts'
import { inferenceSpec } from '../../train/models/fold.ts'
import { currentCommit } from '../../train/run/commit.ts'
import { machine } from '../harness/machine.ts'
import { watchOtherWork } from '../harness/other-work.ts'
import { spreadOf } from '../harness/spread.ts'
import { writeResult } from '../harness/write-result.ts'
import { measureInChromium } from '../kernels/measure-in-chromium.ts'
import { randomWeights } from '../kernels/random-weights.ts'
import { ladder, sizes } from './ladder.ts'
import type { FamiliesBenchSettings } from './settings.ts'

/**
 * Times networks of both families in the phone's engine, with weights that know nothing, and writes what each
 * takes: `npm run experiment -- family` finds networks of equal time in it.
 */
export async function runFamiliesBench(
  { rounds, passes, classes, out }: FamiliesBenchSettings,
  { chromium, say }: { readonly chromium: string; readonly say: (line: string) => void },
): Promise<void> {
  const random = createRandom(11)
  // Drawn once: there are a hundred networks of a million weights.
  const drawn = Float32Array.from({ length: 4099 }, () => random.normal())
  let next = 0
  const normal = (): number => drawn[next++ % drawn.length] ?? 0
  const networks = sizes.flatMap((size) =>
    ladder(size, classes).map((architecture, index) => ({
      name: `${size}-${index}`,
      architecture,
      spec: inferenceSpec(architecture),
    })),
  )
  const timed = Object.fromEntries(
    networks.map(({ name, spec }) => [
      name,
      {
        name,
        spec,
        blob: encodeWeights(spec, randomWeights(spec, normal)),
      },
    ]),
  )
  const otherWork = watchOtherWork()
  const { msPerFrame, hasRelaxedSimd } = await measureInChromium(chromium, {
    timed,
    compared: [],
    rounds,
    passes,
    isShippedOnly: true,
  })
  const otherCores = otherWork()
  const rows = networks.map(({ name, architecture, spec }) => {
    const { megaMacs, parameters } = planNetwork(spec)
    const { classes: _, ...size } = architecture
    return { ...size, megaMacs, parameters, ms: spreadOf(msPerFrame[name] ?? []) }
  })
  for (const { ms, megaMacs, ...row } of rows) {
    const size = isSeparable({ ...row, classes })
      ? `separable ${'width' in row ? `${row.width.toFixed(3)} x ${row.depth}` : ''}`
      : `plain ${'widths' in row ? row.widths.join('-') : ''}`
    say(
      `${row.size} px  ${size.padEnd(20)}${megaMacs.toFixed(2).padStart(7)} MMACs  ${ms.median.toFixed(3)} ms ` +
        `(${ms.least.toFixed(3)}–${ms.most.toFixed(3)}, n = ${ms.n})`,
    )
  }
  await writeResult(
    out,
    {
      command: 'npm run bench -- families',
      measuredAt: new Date().toISOString(),
      commit: await currentCommit(),
      machine: machine(),
      coresKeptBusyByOthers: otherCores,
      browser: hasRelaxedSimd ? 'relaxed SIMD' : 'plain SIMD',
      n: rounds * passes,
      rows,
    },
    say,
  )
}
