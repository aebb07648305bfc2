import * as z from 'zod/mini'
import { errorStatus, type ErrorBody, type ErrorCode } from './errors.ts'

const errorCodes = Object.keys(errorStatus) as [ErrorCode, ...ErrorCode[]]

/**
 * Schema of an error on the wire, for whoever describes or checks an API. `CacheNetError.fromBody` reads one
 * without it.
 */
export const errorBodySchema: z.ZodMiniType<ErrorBody> = z.object({
  error: z.object({
    code: z.enum(errorCodes),
    message: z.string(),
    details: z.optional(z.record(z.string(), z.unknown())),
  }),
})
