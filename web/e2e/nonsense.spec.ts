import sharp from 'sharp'
import { expect, it } from 'vitest'
import { createWalker } from '../../core/walkers/body.ts'
import { renderWalker } from '../../core/walkers/render.ts'
import { createSession } from '../../core/walkers/session.ts'
import { held, hold, told, useNonsenseStage, type ChosenFile } from './harness/nonsense-stage.ts'

// A camera sees what no bundle knows: nothing on the page may call that certain, whoever answers, and
// whatever the scene was before. `npm run test:long` shows it to all released bundles, with and without edge.

const stage = useNonsenseStage(['walkers', 'people'])

/** Somebody whom the demo's bundle knows well, for as long as it takes to be expected. */
async function familiar(frames: number): Promise<ChosenFile[]> {
  const session = createSession({ identity: 19, split: 'test', session: 0 })
  return Promise.all(
    Array.from({ length: frames }, async (_, step) => {
      const rgba = renderWalker({ walker: createWalker(19), session, time: step / 10, size: 128 })
      const buffer = await sharp(rgba, { raw: { width: 128, height: 128, channels: 4 } })
        .png()
        .toBuffer()
      return { name: `${String(step).padStart(4, '0')} somebody.png`, mimeType: 'image/png', buffer }
    }),
  )
}

it('the bundle people, with the full model here, is certain of no picture that it does not know', () =>
  stage.expectNothingCertain('people', 'with the full model here'))

// With its edge.
it('a scene that was known makes nothing certain of what comes after it', async () => {
  await stage.open('walkers')
  const known = await familiar(40)
  const frames = await stage.play([
    ...known,
    ...stage.pictures.flatMap((picture, index) => held(picture, known.length + index * hold)),
  ])
  const unknown = frames.slice(known.length)
  expect(unknown.length).toBe(stage.pictures.length * hold)
  expect(unknown.filter(({ sureness }) => sureness === 'certain').map(told)).toEqual([])
  // And it is still certain of whom it knows.
  expect(frames.slice(0, 40).filter(({ sureness }) => sureness === 'certain').length).toBeGreaterThan(5)
  const last = stage.driver.page.getByTestId('answer-label')
  expect(await last.textContent()).toBe('None of these')
})
