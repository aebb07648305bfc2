import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { apiPaths, rawFrameType } from '../../core/wire/frames.ts'
import { startEdgeProcess } from '../../edge/testing/edge-process.ts'
import { playMalformed } from '../../edge/testing/play-malformed.ts'
import { recordReliability } from './record-reliability.ts'

const bundles = fileURLToPath(new URL('../../public/bundles', import.meta.url))
const count = Number(process.env['MALFORMED_REQUESTS'] ?? 12_000)
const seed = Number(process.env['MALFORMED_SEED'] ?? 20_261_129)
// The page as it is written, which is enough for an edge that serves files.
const page = fileURLToPath(new URL('../../web', import.meta.url))
const frameBytes = 32 * 32 * 3

it(`${count} malformed requests over raw connections are refused or answered by a released edge`, async () => {
  const edge = await startEdgeProcess([
    '--bundles',
    bundles,
    '--page',
    page,
    '--rate-limit',
    '0',
    '--drain-seconds',
    '0',
  ])
  onTestFinished(() => void edge.stop())
  const played = await playMalformed(edge.port, count, seed, { bundle: 'walkers', frameBytes })
  // It is alive, never was another process, and answers what is right.
  const frame = {
    method: 'POST',
    headers: { 'Content-Type': rawFrameType },
    body: new Uint8Array(frameBytes),
  }
  const { status } = await fetch(edge.origin + apiPaths.frames('walkers'), frame)
  const { sent, answered, byStatus, serverErrors, failures } = played
  await recordReliability(
    'malformed',
    { malformedRequests: sent, serverErrors },
    { answered, byStatus, otherFailures: failures.length, seed },
  )
  expect(failures).toEqual([])
  expect({ status, serverErrors, exitCode: edge.child.exitCode }).toEqual({
    status: 200,
    serverErrors: 0,
    exitCode: null,
  })
  expect(edge.err()).not.toMatch(/"level":(50|60)/)
})
