import { expect, it } from 'vitest'
import { CacheNetError } from '../../core/wire/errors.ts'
import { storageError } from './storage-error.ts'

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
  code: 'ENOSPC',
  syscall: 'write',
  path: 'runs/a/checkpoints/full.bin',
})

it('says in words what the system says in codes, also behind another error', () => {
  for (const thrown of [full, CacheNetError.from(full, 'engine-failed')]) {
    const error = storageError(thrown)
    expect(error).toMatchObject({ code: 'storage-failed', details: { code: 'ENOSPC' } })
    expect(error?.message).toMatch(/full\.bin cannot be written: the disk is full\..*--resume/)
    expect(error?.message).not.toContain('ENOSPC')
  }
})

it('leaves alone what is no matter of files', () => {
  expect(storageError(new TypeError('x is not a function'))).toBeUndefined()
  expect(
    storageError(Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' })),
  ).toBeUndefined()
  expect(storageError(new CacheNetError('aborted', 'stopped'))).toBeUndefined()
  // In words already.
  expect(
    storageError(new CacheNetError('dataset-invalid', 'Mend the folder.', {}, { cause: full })),
  ).toBeUndefined()
})
