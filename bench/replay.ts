import { defineCommand, renderUsage, runMain } from 'citty'
import { CacheNetError } from '../core/wire/errors.ts'
import { onStopSignal } from '../edge/stop-on-signal.ts'
import { findChromium } from '../test/find-chromium.ts'
import { runReplay } from './replay/run-replay.ts'
import { replayFlags, resolveReplaySettings, type ReplaySettings } from './replay/settings.ts'

const examples = `EXAMPLES

  npm run replay -- --bundle cifar10 --data cifar10-images
      the test images in scenes of the documented places, once as many frames as there are images
  npm run replay -- --bundle cifar10 --data cifar10-images --kind iid --frames 2000
      the honest worst case: no locality at all
  npm run replay -- --data my-images --order files --json replay.json
      a recorded sequence as it was recorded, with every frame in a file

The numbers are those of the page itself, in headless Chromium on this machine; the edge runs beside it.`

function findBrowser(): string {
  const path = findChromium()
  if (path !== '') return path
  throw new CacheNetError(
    'config-invalid',
    'There is no Chromium or Chrome on this machine. Install one, or set CHROMIUM_PATH to one.',
  )
}

async function replay(settings: ReplaySettings): Promise<void> {
  const controller = new AbortController()
  const minutes = settings['limit-minutes']
  const limit = setTimeout(
    () =>
      controller.abort(
        new CacheNetError(
          'aborted',
          `The stream was not over after ${minutes} minutes. Give it more with --limit-minutes, or take less with --frames.`,
        ),
      ),
    minutes * 60_000,
  )
  const forgetSignals = onStopSignal(() =>
    controller.abort(new CacheNetError('aborted', 'Stopped. Nothing is left behind.')),
  )
  try {
    const tools = {
      chromium: findBrowser(),
      write: (text: string) => void process.stdout.write(text),
      isTerminal: process.stdout.isTTY,
    }
    const { disagreements } = await runReplay(controller.signal, settings, tools)
    // Numbers of the page and the edge that do not agree are not to be published.
    process.exitCode = disagreements.length === 0 ? 0 : 1
  } finally {
    clearTimeout(limit)
    forgetSignals()
  }
}

const command = defineCommand({
  meta: {
    name: 'npm run replay --',
    description:
      'Streams a folder of images through the real page, against a real edge, and says how that went',
  },
  args: replayFlags,
  async run({ rawArgs, args }) {
    try {
      await replay(resolveReplaySettings(rawArgs, args))
    } catch (thrown) {
      const { code, message } = CacheNetError.from(thrown)
      process.stderr.write(
        code === 'internal' && thrown instanceof Error ? `${thrown.stack ?? message}\n` : `${message}\n`,
      )
      process.exitCode = 1
    }
  },
})

await runMain(command, {
  showUsage: async (shown) => void process.stdout.write(`${await renderUsage(shown)}\n${examples}\n`),
})
