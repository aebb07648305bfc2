import { identifierPattern } from '../../core/bundle/identifier.ts'
import { placeIdPattern } from '../../core/wire/places.ts'

const path = (name: string, description: string, pattern: string): Record<string, unknown> => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', pattern },
})
/** A header that may be left out. */
export const header = (
  name: string,
  description: string,
  schema: Record<string, unknown>,
): Record<string, unknown> => ({ name, in: 'header', description, schema })

export const bundleId = path('bundleId', 'Id of a bundle', identifierPattern.source)
export const placeId = path('placeId', 'Id of a place', placeIdPattern.source)
export const sha256 = path('sha256', 'SHA-256 of the blob', '^[0-9a-f]{64}$')
