import { readFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { learnRequestSchema, type LearnResult } from '../core/places/learn-result.ts'
import { CacheNetError } from '../core/wire/errors.ts'
import { learnPlace } from './places/learn-place.ts'
import { writeAtomically } from './run/write-atomically.ts'

// The edge starts this with the path of a request, and answers frames meanwhile. Before any thread is
// started: those take the priority of the one that starts them.
setPriority(constants.priority.PRIORITY_LOW)

const aborting = new AbortController()
process.once('SIGTERM', () => aborting.abort())

const [path] = process.argv.slice(2)
if (path === undefined) {
  process.stderr.write('The edge starts this with the path of a request (docs/hosting.md).\n')
  process.exit(2)
}
const request = learnRequestSchema.parse(JSON.parse(await readFile(path, 'utf8')))

async function run(): Promise<LearnResult> {
  try {
    const { result, blob } = await learnPlace(aborting.signal, request)
    if (blob !== undefined) await writeAtomically(join(request.out, 'whole.bin'), blob)
    return result
  } catch (thrown) {
    const { code, message } = CacheNetError.from(thrown)
    return { kind: 'failed', code, message }
  }
}

await writeAtomically(join(request.out, 'result.json'), JSON.stringify(await run()))
process.exit(0)
