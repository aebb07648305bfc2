import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../testing/bundle-folder.ts'
import { readAutomaticToken } from './automatic-token.ts'

it('makes a token that only its owner can read, and keeps it', async () => {
  const { folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  const path = join(folder, 'new', 'token')
  const token = await readAutomaticToken(path)
  expect(token).toMatch(/^[0-9a-f]{32}$/)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readAutomaticToken(path)).toBe(token)
  await writeFile(path, 'broken')
  const other = await readAutomaticToken(path)
  expect(other).toMatch(/^[0-9a-f]{32}$/)
  expect(other).not.toBe(token)
})

it('says so where it cannot keep one', async () => {
  const { folder, remove } = await temporaryFolder()
  onTestFinished(remove)
  await writeFile(join(folder, 'file'), '')
  await expect(readAutomaticToken(join(folder, 'file', 'token'))).rejects.toMatchObject({
    code: 'config-invalid',
  })
})
