import { defineCommand, renderUsage, runMain } from 'citty'
import { CacheNetError } from '../core/wire/errors.ts'
import { runTrainingBench } from './training/run-training-bench.ts'
import { resolveTrainingBenchSettings, trainingBenchFlags } from './training/settings.ts'

const examples = `EXAMPLES

  npm run bench -- training                a training step against XNNPACK's forward rate and the stock cpu backend; threads; memory

Each bench prints what it measured and writes it, with machine, versions and commit, to bench/results/.`

function fail(thrown: unknown): void {
  const { code, message } = CacheNetError.from(thrown)
  process.stderr.write(code === 'internal' && thrown instanceof Error ? `${thrown.stack ?? message}\n` : `${message}\n`)
  process.exitCode = 1
}

const training = defineCommand({
  meta: { name: 'npm run bench -- training', description: 'How fast a training step is, against what it is to beat' },
  args: trainingBenchFlags,
  async run({ rawArgs, args }) {
    try {
      await runTrainingBench(resolveTrainingBenchSettings(rawArgs, args), (text) => void process.stdout.write(`${text}\n`))
    } catch (thrown) {
      fail(thrown)
    }
  },
})

const command = defineCommand({
  meta: { name: 'npm run bench --', description: 'Measurements on the real thing' },
  subCommands: { training },
})

await runMain(command, {
  showUsage: async (shown) => void process.stdout.write(`${await renderUsage(shown)}\n${examples}\n`),
})
