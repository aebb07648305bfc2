import { defineCommand, renderUsage, runMain, type ArgsDef, type CommandDef } from 'citty'
import { CacheNetError } from '../core/wire/errors.ts'
import { runEdgeBench } from './edge/run-edge-bench.ts'
import { edgeBenchFlags, resolveEdgeBenchSettings } from './edge/settings.ts'
import { runFamiliesBench } from './families/run-families-bench.ts'
import { familiesBenchFlags, resolveFamiliesBenchSettings } from './families/settings.ts'
import { runFewBench } from './few/run-few-bench.ts'
import { fewBenchFlags, resolveFewBenchSettings } from './few/settings.ts'
import { onStopSignal } from '../edge/stop-on-signal.ts'
import { findChromium } from '../test/find-chromium.ts'
import { runKernelsBench } from './kernels/run-kernels-bench.ts'
import { kernelsBenchFlags, resolveKernelsBenchSettings } from './kernels/settings.ts'
import { runPlacesBench } from './places/run-places-bench.ts'
import { placesBenchFlags, resolvePlacesBenchSettings } from './places/settings.ts'
import { runStrategiesBench } from './strategies/run-strategies-bench.ts'
import { resolveStrategiesSettings, strategiesFlags } from './strategies/settings.ts'
import { runTrainingBench } from './training/run-training-bench.ts'
import { resolveTrainingBenchSettings, trainingBenchFlags } from './training/settings.ts'

const examples = `EXAMPLES

  npm run bench -- training                a training step against XNNPACK's forward rate and the stock cpu backend; threads; memory
  npm run bench -- edge                    frames and blobs of the edge: native, WASM and nginx side by side
  npm run bench -- edge --bundle cifar10   with a bundle of public/bundles instead of one of random weights
  npm run bench -- kernels                 our convolutions in Chromium against tfjs's: partition, full model, a mobile network
  npm run bench -- families                networks of both families, timed in the phone's engine in Chromium
  npm run bench -- few --data DIR          few pictures: from scratch against a released base; DIR holds CIFAR-100's images
  npm run bench -- places                  places that training never saw, learned by a real edge: misses, time, latency
  npm run bench -- strategies --data DIR   Device, Edge, Cascade and CacheNet in the real page; DIR holds CIFAR-10's images
  npm run bench -- strategies --data DIR --only headline --resume
  npm run bench -- strategies --folder DIR --bundle cifar10   the same strategies over images of your own

Each bench prints what it measured and writes it, with machine, versions and commit, to bench/results/.`

function fail(thrown: unknown): void {
  const { code, message } = CacheNetError.from(thrown)
  process.stderr.write(
    code === 'internal' && thrown instanceof Error ? `${thrown.stack ?? message}\n` : `${message}\n`,
  )
  process.exitCode = 1
}

/** A bench as a command: its flags, and what runs with them. */
const bench = <Flags extends ArgsDef>(
  name: string,
  description: string,
  args: Flags,
  run: (
    rawArgs: string[],
    flags: Readonly<Record<string, unknown>>,
    say: (text: string) => void,
  ) => Promise<void>,
): CommandDef<Flags> =>
  defineCommand({
    meta: { name: `npm run bench -- ${name}`, description },
    args,
    run: (context) =>
      run(context.rawArgs, context.args, (text) => void process.stdout.write(`${text}\n`)).catch(fail),
  })

const training = bench(
  'training',
  'How fast a training step is, against what it is to beat',
  trainingBenchFlags,
  async (rawArgs, flags, say) => runTrainingBench(resolveTrainingBenchSettings(rawArgs, flags), say),
)
const edge = bench(
  'edge',
  'Frames a second, latency and blobs of the edge, each against what it is to beat',
  edgeBenchFlags,
  async (rawArgs, flags, say) => runEdgeBench(resolveEdgeBenchSettings(rawArgs, flags), say),
)

const few = bench(
  'few',
  'Training on few pictures: with the trunks of a released bundle, against from scratch',
  fewBenchFlags,
  async (rawArgs, flags, say) => runFewBench(resolveFewBenchSettings(rawArgs, flags), say),
)

const places = bench(
  'places',
  'Places that training never saw, before and after an edge learned them',
  placesBenchFlags,
  async (rawArgs, flags, say) => runPlacesBench(resolvePlacesBenchSettings(rawArgs, flags), say),
)

/** Throws `config-invalid` where there is none. */
function requireChromium(): string {
  const chromium = findChromium()
  if (chromium !== '') return chromium
  throw new CacheNetError(
    'config-invalid',
    'There is no Chromium or Chrome on this machine. Install one, or set CHROMIUM_PATH to one.',
  )
}
const kernels = bench(
  'kernels',
  'Our convolutions in the browser against those of tfjs',
  kernelsBenchFlags,
  async (rawArgs, flags, say) => {
    const settings = resolveKernelsBenchSettings(rawArgs, flags)
    await runKernelsBench(settings, { chromium: requireChromium(), say })
  },
)

const families = bench(
  'families',
  'Networks of both families in the engine of the phone, by size',
  familiesBenchFlags,
  async (rawArgs, flags, say) => {
    const settings = resolveFamiliesBenchSettings(rawArgs, flags)
    await runFamiliesBench(settings, { chromium: requireChromium(), say })
  },
)

async function runInBrowser(
  rawArgs: string[],
  flags: Readonly<Record<string, unknown>>,
  say: (text: string) => void,
): Promise<void> {
  const chromium = requireChromium()
  const controller = new AbortController()
  const forgetSignals = onStopSignal(() =>
    controller.abort(new CacheNetError('aborted', 'Stopped. What was measured so far is written.')),
  )
  try {
    await runStrategiesBench(controller.signal, resolveStrategiesSettings(rawArgs, flags), { chromium, say })
  } finally {
    forgetSignals()
  }
}
const strategies = bench(
  'strategies',
  'Device, Edge, Cascade and CacheNet side by side, in the real page',
  strategiesFlags,
  runInBrowser,
)

const command = defineCommand({
  meta: { name: 'npm run bench --', description: 'Measurements on the real thing' },
  subCommands: { training, edge, kernels, families, few, places, strategies },
})

await runMain(command, {
  showUsage: async (shown) => void process.stdout.write(`${await renderUsage(shown)}\n${examples}\n`),
})
