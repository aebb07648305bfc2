import { ensureBuiltPage } from '../replay/built-page.ts'
import { join } from 'node:path'
import { prepareApp, type PreparedApp } from './prepared-app.ts'
import { startApp, startFiles, startNetwork } from './starts.ts'

/** Milliseconds from navigation, one value a round. */
export interface ColdStarts {
  /** The app: the first answer is on the page. */
  readonly app: number[]
  /** WebAssembly file and one network's weights, fetched and the file compiled: nothing computed. */
  readonly files: number[]
  /** The same in the inference worker, started up, weights put in, and one frame answered: nothing shown. */
  readonly network: number[]
}

/** Rounds in which each is started once, in an order that turns; none before the app has been used twice. */
export async function measureColdStart({
  rounds,
  root,
}: {
  readonly rounds: number
  readonly root: string
}): Promise<ColdStarts> {
  await ensureBuiltPage(join(root, 'dist'))
  const app = await prepareApp(root)
  const starts: ColdStarts = { app: [], files: [], network: [] }
  const measures: [keyof ColdStarts, (prepared: PreparedApp) => Promise<number>][] = [
    ['app', startApp],
    ['files', startFiles],
    ['network', startNetwork],
  ]
  try {
    // The first of each is not counted: the browser reads its own files.
    for (const [, measure] of measures) await measure(app)
    for (let round = 0; round < rounds; round++) {
      for (let turn = 0; turn < measures.length; turn++) {
        const [name, measure] = measures[(round + turn) % measures.length] ?? ['app', startApp]
        starts[name].push(await measure(app))
      }
    }
    return starts
  } finally {
    await app.close()
  }
}
