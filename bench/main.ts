import { defineCommand, renderUsage, runMain, type ArgsDef, type CommandDef } from 'citty'
import { CacheNetError } from '../core/wire/errors.ts'
import { runEdgeBench } from './edge/run-edge-bench.ts'
import { edgeBenchFlags, resolveEdgeBenchSettings } from './edge/settings.ts'
import { runTrainingBench } from './training/run-training-bench.ts'
import { resolveTrainingBenchSettings, trainingBenchFlags } from './training/settings.ts'

const examples = `EXAMPLES

  npm run bench -- training                a training step against XNNPACK's forward rate and the stock cpu backend; threads; memory
  npm run bench -- edge                    frames and blobs of the edge: native, WASM and nginx side by side
  npm run bench -- edge --bundle cifar10   with a bundle of public/bundles instead of one of random weights

Each bench prints what it measured and writes it, with machine, versions and commit, to bench/results/.`

function fail(thrown: unknown): void {
  const { code, message } = CacheNetError.from(thrown)
  process.stderr.write(code === 'internal' && thrown instanceof Error ? `${thrown.stack ?? message}\n` : `${message}\n`)
  process.exitCode = 1
}

/** A bench as a command: its flags, and what runs with them. */
const bench = <Flags extends ArgsDef>(
  name: string,
  description: string,
  args: Flags,
  run: (rawArgs: string[], flags: Readonly<Record<string, unknown>>, say: (text: string) => void) => Promise<void>,
): CommandDef<Flags> =>
  defineCommand({
    meta: { name: `npm run bench -- ${name}`, description },
    args,
    run: (context) => run(context.rawArgs, context.args, (text) => void process.stdout.write(`${text}\n`)).catch(fail),
  })

const training = bench('training', 'How fast a training step is, against what it is to beat', trainingBenchFlags, async (rawArgs, flags, say) =>
  runTrainingBench(resolveTrainingBenchSettings(rawArgs, flags), say),
)
const edge = bench('edge', 'Frames a second, latency and blobs of the edge, each against what it is to beat', edgeBenchFlags, async (rawArgs, flags, say) =>
  runEdgeBench(resolveEdgeBenchSettings(rawArgs, flags), say),
)

const command = defineCommand({
  meta: { name: 'npm run bench --', description: 'Measurements on the real thing' },
  subCommands: { training, edge },
})

await runMain(command, {
  showUsage: async (shown) => void process.stdout.write(`${await renderUsage(shown)}\n${examples}\n`),
})
