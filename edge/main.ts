import { existsSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { defineCommand, renderUsage, runMain } from 'citty'
import { pino } from 'pino'
import { CacheNetError } from '../core/wire/errors.ts'
import { automaticToken, readAutomaticToken } from './access/automatic-token.ts'
import { addressForPhones, greeting } from './greeting.ts'
import { createBoundedLog, streamOf } from './log/bounded-log.ts'
import { optionsOf } from './settings/options-of.ts'
import { readKeys } from './bundles/read-keys.ts'
import { qrCode, qrContent } from './qr-code.ts'
import { edgeFlags } from './settings/edge-flags.ts'
import { resolveSettings, shownSettings } from './settings/resolve-settings.ts'
import type { EdgeSettings } from './settings/settings-schema.ts'
import { startEdge } from './start-edge.ts'
import { stopOnSignal } from './stop-on-signal.ts'
import { surviveRejections } from './survive-rejections.ts'
import { openTls } from './tls/open-tls.ts'

const examples = `EXAMPLES

  npm run build && npm run edge            the page and all bundles of public/bundles, on port 8787
  npm run edge -- --port 9000              another port; CACHENET_PORT=9000 does the same
  npm run edge -- --host 127.0.0.1         for this machine alone
  npm run edge -- --default-bundle cifar10 what the page opens with; /?bundle=walkers still opens another
  npm run edge -- --https                  with a certificate for this machine's addresses, and how a phone comes to trust it
  npm run edge -- --token auto             only for those who scan the QR code
  npm run edge -- --config edge.json       {"port": 8787, "bundles": "/srv/bundles", "trust-proxy": 1}

Every flag has a variable: --default-bundle is CACHENET_DEFAULT_BUNDLE. A flag wins over its variable, and that over the file.
SIGTERM or Ctrl+C stops it: frames in flight are answered first. docs/hosting.md says more.`

/** Longest that an edge that ends waits for whoever reads its log. */
const flushLimitMs = 1_000

const lines = createBoundedLog(streamOf(2))

/** With the token that the edge makes in place of the word that asks for one. */
async function withToken(settings: EdgeSettings): Promise<EdgeSettings> {
  return settings.token === automaticToken
    ? { ...settings, token: await readAutomaticToken(settings['token-file']) }
    : settings
}

async function run(given: EdgeSettings): Promise<void> {
  const settings = await withToken(given)
  const log = pino({ level: settings['log-level'] }, lines)
  log.info({ settings: shownSettings(settings) }, 'settings')
  const tls = await openTls(settings)
  const keys = settings.keys === undefined ? undefined : await readKeys(settings.keys)
  const edge = await startEdge(optionsOf(settings, tls, log, keys))
  const stop = stopOnSignal(
    () => edge.close(),
    log,
    () => lines.flush(flushLimitMs),
  )
  surviveRejections(log, () => stop('uncaughtException'))
  const { host, token, page } = settings
  const facts = {
    ...edge,
    host,
    interfaces: networkInterfaces(),
    isPageBuilt: existsSync(join(page, 'index.html')),
    hasToken: token !== undefined,
    authority: tls?.local,
  }
  const forPhones = addressForPhones(facts)
  const code = forPhones === undefined ? '' : `\n${await qrCode(qrContent(forPhones, token))}\n`
  process.stdout.write(`${greeting(facts)}${code}`)
}

const command = defineCommand({
  meta: {
    name: 'npm run edge --',
    description: 'Answers the frames that phones are uncertain of, and serves bundles and the page',
  },
  args: edgeFlags,
  async run({ rawArgs, args }) {
    try {
      await run(resolveSettings(rawArgs, args, process.env))
    } catch (thrown) {
      const { code, message } = CacheNetError.from(thrown)
      await lines.flush(flushLimitMs)
      process.stderr.write(
        code === 'internal' && thrown instanceof Error ? `${thrown.stack ?? message}\n` : `${message}\n`,
      )
      process.exit(1)
    }
  },
})

await runMain(command, {
  showUsage: async (shown) => void process.stdout.write(`${await renderUsage(shown)}\n${examples}\n`),
})
