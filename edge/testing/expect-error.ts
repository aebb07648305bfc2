import { expect } from 'vitest'
import { errorBodySchema } from '../../core/wire/error-body.ts'
import { errorStatus, type ErrorBody, type ErrorCode } from '../../core/wire/errors.ts'

/**
 * Checks that a response is the error of this code: its status, a body that fits the schema, and never to be
 * kept.
 */
export async function expectError(response: Response, code: ErrorCode): Promise<ErrorBody['error']> {
  const { error } = errorBodySchema.parse(await response.json())
  expect(error.code).toBe(code)
  expect(error.message).not.toBe('')
  expect(response.status).toBe(errorStatus[code])
  expect(response.headers.get('Cache-Control')).toBe('no-store')
  return error
}
