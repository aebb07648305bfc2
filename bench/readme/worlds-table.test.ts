import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { releasedManifests } from './released-manifests.ts'
import { withWorlds } from './worlds-table.ts'

it('stands in docs/results as the released manifests say it: npm run results writes it anew', async () => {
  const page = await readFile('docs/results/worlds.md', 'utf8')
  expect(page).toBe(withWorlds(page, await releasedManifests()))
})

it('needs a place', () => expect(() => withWorlds('no marks', [])).toThrow(RangeError))
