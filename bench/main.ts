import { defineCommand, renderUsage, runMain } from 'citty'
import { CacheNetError } from '../core/wire/errors.ts'
import { edgeBenchFlags, resolveEdgeBenchSettings } from './edge/settings.ts'
import { runEdgeBench } from './edge/run-edge-bench.ts'

const examples = `EXAMPLES

  npm run bench -- edge                    frames and blobs of the edge: native, WASM and nginx side by side
  npm run bench -- edge --bundle cifar10   with a bundle of public/bundles instead of one of random weights

Each bench prints what it measured and writes it, with machine, versions and commit, to bench/results/.`

function fail(thrown: unknown): void {
  const { code, message } = CacheNetError.from(thrown)
  process.stderr.write(code === 'internal' && thrown instanceof Error ? `${thrown.stack ?? message}\n` : `${message}\n`)
  process.exitCode = 1
}

const edge = defineCommand({
  meta: { name: 'npm run bench -- edge', description: 'Frames a second, latency and blobs of the edge, each against what it is to beat' },
  args: edgeBenchFlags,
  async run({ rawArgs, args }) {
    try {
      await runEdgeBench(resolveEdgeBenchSettings(rawArgs, args), (text) => void process.stdout.write(`${text}\n`))
    } catch (thrown) {
      fail(thrown)
    }
  },
})

const command = defineCommand({
  meta: { name: 'npm run bench --', description: 'Measurements on the real thing' },
  subCommands: { edge },
})

await runMain(command, {
  showUsage: async (shown) => void process.stdout.write(`${await renderUsage(shown)}\n${examples}\n`),
})
