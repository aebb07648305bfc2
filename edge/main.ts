import { existsSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { defineCommand, renderUsage, runMain } from 'citty'
import { destination, pino } from 'pino'
import { CacheNetError } from '../core/wire/errors.ts'
import { greeting } from './greeting.ts'
import { edgeFlags, resolveSettings, type EdgeSettings } from './settings.ts'
import { startEdge } from './start-edge.ts'
import { stopOnSignal } from './stop-on-signal.ts'

const examples = `EXAMPLES

  npm run build && npm run edge            the page and all bundles of public/bundles, on port 8787
  npm run edge -- --port 9000              another port; CACHENET_PORT=9000 does the same
  npm run edge -- --host 127.0.0.1         for this machine alone
  npm run edge -- --default-bundle cifar10 what the page opens with; /?bundle=walkers still opens another

Every flag has a variable: --default-bundle is CACHENET_DEFAULT_BUNDLE. A flag wins over its variable.
SIGTERM or Ctrl+C stops it: frames in flight are answered first.`

async function run(settings: EdgeSettings): Promise<void> {
  const log = pino({ level: settings['log-level'] }, destination({ fd: 2, sync: true }))
  const edge = await startEdge({
    port: settings.port,
    host: settings.host,
    bundlesFolder: settings.bundles,
    pageFolder: settings.page,
    defaultBundle: settings['default-bundle'],
    log,
  })
  stopOnSignal(() => edge.close(), log)
  const isPageBuilt = existsSync(join(settings.page, 'index.html'))
  process.stdout.write(greeting({ ...edge, host: settings.host, isPageBuilt, interfaces: networkInterfaces() }))
}

const command = defineCommand({
  meta: { name: 'npm run edge --', description: 'Answers the frames that phones are uncertain of, and serves bundles and the page' },
  args: edgeFlags,
  async run({ rawArgs, args }) {
    try {
      await run(resolveSettings(rawArgs, args, process.env))
    } catch (thrown) {
      const { code, message } = CacheNetError.from(thrown)
      process.stderr.write(code === 'internal' && thrown instanceof Error ? `${thrown.stack ?? message}\n` : `${message}\n`)
      process.exit(1)
    }
  },
})

await runMain(command, {
  showUsage: async (shown) => void process.stdout.write(`${await renderUsage(shown)}\n${examples}\n`),
})
