import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requireLayers } from '../../core/bundle/full-network.ts'
import { parseManifest } from '../../core/bundle/parse-manifest.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { planNetwork } from '../../core/network/plan.ts'
import { createRandom } from '../../core/random.ts'
import { currentCommit } from '../../train/run/commit.ts'
import { machine, packageVersion } from '../harness/machine.ts'
import { watchOtherWork } from '../harness/other-work.ts'
import { ratios, spreadOf, type Spread } from '../harness/spread.ts'
import { writeResult } from '../harness/write-result.ts'
import { measureInChromium } from './measure-in-chromium.ts'
import { mobileNetwork } from './mobile-network.ts'
import type { ReleasedNetwork } from './order.ts'
import type { KernelsBenchSettings } from './settings.ts'

async function releasedNetworks(folder: string): Promise<Record<'partition' | 'full', ReleasedNetwork>> {
  const manifest: Manifest = parseManifest(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')))
  const blob = async (sha256: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(join(folder, 'blobs', `${sha256}.bin`)))
  const { networks, generalist, full, id } = manifest
  return {
    partition: {
      name: `${id}/generalist`,
      spec: networks.generalist,
      blob: await blob(generalist.whole.sha256),
    },
    full: { name: `${id}/full`, spec: requireLayers(networks.full), blob: await blob(full.whole.sha256) },
  }
}

const show = ({ n, median, least, most }: Spread): string =>
  `${median.toFixed(3)} (${least.toFixed(3)}–${most.toFixed(3)}, n = ${n})`

/** Measures our kernels against tfjs's in one page, says what came out and writes the numbers. */
export async function runKernelsBench(
  { rounds, bundles, bundle, out }: KernelsBenchSettings,
  { chromium, say }: { readonly chromium: string; readonly say: (line: string) => void },
): Promise<void> {
  const ids = (await readdir(bundles, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  const compared: ReleasedNetwork[] = []
  for (const id of ids) compared.push(...Object.values(await releasedNetworks(join(bundles, id))))
  const random = createRandom(9)
  const mobile = mobileNetwork(() => random.normal())
  compared.push(mobile)
  const timed = { ...(await releasedNetworks(join(bundles, bundle))), mobile }
  const otherWork = watchOtherWork()
  const answer = await measureInChromium(chromium, { timed, compared, rounds })
  const otherCores = otherWork()
  const of = (name: string): readonly number[] => answer.msPerFrame[name] ?? []
  const over = (name: string): Spread => spreadOf(ratios(of(`${name}Tfjs`), of(name)))
  const spread = {
    partitionOverTfjs: over('partition'),
    fullOverTfjs: over('full'),
    mobileOverTfjs: over('mobile'),
  }
  const overPlain = Object.fromEntries(
    ['partition', 'full', 'mobile'].map((name) => [
      name,
      spreadOf(ratios(of(`${name}Tfjs`), of(`${name}Plain`))),
    ]),
  )
  const msPerFrame = Object.fromEntries(
    Object.entries(answer.msPerFrame).map(([name, times]) => [name, spreadOf(times)]),
  )
  for (const [name, times] of Object.entries(msPerFrame)) say(`${name.padEnd(20)}${show(times)} ms`)
  for (const [name, values] of Object.entries(spread)) say(`${name.padEnd(20)}${show(values)}`)
  for (const [name, values] of Object.entries(overPlain)) say(`${`${name}, plain`.padEnd(20)}${show(values)}`)
  const largest = Math.max(...Object.values(answer.largestDifference))
  say(`largest difference of a logit ${largest.toExponential(1)}`)
  const medians = Object.fromEntries(Object.entries(spread).map(([name, { median }]) => [name, median]))
  const result = {
    ...medians,
    command: 'npm run bench -- kernels',
    measuredAt: new Date().toISOString(),
    commit: await currentCommit(),
    machine: machine(),
    coresKeptBusyByOthers: otherCores,
    browser: answer.hasRelaxedSimd ? 'relaxed SIMD' : 'plain SIMD',
    versions: Object.fromEntries(
      ['@tensorflow/tfjs-backend-wasm', 'assemblyscript', 'playwright-core'].map((name) => [
        name,
        packageVersion(name),
      ]),
    ),
    n: rounds,
    megaMacs: {
      partition: planNetwork(timed.partition.spec).megaMacs,
      full: planNetwork(timed.full.spec).megaMacs,
      mobile: planNetwork(mobile.spec).megaMacs,
    },
    spread,
    /** The same without relaxed SIMD, as browsers have it that lack it. */
    plainOverTfjs: overPlain,
    msPerFrame,
    largestLogitDifference: answer.largestDifference,
    raw: answer.msPerFrame,
  }
  await writeResult(out, result, say)
}
