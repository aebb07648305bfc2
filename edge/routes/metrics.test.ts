import { expect, it } from 'vitest'
import { apiPaths, rawFrameType } from '../../core/wire/frames.ts'
import { randomRgb } from '../testing/engine-samples.ts'
import { createTestApp } from '../testing/test-app.ts'

it('counts frames by stage, partitions, refusals and requests, with labels that no client can invent', async () => {
  const { app, sample } = await createTestApp()
  const post = (body: Uint8Array<ArrayBuffer>): Promise<Response> =>
    Promise.resolve(
      app.request(apiPaths.frames('sample'), {
        method: 'POST',
        headers: { 'Content-Type': rawFrameType },
        body,
      }),
    )
  const { partition } = (await (await post(randomRgb(sample.manifest))).json()) as {
    partition: { id: string }
  }
  await post(new Uint8Array(3))
  for (let turn = 0; turn < 5; turn++) await app.request(`/nothing-${turn}`)
  await app.request(`/api/v1/bundles/invented/frames`, { method: 'POST' })
  const response = await app.request('/metrics')
  expect(response.headers.get('Content-Type')).toMatch(/^text\/plain/)
  const text = await response.text()
  for (const stage of ['decode', 'queue', 'encode', 'answer'])
    expect(text).toContain(`cachenet_frame_stage_seconds_count{stage="${stage}"} 1`)
  expect(text).toContain('cachenet_frames_total{bundle="sample",kind="miss"} 1')
  expect(text).toContain(`cachenet_partitions_selected_total{bundle="sample",partition="${partition.id}"} 1`)
  expect(text).toContain('cachenet_refusals_total{code="frame-size-wrong"} 1')
  expect(text).toContain(
    'cachenet_requests_total{route="/api/v1/bundles/:bundle/frames",method="POST",status="200"} 1',
  )
  expect(text).toContain('cachenet_requests_total{route="page",method="GET",status="404"} 5')
  expect(text).toMatch(/cachenet_bundle_info\{bundle="sample",version="sample@[0-9a-f]{12}"\} 1/)
  expect(text).toContain('cachenet_engine_ready{engine="tfjs-wasm"} 1')
  expect(text).toContain('cachenet_frames_queued{kind="audit"} 0')
  expect(text).toContain('cachenet_places_keeper 0')
  expect(text).not.toMatch(/nothing-|invented/)
})
